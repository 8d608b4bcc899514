"""Small areas: the published milk expenditures and rat tumours, and areas whose truth is known."""

from math import sqrt
from random import Random

import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.areas.beta_binomial import Counted, beta_binomial, moments_prior, worth
from openqi.science.draws.rates.areas.fay_herriot import METHODS, Area, fay_herriot
from vectors_of import vectors_of

MILK = vectors_of("surveillance/fay_herriot_milk.json")["figures"]
RATS = vectors_of("surveillance/rat_tumours.json")["figures"]


def milk() -> list[Area]:
    return [
        Area(name=str(place), direct=y, variance=sd * sd, known=(1.0, *(float(major == other) for other in (2, 3, 4))))
        for place, (y, sd, major) in enumerate(MILK["areas"])
    ]


@pytest.mark.parametrize("method", ["reml", "fay-herriot"])
def test_the_published_areas_come_out(method):
    found, published = fay_herriot(milk(), method=method), MILK[method]
    for area, value, error in zip(found.areas, published["values"], published["errors"], strict=True):
        assert area.value == pytest.approx(value, abs=1e-6)
        assert area.mean_squared_error == pytest.approx(error, abs=1e-7)


def test_the_published_coefficients_come_out():
    found = fay_herriot(milk())
    assert found.coefficients == pytest.approx(MILK["reml"]["coefficients"], abs=1e-6)
    assert found.standard_errors == pytest.approx(MILK["reml"]["standard_errors"], abs=5e-7)


def test_areas_of_equal_variance_have_the_closed_form_of_all_methods():
    """With D the same everywhere and no covariates the variance between is that of the estimates less D, by each method."""
    y = [0.1, 0.25, 0.05, 0.4, 0.3, 0.2]
    mean = sum(y) / 6
    between = sum((one - mean) ** 2 for one in y) / 5 - 0.004
    for method in METHODS:
        found = fay_herriot([Area(name=str(one), direct=one, variance=0.004) for one in y], method=method)
        assert found.between == pytest.approx(between, rel=1e-9)
        own = between / (between + 0.004)
        assert found.areas[3].value == pytest.approx(own * 0.4 + (1 - own) * mean, rel=1e-9)
        assert found.areas[3].own == pytest.approx(own, rel=1e-9)


def test_an_area_without_data_speaks_by_the_regression_alone_and_says_so():
    found = fay_herriot([*milk(), Area(name="none", known=(1.0, 0.0, 1.0, 0.0))])
    last = found.areas[-1]
    assert (last.source, last.own) == ("synthetic", 0.0)
    assert last.value == pytest.approx(found.coefficients[0] + found.coefficients[2])
    assert last.mean_squared_error > max(one.mean_squared_error for one in found.areas[:-1])
    assert {one.source for one in found.areas[:-1]} == {"both"}


def test_where_areas_do_not_differ_nothing_is_their_own():
    found = fay_herriot([Area(name=str(k), direct=0.2 + 0.001 * (k % 2), variance=0.01) for k in range(8)])
    assert (found.between, {one.own for one in found.areas}) == (0.0, {0.0})
    assert all(one.mean_squared_error > 0 for one in found.areas)


def test_the_mean_squared_error_is_what_the_areas_miss_by():
    """400 worlds of 20 areas with D from 0.2 to 2 and A = 1: the stated errors are, in the mean, within 6 % of the true ones."""
    random, d = Random(11), [0.2, 0.4, 0.8, 1.2, 2.0] * 4
    missed, stated, plain = [0.0] * 20, [0.0] * 20, [0.0] * 20
    for _ in range(400):
        theta = [3.0 + random.gauss(0, 1) for _ in d]
        y = [one + random.gauss(0, sqrt(v)) for one, v in zip(theta, d, strict=True)]
        for k, one in enumerate(
            fay_herriot([Area(name="", direct=a, variance=v) for a, v in zip(y, d, strict=True)], method="prasad-rao").areas
        ):
            missed[k] += (one.value - theta[k]) ** 2 / 400
            stated[k] += one.mean_squared_error / 400
            plain[k] += (y[k] - theta[k]) ** 2 / 400
    assert sum(stated) == pytest.approx(sum(missed), rel=0.06)
    assert sum(missed) < 0.75 * sum(plain)


@pytest.mark.parametrize(
    ("areas", "more", "error", "says"),
    [
        ([Area(name="a", direct=0.1, variance=0.0)] * 5, {}, DomainError, "beta-binomial"),
        ([Area(name="a", direct=0.1)] * 5, {}, DomainError, "or neither"),
        ([Area(name="a", direct=0.1, variance=1.0)] * 3, {}, RefusedError, "at least 4"),
        ([Area(name="a", direct=0.1, variance=1.0), Area(name="b", known=(1.0, 2.0))], {}, DomainError, "area 'b': 2 covariates"),
        ([Area(name="a", direct=0.1, variance=1.0, known=(1.0, 2.0))] * 6, {}, DomainError, "depend on each other"),
        (milk(), {"method": "ml"}, DomainError, "one of reml"),
        ([], {}, RefusedError, "0 areas"),
    ],
)
def test_areas_that_cannot_be_joined_are_refused(areas, more, error, says):
    with pytest.raises(error, match=says):
        fay_herriot(areas, **more)


def test_the_published_posterior_of_the_last_group_of_rats():
    """BDA: with the prior (1.4, 8.6) the 71st group, 4 of 14, has mean 0.223 and standard deviation 0.083."""
    pairs = list(zip(RATS["found"], RATS["n"], strict=True))
    rates = [y / n for y, n in pairs[:70]]
    mean = sum(rates) / 70
    sd = sqrt(sum((one - mean) ** 2 for one in rates) / 69)
    assert (round(mean, 3), round(sd, 3)) == (RATS["mean_of_70"], RATS["sd_of_70"])
    worth_of = mean * (1 - mean) / sd**2 - 1
    assert [round(mean * worth_of, 1), round((1 - mean) * worth_of, 1)] == RATS["prior"]
    from openqi.science.draws.rates.areas.beta_binomial import _mean_and_variance

    centre, variance = _mean_and_variance(Counted(name="", found=4, n=14), mean * worth_of, (1 - mean) * worth_of)
    assert (round(centre, 3), round(sqrt(variance), 3)) == (RATS["posterior_mean"], RATS["posterior_sd"])


def test_the_prior_is_near_the_most_likely_one():
    """A second method: likelihood by SciPy, on the rats; moments and likelihood differ by less than their standard error."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    pairs = list(zip(RATS["found"], RATS["n"], strict=True))

    def against(logs) -> float:
        a, b = (2.718281828459045**one for one in logs)
        return -sum(betaln(a + y, b + n - y) - betaln(a, b) for y, n in pairs)

    best = minimize(against, [0.5, 2.0], method="Nelder-Mead").x
    a, b = (2.718281828459045**one for one in best)
    mine = moments_prior([Counted(name="", found=y, n=n) for y, n in pairs])
    assert mine[0] / sum(mine) == pytest.approx(a / (a + b), abs=0.005)
    assert 1 / (sum(mine) + 1) == pytest.approx(1 / (a + b + 1), abs=0.02)


def test_rates_of_areas_whose_truth_is_known_are_nearer_than_their_own_data():
    random, missed, plain, stated, inside, count = Random(5), 0.0, 0.0, 0.0, 0, 0
    for _ in range(60):
        truth = [random.betavariate(2, 18) for _ in range(25)]
        n = [random.choice((0, 5, 10, 20, 60)) for _ in truth]
        found = [sum(random.random() < p for _ in range(k)) for p, k in zip(truth, n, strict=True)]
        for p, k, y, one in zip(
            truth, n, found,
            beta_binomial([Counted(name="", found=y, n=k) for y, k in zip(found, n, strict=True)]).areas, strict=True,
        ):  # fmt: skip
            if k:
                missed += (one.value - p) ** 2
                plain += (y / k - p) ** 2
                stated += one.mean_squared_error
                inside += one.interval.lower <= p <= one.interval.upper
                count += 1
            else:
                assert one.source == "synthetic"
    assert missed < 0.5 * plain
    assert stated == pytest.approx(missed, rel=0.2)
    assert inside / count > 0.9


def test_the_mean_squared_error_is_the_jackknife_of_its_definition():
    """Without each area in turn the prior is estimated anew; two areas leave too few to do so."""
    areas = [Counted(name=str(k), found=y, n=n) for k, (y, n) in enumerate([(1, 10), (6, 20), (0, 12), (2, 15), (9, 18)])]

    def at(one, prior):
        a, b = prior[0] + one.found, prior[1] + one.n - one.found
        return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))

    found, whole = beta_binomial(areas), moments_prior(areas)
    without = [moments_prior(areas[:k] + areas[k + 1 :]) for k in range(5)]
    for one, result in zip(areas, found.areas, strict=True):
        mean, variance = at(one, whole)
        wanted = variance - 4 / 5 * sum(at(one, prior)[1] - variance for prior in without)
        wanted += 4 / 5 * sum((at(one, prior)[0] - mean) ** 2 for prior in without)
        assert result.mean_squared_error == pytest.approx(max(wanted, variance), rel=1e-12)
    assert any(result.mean_squared_error > at(one, whole)[1] * 1.01 for one, result in zip(areas, found.areas, strict=True))


def test_nothing_anywhere_has_no_prior_and_too_few_areas_none_either():
    with pytest.raises(DomainError, match="all areas are alike"):
        beta_binomial([Counted(name=str(k), found=0, n=10) for k in range(4)])
    with pytest.raises(RefusedError, match="2 areas with data"):
        beta_binomial([Counted(name="a", found=1, n=10), Counted(name="b", found=2, n=10), Counted(name="c", found=0, n=0)])
    with pytest.raises(DomainError, match="area 'a': 11 bad of 10"):
        beta_binomial([Counted(name="a", found=11, n=10)] * 3)
    with pytest.raises(DomainError, match="confidence"):
        beta_binomial([Counted(name="a", found=1, n=10)] * 3, confidence=2)


def test_areas_that_differ_no_more_than_by_chance_share_one_rate():
    found = beta_binomial([Counted(name=str(k), found=2, n=20) for k in range(6)])
    assert [one.value for one in found.areas] == pytest.approx([0.1] * 6)
    assert found.areas[0].own < 0.001


def test_a_weighted_rate_is_worth_as_many_as_would_have_its_spread():
    one = worth(0.2, 0.04)
    assert (one.n, one.found) == (pytest.approx(100), pytest.approx(20))
    with pytest.raises(DomainError, match="spread was seen"):
        worth(0.0, 0.0)
