"""Reliability models against the published table, and against data that were made by one of them."""

from math import erf, exp, nan, sqrt

import pytest
from scipy.optimize import minimize

from openqi.kernel.errors import DomainError
from openqi.science.calibration.reliability import MODELS, interval_s2
from openqi.science.calibration.simplex import smallest
from vectors_of import vectors_of

CASE = vectors_of("metrology/calibration_interval_figures.json")["figures"]["s2"]
INPUTS, WANTED = CASE["inputs"], CASE["expected"]
HISTORY = [
    (weeks, count, round(count * share))
    for weeks, count, share in zip(INPUTS["weeks"], INPUTS["calibrations"], INPUTS["reliability"], strict=True)
]


def test_the_table_of_rp_1_by_every_model_in_whole_weeks():
    found = interval_s2(HISTORY, target=INPUTS["target"])
    assert (found.model, int(found.interval)) == (WANTED["model"], WANTED["interval"])
    assert {one.model: int(one.interval) for one in found.fits} == WANTED["whole_weeks"]
    assert set(WANTED["whole_weeks"]) == set(MODELS)


DEFINITIONS = {
    "exponential": (lambda t, a: exp(-a * t), (0.02,)),
    "Weibull": (lambda t, a, b: exp(-((a * t) ** b)), (0.02, 0.7)),
    "mixed exponential": (lambda t, a, b: (1 + a * t) ** -b, (0.07, 0.7)),
    "random walk": (lambda t, a, b: erf(1 / sqrt(a + b * t)), (0.01, 0.2)),
    "modified gamma": (lambda t, a: exp(-a * t) * sum((a * t) ** n / (1, 1, 2, 6)[n] for n in range(4)), (0.1,)),
    "mortality drift": (lambda t, a, b: exp(-(a * t + b * t * t)), (0.02, 0.001)),
    "warranty": (lambda t, a, b: 1 / (1 + exp(a * (t - b))), (0.1, 30.0)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_million_calibrations_made_by_a_model_give_its_interval_back(name):
    function, parameters = DEFINITIONS[name]
    made = [(t, 10**6, round(10**6 * function(t, *parameters))) for t in range(5, 60, 5)]
    found = next(one for one in interval_s2(made, target=0.8).fits if one.model == name)
    assert function(found.interval, *parameters) == pytest.approx(0.8, abs=2e-4)


@pytest.mark.parametrize("scale", [7, 1 / 52])
def test_it_is_free_of_the_unit_of_time(scale):
    plain, other = interval_s2(HISTORY, target=0.75), interval_s2([(t * scale, n, p) for t, n, p in HISTORY], target=0.75)
    assert other.model == plain.model
    assert other.interval == pytest.approx(plain.interval * scale, rel=1e-6)


def test_what_stays_reliable_has_no_interval():
    assert interval_s2([(1, 50, 50), (2, 50, 50), (3, 50, 50)], target=0.5).interval is None


@pytest.mark.parametrize(
    ("history", "target"),
    [
        (HISTORY[:2], 0.75), (HISTORY, 0), (HISTORY, 1), (HISTORY, nan), ([*HISTORY, (0, 3, 1)], 0.75),
        ([*HISTORY, (nan, 3, 1)], 0.75),
        ([*HISTORY, (5, 3, 4)], 0.75), ([*HISTORY, (5, 0, 0)], 0.75), ([*HISTORY, (5, 3, -1)], 0.75), ([], 0.75),
    ],
)  # fmt: skip
def test_bad_input_is_refused(history, target):
    with pytest.raises(DomainError):
        interval_s2(history, target=target)


@pytest.mark.parametrize("start", [(-1.2, 1.0), (3.0, -2.0), (0.0, 0.0)])
def test_the_simplex_finds_the_bottom_of_the_valley_of_rosenbrock(start):
    found = smallest(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, start)
    assert found.place == pytest.approx((1, 1), abs=1e-5)
    peer = minimize(lambda p: (p[0] - 2) ** 4 + abs(p[0]), [start[0]], method="Nelder-Mead", options={"xatol": 1e-10})
    assert smallest(lambda p: (p[0] - 2) ** 4 + abs(p[0]), start[:1]).place == pytest.approx(peer.x, abs=1e-5)


@pytest.mark.parametrize(
    ("history", "ends"),
    [
        ([(1, 10, 10), (2, 10, 10), (3, 10, 0)], (2, 3)),
        ([(1, 10, 0), (2, 10, 0), (3, 10, 0)], (0, 1)),
        ([(1, 4, 4), (2, 4, 4), (3, 4, 0)], (2, 3)),
        ([(1, 10**6, 10**6), (2, 10**6, 0), (3, 10**6, 0)], (1, 2)),
    ],
)
def test_a_history_in_which_all_fail_from_some_time_on_has_an_interval(history, ends):
    """The likeliest Weibull model is a step; its power was beyond a float, and no interval was said at all."""
    found = interval_s2(history, target=0.9)
    assert ends[0] <= found.interval <= ends[1]
    assert len(found.fits) == len(MODELS)
