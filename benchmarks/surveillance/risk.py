"""A risk fitted and calibrated on 1e5 and 1e6 visits with 80 features, beside scikit-learn: how fast, and how far from the truth.

Rows of peers are for comparison, and left out, saying so, where a peer is not installed.
"""

import json
import os
import time
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Table, best, timed
from openqi.science.numbers.compiled import is_fast
from openqi.science.risk.features import features_of
from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.judging.report import Questions, Results, report_of
from openqi.science.risk.learning.boosting import Growing
from openqi.science.risk.learning.fitting import Asked, Fitted, document_bytes, fit
from openqi.science.risk.learning.visits import Visits, visits_of
from openqi.science.risk.model import read_model

WIDTH = 80
TREES = 100
THREADS = 2


class Market:
    """Made objects: 80 features with holes, of which six matter; who is tipped off is drawn more often, and a tip is no feature."""

    def __init__(self, n: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.x = chance.standard_normal((n, WIDTH))
        self.x[chance.random((n, WIDTH)) < 0.02] = np.nan
        z = np.nan_to_num(self.x[:, :6])
        eta = -2.6 + 0.8 * z[:, 0] + 0.6 * np.maximum(z[:, 1], 0.0) + 0.5 * z[:, 2] * (z[:, 3] > 0.0) + 0.3 * np.abs(z[:, 4])
        self.truth = 1.0 / (1.0 + np.exp(-eta - 0.2 * z[:, 5]))
        self.bad = (chance.random(n) < self.truth).astype(float)
        tipped = chance.random(n) < np.where(self.bad > 0.0, 0.5, 0.1)
        self.chance = np.where(tipped, 0.3, 0.1)

    def of(self, n: int) -> "Drawn":
        """Return n of them as a draw with those chances gives them."""
        rows = np.flatnonzero(np.random.default_rng(9).random(len(self.bad)) * 0.3 < self.chance)[:n]
        return Drawn(self.x[rows], self.bad[rows], self.chance[rows])


class Drawn:
    """A drawn part of a market."""

    def __init__(self, x: NDArray[np.float64], bad: NDArray[np.float64], chance: NDArray[np.float64]) -> None:
        self.x, self.bad, self.chance = x, bad, chance

    def visits(self) -> Visits:
        """Return it as visits, monotone in two features."""
        stated = [{"name": f"x{one}", "monotone": "increasing" if one < 2 else "free"} for one in range(WIDTH)]
        return visits_of(
            {f"x{one}": self.x[:, one] for one in range(WIDTH)},
            features_of(stated),
            outcome=np.where(self.bad > 0.0, "nonconforming", "conforming").tolist(),
            probability=self.chance,
        )


def measure(table: Table) -> None:
    """Add the rows of this part."""
    if find_spec("lightgbm") is None:
        table.add("lightgbm is not installed (extra risk); no row of this part", float("nan"), "")
        return
    table.add("load of the machine before", os.getloadavg()[0], "")
    table.add("numba is there (1) or not (0)", float(is_fast()), "")
    fresh = Market(200_000, 2)
    for n in (100_000, 1_000_000):
        drawn = Market(int(2.4 * n), 1).of(n)
        if len(drawn.bad) < n:
            raise ValueError(f"{len(drawn.bad)} of {n} drawn; make the market larger")
        found = _ours(table, drawn, fresh, n)
        _report(table, drawn, found, n)
        _sklearn(table, drawn, fresh, n)
    _optbinning(table, fresh)


def _ours(table: Table, drawn: Drawn, fresh: Market, n: int) -> Fitted:
    with timed() as watch:
        visits = drawn.visits()
    table.add(f"visits of {n:.0e} x {WIDTH} checked and weighted", watch.seconds, "s")
    start = time.process_time()
    with timed() as watch:
        found = fit(visits, asked=Asked(growing=Growing(rounds=TREES, threads=THREADS)))
    processor = time.process_time() - start
    table.add(
        f"fit and calibrate {n:.0e} x {WIDTH}, at most {TREES} trees, {THREADS} cores", watch.seconds, "s",
        at_most=60.0 if n == 1_000_000 else None,
    )  # fmt: skip
    table.add("... processor", processor, "s")
    table.add("... trees, by early stopping", float(found.rounds), "")
    model = read_model(document_bytes(found.document))
    table.add("... model document", len(json.dumps(found.document)) / 1024, "KiB")
    said = probabilities_of(model, scores_of(model, fresh.x))
    _against_truth(table, "ours", said, fresh)
    return found


def _against_truth(table: Table, whose: str, said: NDArray[np.float64], fresh: Market) -> None:
    """How far what was said of fresh objects is from their true risks: as a whole, and each."""
    table.add(f"... {whose}: mean said less mean truth", 100.0 * float(np.mean(said) - np.mean(fresh.truth)), "%")
    table.add(f"... {whose}: root mean square of said less truth", 100.0 * float(np.sqrt(np.mean((said - fresh.truth) ** 2))), "%")


def _report(table: Table, drawn: Drawn, found: Fitted, n: int) -> None:
    held = found.held_out
    results = Results(
        probability=held.probability, bad=drawn.bad[held.rows], weight=1.0 / drawn.chance[held.rows],
        groups={"size": np.where(drawn.chance[held.rows] > 0.2, "large", "small").tolist()},
    )  # fmt: skip
    asked = Questions(thresholds=(0.1, 0.2, 0.4), visit=1.0, missed=8.0)
    table.add(f"... report on its {n:.0e} held-out visits", best(lambda: report_of(results, asked), repeats=1), "s")


def _sklearn(table: Table, drawn: Drawn, fresh: Market, n: int) -> None:
    """The same job: scores of five folds, or of a quarter of a million, calibrated; as many trees as we may have."""
    if find_spec("sklearn") is None:
        table.add("... scikit-learn is not installed; no row of it", float("nan"), "")
        return
    ensemble, calibration = import_module("sklearn.ensemble"), import_module("sklearn.calibration")
    trees = ensemble.HistGradientBoostingClassifier(
        max_iter=TREES, max_leaf_nodes=15, learning_rate=0.1, min_samples_leaf=30, l2_regularization=1.0, max_bins=63,
        early_stopping=False, monotonic_cst=[1, 1, *[0] * (WIDTH - 2)], random_state=0,
    )  # fmt: skip
    weight, large = 1.0 / drawn.chance, n > 500_000
    held = np.arange(n) % 4 == 0
    theirs: Any = calibration.CalibratedClassifierCV(trees, method="isotonic", cv=5, ensemble=False)
    start = time.process_time()
    with timed() as watch:
        if large:
            trees.fit(drawn.x[~held], drawn.bad[~held], sample_weight=weight[~held])
            grown = import_module("sklearn.frozen").FrozenEstimator(trees)
            theirs = calibration.CalibratedClassifierCV(grown, method="isotonic", ensemble=False)
            theirs.fit(drawn.x[held], drawn.bad[held], sample_weight=weight[held])
        else:
            theirs.fit(drawn.x, drawn.bad, sample_weight=weight)
    table.add(f"... scikit-learn's {n:.0e}, {TREES} trees, all cores", watch.seconds, "s")
    table.add("... ... processor", time.process_time() - start, "s")
    _against_truth(table, "scikit-learn, weighted", theirs.predict_proba(fresh.x)[:, 1], fresh)
    if not large:
        theirs.fit(drawn.x, drawn.bad)
        _against_truth(table, "scikit-learn, without weights", theirs.predict_proba(fresh.x)[:, 1], fresh)


def _optbinning(table: Table, fresh: Market) -> None:
    """A score card's bins of ten features: what users of score cards wait for before any model."""
    if find_spec("optbinning") is None:
        table.add("... optbinning is not installed; no row of it", float("nan"), "")
        return
    try:
        binning = import_module("optbinning").BinningProcess([f"x{one}" for one in range(10)])
        with timed() as watch:
            binning.fit(fresh.x[:100_000, :10], fresh.bad[:100_000])
    except Exception as error:  # noqa: BLE001 -- a peer that breaks is a row, not the end of the run
        table.add(f"... optbinning breaks: {str(error)[:60]}", float("nan"), "")
        return
    table.add("... optbinning's bins alone, 1e5 x 10", watch.seconds, "s")
