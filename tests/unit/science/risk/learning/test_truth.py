"""Where the truth is known, probabilities hold within what a sample can show; and weights undo what targeting does."""

import json
from math import sqrt

import numpy as np
import pytest

from openqi.science.risk.forest import probabilities_of, scores_of
from openqi.science.risk.learning.fitting import fit
from openqi.science.risk.model import read_model
from risk_cases import circle, friedman, matrix_of, schools

pytest.importorskip("lightgbm")


def said_of(population, *, weighted=True):
    """What a model learned from the draw says of every object of the population, drawn or not."""
    model = read_model(json.dumps(fit(population.visits(weighted=weighted)).document).encode())
    return probabilities_of(model, scores_of(model, matrix_of(model_document(model), population.columns)))


def model_document(model):
    return {"features": [{"name": one.name, "kind": one.kind, "categories": list(one.categories)} for one in model.features]}


def in_bins(population, said, bins=10):
    """Of each tenth by what was said: what was said less the truth, and the error that the draw alone explains."""
    off, error = [], []
    for rows in np.array_split(np.argsort(said, kind="stable"), bins):
        drawn = rows[population.drawn[rows]]
        weight = 1.0 / population.chance[drawn]
        off.append(said[rows].mean() - population.truth[rows].mean())
        rate = population.truth[rows].mean()
        error.append(sqrt(np.sum(weight**2) * rate * (1 - rate)) / weight.sum())
    return np.asarray(off), np.asarray(error)


def of_whole(population, said):
    """Mean of what was said less mean of the truth, in standard errors of the weighted rate of the draw."""
    weight = 1.0 / population.chance[population.drawn]
    rate = population.truth.mean()
    error = sqrt(np.sum(weight**2 * (population.bad[population.drawn] - rate) ** 2)) / weight.sum()
    return (said.mean() - rate) / error


@pytest.mark.parametrize("make", [circle, friedman])
def test_calibration_holds_against_the_known_probabilities_of_a_published_simulation(make):
    population = make()
    said = said_of(population)
    off, error = in_bins(population, said)
    assert abs(of_whole(population, said)) < 3.5
    # Ten tenths: a sum of squares of chi-square with ten degrees exceeds 29.6 once in a thousand; the calibration, which is
    # learned from the same draw, adds an error of its own as large as that of the rate in the bin: hence twice.
    assert np.sum((off / error) ** 2) < 2 * 29.6, (off / error).round(1)


@pytest.mark.parametrize("make", [circle, friedman])
def test_without_its_weights_a_targeted_draw_teaches_a_wrong_risk(make):
    population = make()
    off, error = in_bins(population, said_of(population, weighted=False))
    assert of_whole(population, said_of(population, weighted=False)) > 10.0
    assert np.sum((off / error) ** 2) > 4 * 29.6


def test_of_all_schools_of_the_published_population_what_is_said_holds_for_those_never_drawn_too():
    population = schools()
    said = said_of(population)
    assert population.bad.sum() == 2027 and len(said) == 6194
    _, error = in_bins(population, said)
    assert abs(of_whole(population, said)) < 3.5
    # Those that were drawn are in it too, and taught it: of those never drawn alone it must hold as well.
    rest = ~population.drawn
    weight = np.ones(rest.sum())
    gap = said[rest].mean() - population.truth[rest].mean()
    spread = sqrt(np.sum(said[rest] * (1 - said[rest]))) / weight.sum()
    drawn_error = sqrt(np.sum(error**2)) / len(error)
    assert abs(gap) < 3.5 * sqrt(spread**2 + drawn_error**2)
    order = np.argsort(said[rest], kind="stable")
    squares = 0.0
    for rows, noise in zip(np.array_split(np.flatnonzero(rest)[order], 10), error, strict=True):
        own = said[rows]
        squares += (own.mean() - population.truth[rows].mean()) ** 2 / (noise**2 + np.sum(own * (1 - own)) / len(own) ** 2)
    assert squares < 2 * 29.6


@pytest.mark.long
@pytest.mark.parametrize("make", [circle, friedman, schools])
def test_calibration_holds_over_many_draws(make):
    gaps, squares = [], []
    for seed in range(2, 14):
        population = make(seed=seed)
        said = said_of(population)
        off, error = in_bins(population, said)
        gaps.append(of_whole(population, said))
        squares.append(np.sum((off / error) ** 2))
    assert abs(np.mean(gaps)) < 3.5 / sqrt(len(gaps)) and np.std(gaps) < 1.6, np.round(gaps, 2)
    assert np.mean(squares) < 2 * 10 * 1.6, np.round(squares, 1)
