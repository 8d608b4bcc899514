"""A risk model out of visits: grown on some, judged and calibrated on others, and written as a document that anybody can score."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from openqi.science.numbers.sums import plain_sum
from openqi.science.risk.features import DIRECTIONS, order_of, places_of
from openqi.science.risk.learning.boosting import FIXED, Growing, grown, library, raw_scores, rows_of, trees_of
from openqi.science.risk.learning.folds import Fold, folds_of, parts_of
from openqi.science.risk.learning.isotonic import Curve, calibrated, curve_of
from openqi.science.risk.learning.visits import Visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT: Final = "openqi risk model 1"
_PLAIN: Final = Growing()
_CROSSED: Final = 5


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a model is fitted.

    Args:
        growing: how trees are grown.
        split: by `objects` or by `time`.
        folds: how many parts; None for the default of `folds_of`.
    """

    growing: Growing = _PLAIN
    split: str = "objects"
    folds: int | None = None


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """What models said of visits that they had not seen.

    Args:
        rows: places among the examined.
        fold: which held each out.
        score: of the model of that fold.
        probability: calibrated on the other folds; of a single fold, on other objects of it.
    """

    rows: "NDArray[Any]"
    fold: "NDArray[Any]"
    score: "NDArray[Any]"
    probability: "NDArray[Any]"


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A model document, and what was held out while it came about."""

    document: Mapping[str, Any] = field(repr=False)
    held_out: HeldOut
    rounds: int


def fit(visits: Visits, *, asked: Asked | None = None, table: str | None = None) -> Fitted:
    """Return the model of a risk of nonconformity, calibrated on visits that its scores had not seen.

    In each fold a model is grown on the others and stopped early; the middle of their numbers of trees is the number of all.
    Scores of held-out visits at that number are calibrated by weighted isotonic regression, and the model that is given out is
    grown on all visits. Of a single fold the model itself is given out, and what is calibrated are its own scores. Each visit
    counts 1/probability, in growing, in categories and in calibration.

    Args:
        visits: see `visits_of`.
        asked: how.
        table: SHA-256 of the file of the visits, for the document.

    Raises:
        RefusedError: LightGBM is not installed, or a fold has none that are bad or good.

    Source: [FRIEDMAN2001]; [LIGHTGBM2017]; [ZADROZNY-ELKAN2002]; weights [PFEFFERMANN1993].
    """
    asked = asked or Asked()
    growing = asked.growing
    folds = folds_of(visits, split=asked.split, count=asked.folds, seed=growing.seed)
    monotone = [DIRECTIONS[one.feature.monotone] for one in visits.features]
    work = _Work(visits, growing, monotone)
    models, rounds = _grown(work, folds)
    held = _held_out(work, folds, models, rounds)
    curve = curve_of(held.score, visits.bad[held.rows], visits.weight[held.rows])
    found = models[0] if len(folds) == 1 else _final(work, rounds)
    matrix = work.matrix(found.orders)
    document = {
        "format": FORMAT,
        "target": {"outcome": "nonconforming", "of": "examined", "name": {"zh": "不合格", "en": "nonconforming"}},
        "features": [_feature(one, order) for one, order in zip(visits.features, found.orders, strict=True)],
        "base": found.base,
        "trees": trees_of(found.booster, matrix, visits.weight, rounds=rounds, threads=growing.threads),
        "calibration": {"scores": list(curve.scores), "probabilities": list(curve.probabilities)},
        "trained": _trained(visits, asked, len(folds), rounds, held, table),
    }
    return Fitted(document=document, held_out=held, rounds=rounds)


class _Work:
    """The visits as a matrix, sorted into bins once where no order of categories is learned; else once a fold."""

    def __init__(self, visits: Visits, growing: Growing, monotone: Sequence[int]) -> None:
        self.visits, self.growing, self.monotone = visits, growing, monotone
        self.learned = any(one.learned for one in visits.features)
        self._kept: tuple[NDArray[Any], Any] | None = None

    def orders(self, on: "NDArray[Any] | None") -> list[Sequence[str]]:
        """Return the order of categories, of each feature, that some rows teach; all of them without."""
        visits, found = self.visits, list[Sequence[str]]()
        for one in visits.features:
            if one.feature.kind != "category":
                found.append(())
            elif on is None:
                found.append(order_of(one, visits.bad, visits.weight))
            else:
                found.append(order_of(one.of(on), visits.bad[on], visits.weight[on]))
        return found

    def matrix(self, orders: Sequence[Sequence[str]]) -> "NDArray[Any]":
        """Return a row an examined object, a column a feature."""
        import numpy as np

        if self._kept is not None:
            return self._kept[0]
        found = np.empty((len(self.visits), len(orders)))
        for place, (known, order) in enumerate(zip(self.visits.features, orders, strict=True)):
            found[:, place] = places_of(known, order)
        return found

    def rows(self, matrix: "NDArray[Any]") -> Any:
        """Return the same in bins."""
        if self._kept is not None:
            return self._kept[1]
        made = rows_of(matrix, self.visits.bad, self.visits.weight, self.growing, self.monotone)
        if not self.learned:
            self._kept = (matrix, made)
        return made


@dataclass(frozen=True, kw_only=True)
class _Model:
    """A booster, the base its trees are added to, and the order of categories that it knows."""

    booster: Any
    base: float
    orders: "Sequence[Sequence[str]]"


def _grown(work: _Work, folds: Sequence[Fold]) -> tuple[list[_Model], int]:
    """The models of the folds, and the middle of the numbers of trees at which they stopped."""
    found = []
    for fold in folds:
        orders = work.orders(fold.grown_on)
        rows = work.rows(work.matrix(orders))
        booster, base = grown(rows, work.growing, work.monotone, on=fold.grown_on, judged_by=fold.held_out)
        found.append(_Model(booster=booster, base=base, orders=orders))
    stops = sorted(max(1, one.booster.best_iteration) for one in found)
    return found, stops[len(stops) // 2]


def _final(work: _Work, rounds: int) -> _Model:
    """The model of all visits."""
    orders = work.orders(None)
    growing = Growing(**{**_members(work.growing), "rounds": rounds})
    booster, base = grown(work.rows(work.matrix(orders)), growing, work.monotone)
    return _Model(booster=booster, base=base, orders=orders)


def _held_out(work: _Work, folds: Sequence[Fold], models: Sequence[_Model], rounds: int) -> HeldOut:
    """What the models of the folds say, at one number of trees, of what they have not seen."""
    import numpy as np

    visits, scores = work.visits, []
    for one, fold in zip(models, folds, strict=True):
        own = work.matrix(one.orders)[fold.held_out]
        trees = min(rounds, one.booster.num_trees())
        scores.append(raw_scores(one.booster, own, one.base, rounds=trees, threads=work.growing.threads))
    rows = np.concatenate([fold.held_out for fold in folds])
    part = np.concatenate([np.full(len(fold.held_out), place) for place, fold in enumerate(folds)])
    score = np.concatenate(scores)
    order = np.argsort(rows, kind="stable")
    rows, part, score = rows[order], part[order], score[order]
    # Of a single fold its objects are parted once more, so that each probability is calibrated on others.
    others, count = (part, len(folds)) if len(folds) > 1 else (parts_of(visits, _CROSSED, "calibration")[rows], _CROSSED)
    probability = _crossed(score, others, visits.bad[rows], visits.weight[rows], count)
    return HeldOut(rows=rows, fold=part, score=score, probability=probability)


def _crossed(
    score: "NDArray[Any]", part: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]", count: int
) -> "NDArray[Any]":
    """Probabilities of each fold by the calibration of the others: so that they too are of visits that were not seen."""
    import numpy as np

    found = np.empty(len(score))
    for one in range(count):
        others = part != one
        curve: Curve = curve_of(score[others], bad[others], weight[others])
        found[~others] = calibrated(curve, score[~others])
    return found


def _members(growing: Growing) -> dict[str, Any]:
    return {name: getattr(growing, name) for name in Growing.__dataclass_fields__}


def _feature(known: Any, order: Sequence[str]) -> dict[str, Any]:
    one = known.feature
    found: dict[str, Any] = {"name": one.name, "kind": one.kind, "monotone": one.monotone}
    if one.kind == "category":
        found["categories"] = list(order)
    if one.names:
        found["names"] = dict(one.names)
    return found


def _trained(visits: Visits, asked: Asked, folds: int, rounds: int, held: HeldOut, table: str | None) -> dict[str, Any]:
    import numpy as np

    from openqi.science.risk.measures import auc_of, brier_of

    growing, told = asked.growing, visits.weights
    bad, weight = visits.bad[held.rows], visits.weight[held.rows]
    dates = visits.dates
    return {
        "library": "lightgbm", "version": library().__version__, "seed": growing.seed,
        "parameters": {
            **{name: value for name, value in FIXED.items() if name != "verbosity"},
            "learning_rate": growing.rate, "num_leaves": growing.leaves, "min_data_in_leaf": growing.least_leaf,
        },
        "rounds": rounds,
        **({"table": table} if table else {}),
        "rows": plain_sum(visits.counts.values()), "examined": len(visits), "bad": int(np.count_nonzero(visits.bad)),
        "left_out": {name: count for name, count in visits.left_out.items() if count},
        **({"repeated": visits.repeated} if visits.repeated else {}),
        "unlisted": {one.feature.name: one.unlisted for one in visits.features if one.unlisted},
        "rate": visits.rate,
        "weights": {
            "least": told.least, "greatest": told.greatest, "effective": told.effective, "trim": told.trim, "trimmed": told.trimmed,
            "removed": told.removed,
        },
        "folds": {"count": folds, "by": asked.split},
        **({"dates": {"first": dates[0], "last": dates[1]}} if dates else {}),
        "held_out": {
            "visits": len(held.rows), "auc": auc_of(held.score, bad, weight), "brier": brier_of(held.probability, bad, weight),
        },
        "not_shown": _not_shown(visits, asked, folds),
    }  # fmt: skip


def _not_shown(visits: Visits, asked: Asked, folds: int) -> list[str]:
    """What this table cannot say, by code."""
    found = ["unresolved-unlike"] if visits.left_out.get("unresolved") else []
    if visits.days is None:
        found.append("no-dates")
    elif asked.split != "time":
        found.append("parted-by-objects")
    if visits.group is None:
        found.append("no-objects")
    if visits.repeated:
        found.append("rows-once")
    if visits.weights.trimmed:
        found.append("weights-cut")
    return [*found, *(["held-out-models"] if folds > 1 else [])]


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a model document as it is written: one line of JSON in UTF-8, floats as short as they read back."""
    return (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()
