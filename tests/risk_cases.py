"""Populations whose risks are known: two published simulations, and a published population of schools; drawn with known chances."""

import csv
from dataclasses import dataclass

import numpy as np

from openqi.science.risk.features import features_of
from openqi.science.risk.learning.visits import visits_of
from shared_data import shared


@dataclass(frozen=True, kw_only=True)
class Population:
    """Every object with its features, its true risk (or its true outcome), and the chance with which it is drawn."""

    columns: dict
    features: tuple
    truth: np.ndarray
    bad: np.ndarray
    chance: np.ndarray
    drawn: np.ndarray

    def visits(self, *, weighted: bool = True, **more):
        rows = np.flatnonzero(self.drawn)
        return visits_of(
            {name: np.asarray(column)[rows] for name, column in self.columns.items()},
            self.features,
            outcome=["nonconforming" if one else "conforming" for one in self.bad[rows]],
            probability=self.chance[rows] if weighted else np.ones(len(rows)),
            **more,
        )


def _population(seed, columns, features, truth, bad, chance):
    drawn = np.random.default_rng([seed, 2]).random(len(bad)) < chance
    return Population(columns=columns, features=features, truth=truth, bad=bad, chance=chance, drawn=drawn)


def targeted(rng, bad, share):
    """Chances of a draw that follows tips: the bad ones are tipped off more often than the good ones, and a tip is no feature."""
    tipped = rng.random(len(bad)) < np.where(bad > 0, 0.5, 0.1)
    return np.where(tipped, min(1.0, 3.0 * share), share)


def circle(objects=30_000, *, share=0.25, seed=1):
    """The circle model of Mease, Wyner and Buja (2007): risk falls from 1 within radius 8 to 0 beyond 28, in a square around it."""
    rng = np.random.default_rng([seed, 1])
    x = rng.uniform(-28.0, 28.0, (objects, 2))
    truth = np.clip((28.0 - np.sqrt(x[:, 0] ** 2 + x[:, 1] ** 2)) / 20.0, 0.0, 1.0)
    bad = (rng.random(objects) < truth).astype(float)
    columns = {"x1": x[:, 0], "x2": x[:, 1]}
    return _population(seed, columns, features_of([{"name": one} for one in columns]), truth, bad, targeted(rng, bad, share))


def friedman(objects=30_000, *, share=0.25, seed=1, gamma=0.5):
    """The model of Friedman, Hastie and Tibshirani (2000) with the gamma of Mease, Wyner and Buja (2007): ten normal features."""
    rng = np.random.default_rng([seed, 3])
    x = rng.standard_normal((objects, 10))
    eta = gamma * (1 - x[:, 0] + x[:, 1] - x[:, 2] + x[:, 3] - x[:, 4] + x[:, 5]) * x[:, :6].sum(axis=1)
    truth = 1.0 / (1.0 + np.exp(-eta))
    bad = (rng.random(objects) < truth).astype(float)
    columns = {f"x{place + 1}": x[:, place] for place in range(10)}
    return _population(seed, columns, features_of([{"name": one} for one in columns]), truth, bad, targeted(rng, bad, share))


def schools(*, share=0.3, seed=1):
    """All 6,194 schools of the published population; bad: no award (2,027). Drawn more often where fewer did well in 1999."""
    with shared("data/surveillance/survey_apipop.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    bad = np.asarray([float(one["awards"] == "No") for one in rows])
    columns = {
        name: np.asarray([float(one[name]) if one[name] not in {"", "NA"} else np.nan for one in rows])
        for name in ("api99", "meals", "ell", "enroll", "pcttest")
    } | {"stype": np.asarray([one["stype"] for one in rows])}
    stated = [{"name": one} for one in columns if one != "stype"] + [{"name": "stype", "kind": "category"}]
    size = 1.0 + (columns["api99"].max() - columns["api99"]) / 200.0
    chance = np.minimum(1.0, size * share * len(rows) / size.sum())
    return _population(seed, columns, features_of(stated), bad, bad, chance)


def matrix_of(document, columns):
    """Values in the order of a model: numbers as they are, categories as places; written apart from the product."""
    found = []
    for one in document["features"]:
        column = columns[one["name"]]
        if one["kind"] == "category":
            place = {name: float(index) for index, name in enumerate(one["categories"])}
            found.append(np.asarray([place.get(str(cell), np.nan) for cell in column]))
        else:
            found.append(np.asarray(column, dtype=float))
    return np.column_stack(found)
