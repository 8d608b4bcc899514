"""Mean, spread and constants: certified digits, printed tables, closed forms, and what simulation says an estimator is worth."""

from fractions import Fraction
from math import pi, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.groups import subgroups
from openqi.science.capability.estimates.moments import checked, moments
from openqi.science.capability.estimates.quantiles import TYPES, beyond_sample, needed, sample_quantile
from openqi.science.capability.estimates.spread import METHODS, OF_SERIES, overall, within
from openqi.science.numbers.normal_functions import normal_root
from openqi.science.numbers.normal_samples import D4, c4, d2, d3
from vectors_of import vectors_of

NIST = vectors_of("control/capability_nist.json")
JASP = vectors_of("control/capability_minitab_verified.json")
RINGS = vectors_of("control/capability_pistonrings.json")


def test_michelson_has_the_certified_mean_and_deviation():
    found, wanted = moments(NIST["data"]["MICHELSO"]), NIST["figures"]["MICHELSO"]
    assert found.mean == pytest.approx(wanted["certified_mean"], rel=1e-15)
    assert found.sd == pytest.approx(wanted["certified_sd"], rel=1e-13)


@pytest.mark.parametrize(
    ("values", "mean", "sd", "digits"),
    [
        ([10000001.0, 10000003.0, 10000002.0], 10000002.0, 1.0, 0.0),
        ([1.2, *[1.1, 1.3] * 500], 1.2, 0.1, 1e-14),
        # What is left is the rounding of 1000000.1 and of 10000000.1 themselves to floats.
        ([1000000.2, *[1000000.1, 1000000.3] * 500], 1000000.2, 0.1, 1e-9),
        ([10000000.2, *[10000000.1, 10000000.3] * 500], 10000000.2, 0.1, 1e-8),
    ],
)
def test_numerical_accuracy_sets_of_nist(values, mean, sd, digits):
    found = moments(values)
    assert found.mean == pytest.approx(mean, rel=2e-16)
    assert found.sd == pytest.approx(sd, rel=digits, abs=0.0)


@pytest.mark.parametrize("off", [0.0, 1e8, 3e15])
def test_moments_are_those_of_exact_fractions(off):
    """At 3e15 the mean itself is rounded by up to a quarter: what it lacks is seen in the deviations, and given back."""
    values = [off + k % 7 for k in range(1000)]
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / 1000
    squares = sum((value - mean) ** 2 for value in exact)
    found = moments(values)
    assert found.mean == float(mean)
    assert found.squares == pytest.approx(float(squares), rel=1e-14)


@pytest.mark.parametrize("row", vectors_of("control/capability_chart_constants.json")["table"])
def test_constants_round_to_the_printed_table(row):
    n, *printed = row
    assert [round(d2(n), 3), round(d3(n), 3), round(c4(n), 4)] == printed


def test_constants_meet_their_closed_forms():
    assert d2(2) == pytest.approx(2.0 / sqrt(pi), rel=1e-14)
    assert d2(3) == pytest.approx(3.0 / sqrt(pi), rel=1e-14)
    assert d3(2) == pytest.approx(sqrt(2.0 - 4.0 / pi), rel=1e-12)
    assert c4(2) == pytest.approx(sqrt(2.0 / pi), rel=1e-14)
    assert c4(3) == pytest.approx(sqrt(pi) / 2.0, rel=1e-14)
    assert pytest.approx(sqrt(2.0) * normal_root(0.75), rel=1e-15) == D4
    # c4(n) c4(n + 1) = sqrt((n - 1) / n) follows from the recurrence of the gamma function.
    for n in (4.0, 7.3, 51.0, 99.5, 1000.0, 1e6):
        assert c4(n) * c4(n + 1.0) == pytest.approx(sqrt((n - 1.0) / n), rel=1e-14)


@pytest.mark.parametrize("n", [0, 1, 1001])
def test_constants_are_not_made_up_outside(n):
    with pytest.raises(DomainError, match="2 to 1000"):
        d2(n)


def test_the_published_spread_used_d2_of_three_decimals():
    """JASP and qcc print R-bar / 2.326; the full constant is 2.325929, and with theirs their figures come out."""
    groups = subgroups(JASP["data"], 5)
    ours = within(groups, "mean-range").value
    assert ours * d2(5) / 2.326 == pytest.approx(JASP["figures"]["sd_within_Rbar"], rel=1e-12)
    rings = subgroups(RINGS["data"], 5)
    assert within(rings, "mean-range").value * d2(5) / 2.326 == pytest.approx(
        RINGS["figures"]["pistonrings_R_phase1"]["std.dev"], rel=1e-12
    )
    assert within(rings, "mean-sd").value == pytest.approx(RINGS["figures"]["pistonrings_S_phase1"]["std.dev"], rel=1e-6)


def test_the_overall_deviation_is_that_verified_with_minitab():
    assert overall(JASP["data"]).value == pytest.approx(JASP["figures"]["sd_overall"], rel=1e-14)


@pytest.mark.parametrize("name", METHODS)
def test_an_estimator_is_unbiased_and_as_uncertain_as_its_degrees_of_freedom_say(name):
    random = np.random.default_rng(20)
    size = 1 if name in OF_SERIES else 4
    trials = [
        within(tuple(map(tuple, random.standard_normal((40, size)).tolist())), name)
        for _ in range(1500)
    ]  # fmt: skip
    values = np.array([one.value for one in trials])
    dof = trials[0].dof
    expected = c4(dof + 1.0) if name in ("pooled", "successive-differences") else 1.0
    spread = sqrt(1.0 / (2.0 * dof))
    # Simulation knows the mean to spread / 39; a sample median has a bias of its own order, 1 / n.
    assert values.mean() == pytest.approx(expected, abs=0.012 if name == "median-moving-range" else 4.0 * spread / 38.0)
    assert values.std() / values.mean() == pytest.approx(spread, rel=0.08)


def test_unequal_subgroups_weigh_as_they_know():
    groups = ((1.0, 2.0), (1.0, 2.0, 3.0, 5.0), (4.0,))
    pooled = within(groups, "pooled")
    assert pooled.value == pytest.approx(sqrt((0.5 + 8.75) / 4.0))
    assert pooled.dof == 4
    weights = [(d2(2) / d3(2)) ** 2, (d2(4) / d3(4)) ** 2]
    wanted = (weights[0] / d2(2) + weights[1] * 4.0 / d2(4)) / sum(weights)
    assert within(groups, "mean-range").value == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("groups", "name", "says"),
    [
        (((1.0,), (2.0,), (4.0,)), "pooled", "subgroups of two"),
        (((1.0, 2.0), (2.0, 4.0)), "moving-range", "single readings"),
        (((1.0, 1.0), (2.0, 2.0)), "pooled", "is 0"),
        (((1.0,), (2.0,)), None, "at least 3"),
        (((1.0, 2.0),), "range", "no estimator"),
    ],
)
def test_what_an_estimator_cannot_use_is_refused(groups, name, says):
    with pytest.raises(DomainError, match=says):
        within(groups, name)


def test_subgroups_by_size_and_by_label():
    assert subgroups([1.0, 2.0, 3.0], None) == ((1.0,), (2.0,), (3.0,))
    assert subgroups([1.0, 2.0, 3.0], 2) == ((1.0, 2.0), (3.0,))
    assert subgroups([1.0, 2.0, 3.0], ["a", "b", "b"]) == ((1.0,), (2.0, 3.0))


@pytest.mark.parametrize(
    ("by", "says"),
    [(0, "at least one"), (["a", "b"], "every reading has one"), (["a", "b", "a"], "comes back"), (["a", "", "b"], "no label")],
)
def test_subgroups_that_nobody_can_know_are_refused(by, says):
    with pytest.raises(DomainError, match=says):
        subgroups([1.0, 2.0, 3.0], by)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e200, None, "1"])
def test_a_missing_reading_never_becomes_a_number(value):
    with pytest.raises(DomainError, match="reading 2"):
        checked([1.0, value, 3.0], least=1)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("p", [0.0, 0.001, 0.25, 0.5, 0.77, 0.999, 1.0])
def test_sample_quantiles_are_those_of_numpy_by_type(kind, p):
    names = ("interpolated_inverted_cdf", "hazen", "weibull", "linear", "median_unbiased", "normal_unbiased")
    values = np.random.default_rng(4).normal(size=37)
    wanted = np.quantile(values, p, method=names[kind - 4])
    assert sample_quantile(sorted(map(float, values)), p, kind) == pytest.approx(wanted, rel=1e-13)


def test_how_many_readings_show_a_135_thousandth():
    assert [needed(0.00135, kind) for kind in (6, 7)] == [740, 2]
    assert beyond_sample(739, 0.00135) and not beyond_sample(740, 0.00135)
