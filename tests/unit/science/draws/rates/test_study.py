"""A study keeps who was not examined apart, states hit rate beside population rate, and never takes an absence for a pass."""

import numpy as np
import pytest

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.outcomes import GROUPS, OUTCOMES, outcome_of
from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.study import Asked, study
from openqi.science.draws.rates.variances import Design

CHANCE = [0.5] * 10 + [0.05] * 10
CLASS = ["D"] * 10 + ["A"] * 10
ENDS = (
    ["nonconforming"] * 5
    + ["conforming"] * 3
    + ["not-found", "closed"]
    + ["conforming"] * 7
    + ["nonconforming", "refused", "not-found"]
)


def test_hit_rate_and_population_rate_are_two_things():
    found = study(sample_of(CHANCE, stratum=CLASS), ENDS)
    assert (found.hit.found, found.hit.examined, found.hit.value) == (6, 16, 6 / 16)
    assert found.population.value == pytest.approx((5 * 2 + 1 * 20) / (8 * 2 + 8 * 20))
    assert found.hit.interval.method == "clopper-pearson"
    assert found.population.interval.lower < found.population.value < found.population.interval.upper
    assert found.total[0] == pytest.approx(5 * 2 + 20)
    assert found.total[1].lower >= 6  # those that were seen are there


def test_who_was_not_examined_is_counted_apart():
    found = study(sample_of(CHANCE, stratum=CLASS), ENDS, by={"class": CLASS})
    assert {code: count for code, count in found.counts.items() if count} == {
        "conforming": 10, "nonconforming": 6, "not-found": 2, "refused": 1, "closed": 1,
    }  # fmt: skip
    assert tuple(found.counts) == tuple(OUTCOMES)
    whole = found.response
    assert (whole.examined, whole.unresolved, whole.outside, whole.share) == (16, 3, 1, 16 / 19)
    assert whole.weighted == pytest.approx((8 * 2 + 8 * 20) / (9 * 2 + 10 * 20))
    d, a = found.parts
    assert (d.value, d.response.share, d.rate.value) == ("D", 8 / 9, 5 / 8)
    assert (a.value, a.response.share, a.rate.value) == ("A", 8 / 10, pytest.approx(1 / 8))


def test_the_bounds_take_all_that_were_not_examined_as_good_and_as_bad():
    found = study(sample_of(CHANCE, stratum=CLASS), ENDS)
    low, high, ends = found.bounds
    assert low == pytest.approx((5 * 2 + 20) / (9 * 2 + 10 * 20))
    assert high == pytest.approx((6 * 2 + 3 * 20) / (9 * 2 + 10 * 20))
    assert ends.lower < low < found.population.value < high < ends.upper


def test_more_that_were_not_found_never_make_the_rate_lower():
    """Ten passes that become absences: the rate goes up, its bounds apart; a pass is only what was seen to pass."""
    before = study(sample_of(CHANCE, stratum=CLASS), ENDS)
    absent = [("not-found" if one == "conforming" and place % 2 else one) for place, one in enumerate(ENDS)]
    after = study(sample_of(CHANCE, stratum=CLASS), absent)
    assert after.population.value > before.population.value
    assert after.bounds[1] > before.bounds[1]
    assert after.bounds[0] == pytest.approx(before.bounds[0])


def test_the_adjustment_by_class_takes_the_absent_as_like_the_examined_of_their_class():
    found = study(sample_of(CHANCE, stratum=CLASS), ENDS, classes=CLASS)
    assert found.adjusted.value == pytest.approx((9 * 2 * 5 / 8 + 10 * 20 * 1 / 8) / (9 * 2 + 10 * 20))
    one = study(sample_of(CHANCE, stratum=CLASS), ENDS, classes=["all"] * 20)
    assert one.adjusted.value == pytest.approx(one.population.value)
    assert one.adjusted.standard_error == pytest.approx(one.population.standard_error)  # then it is the same ratio


def test_the_variance_of_the_adjusted_rate_is_that_of_its_derivatives():
    """Linearised by hand: each object's influence by moving its weight a little."""
    ends = np.asarray(ENDS)
    bad, seen = (ends == "nonconforming") * 1.0, np.isin(ends, ["nonconforming", "conforming"]) * 1.0
    scope = seen + np.isin(ends, ["not-found", "refused"])

    def value(weight):
        total = 0.0
        for name in ("D", "A"):
            own = np.asarray([one == name for one in CLASS])
            total += (weight * scope)[own].sum() * (weight * bad)[own].sum() / (weight * seen)[own].sum()
        return total / (weight * scope).sum()

    weight = 1 / np.asarray(CHANCE)
    slopes = []
    for place in range(20):
        up, down = weight.copy(), weight.copy()
        up[place] += 1e-4
        down[place] -= 1e-4
        slopes.append((value(up) - value(down)) / 2e-4)
    z = np.asarray(slopes) * weight
    wanted = 0.0
    for name in ("D", "A"):
        own = np.asarray([one == name for one in CLASS])
        wanted += 10 / 9 * ((1 - np.asarray(CHANCE)) * (z - z[own].mean()) ** 2)[own].sum()
    for name, share in (("D", 8 / 9), ("A", 8 / 10)):  # who answered is a second draw, of the examined alone
        own = np.asarray([one == name for one in CLASS])
        rate = bad[own].sum() / seen[own].sum()
        e = weight * (bad - rate) / share / (weight * scope).sum() * seen
        wanted += 8 / 7 * (1 - share) * (np.asarray(CHANCE) * e**2)[own].sum()
    found = study(sample_of(CHANCE, stratum=CLASS), ENDS, classes=CLASS)
    assert found.adjusted.standard_error**2 == pytest.approx(wanted, rel=1e-6)


def test_nothing_found_is_not_nothing_there():
    ends = ["conforming"] * 18 + ["not-found"] * 2
    found = study(sample_of(CHANCE, stratum=CLASS), ends)
    assert found.population.value == 0.0
    assert (found.population.interval.method, found.population.interval.upper > 0.1) == ("none-found", True)
    worth = (10 * 2 + 8 * 20) ** 2 / (10 * 2**2 + 8 * 20**2)  # Kish: objects of equal weight
    assert found.population.interval.upper == pytest.approx(1 - 0.025 ** (1 / worth))
    missed = 1 - 0.05 * found.response.share  # one of the least likely: not drawn, or drawn and not examined
    assert missed**found.undetected == pytest.approx(0.05)
    assert found.bounds[1] > 0.0
    assert study(sample_of(CHANCE, stratum=CLASS), ENDS).undetected is None


def test_strata_that_are_each_alike_do_not_make_a_rate_certain():
    """All of D bad and all of A good: the estimated variance is nought, and the interval is not."""
    found = study(sample_of(CHANCE, stratum=CLASS), ["nonconforming"] * 10 + ["conforming"] * 10)
    assert found.population.value == pytest.approx(20 / 220)
    assert found.population.interval.method == "alike-in-strata"
    assert found.population.interval.lower < 0.03 < 0.25 < found.population.interval.upper
    assert (found.total[1].lower, found.total[1].upper > 50) == (10, True)
    assert found.silent == ("D", "A")


def test_none_found_is_not_none_in_the_total_either_and_a_census_is():
    none = study(sample_of(CHANCE, stratum=CLASS), ["conforming"] * 20)
    assert (none.total[0], none.total[1].lower) == (0.0, 0.0)
    assert none.total[1].upper == pytest.approx(220 * none.population.interval.upper)
    census = study(sample_of([1.0] * 4), ["conforming"] * 3 + ["nonconforming"])
    assert (census.total[1].lower, census.total[1].upper, census.population.interval.method) == (1.0, 1.0, "census")
    clean = study(sample_of([1.0] * 4), ["conforming"] * 4)
    assert (clean.population.interval.upper, clean.total[1].upper, clean.undetected) == (0.0, 0.0, 0.0)


def test_estimators_differ_and_say_which_they_are():
    plain = ["conforming"] * 15 + ["nonconforming"] * 5
    sample = sample_of(CHANCE, stratum=CLASS)
    rates = {
        "hajek": study(sample, plain).population.value,
        "horvitz-thompson": study(sample, plain, asked=Asked(estimator="horvitz-thompson", objects=230.0)).population.value,
        "stratified": study(sample, plain, asked=Asked(estimator="stratified", sizes={"D": 20, "A": 230})).population.value,
    }
    assert rates["hajek"] == pytest.approx(100 / 220)
    assert rates["horvitz-thompson"] == pytest.approx(100 / 230)
    assert rates["stratified"] == pytest.approx(230 / 250 * 0.5)
    for name in rates:
        assert study(sample, plain, asked=Asked(estimator=name, objects=230.0, sizes={"D": 20, "A": 230})).estimator == name


def test_a_domain_with_nobody_examined_has_no_rate_and_one_of_a_single_unit_no_narrow_one():
    region = ["x"] * 8 + ["y"] * 2 + ["z"] + ["x"] * 9
    ends = ["conforming"] * 8 + ["not-found", "refused"] + ["conforming"] * 10
    found = {one.value: one for one in study(sample_of(CHANCE, stratum=CLASS), ends, by={"region": region}).parts}
    assert found["y"].rate is None
    assert (found["y"].response.examined, found["y"].response.unresolved, found["y"].response.share) == (0, 2, 0.0)
    assert found["z"].rate.interval.upper > 0.9
    mixed = ["nonconforming" if place == 7 else one for place, one in enumerate(ends)]
    pair = {
        one.value: one
        for one in study(sample_of(CHANCE, psu=["p"] * 8 + ["q"] * 12), mixed, by={"half": ["a"] * 8 + ["b"] * 12}).parts
    }
    assert (pair["a"].rate.interval.method, pair["a"].rate.interval.upper) == ("too-few-units", 1.0)


@pytest.mark.parametrize(
    ("ends", "more", "error", "says"),
    [
        (["not-found"] * 20, {}, RefusedError, "none of the 20"),
        (["conforming"] * 19, {}, DomainError, "outcome has 19 rows"),
        (["conforming"] * 19 + [""], {}, DomainError, "outcome ''"),
        (["conforming"] * 19 + ["正常"], {}, DomainError, "outcome '正常'"),
        (ENDS, {"asked": Asked(estimator="mean")}, DomainError, "one of hajek"),
        (ENDS, {"asked": Asked(estimator="horvitz-thompson", objects=220.0)}, RefusedError, "take hajek"),
        (ENDS, {"asked": Asked(estimator="horvitz-thompson")}, DomainError, "how many objects"),
        (ENDS, {"asked": Asked(estimator="stratified", sizes={"D": 3})}, DomainError, "one positive number each"),
        (ENDS, {"classes": ["c"] * 18 + ["lost"] * 2}, RefusedError, "class 'lost'"),
        (ENDS, {"by": {"region": ["x"]}}, DomainError, "region has 1 rows"),
        (ENDS, {"asked": Asked(design=Design(method="srs"))}, DomainError, "how many units"),
    ],
)
def test_what_cannot_be_answered_is_said(ends, more, error, says):
    with pytest.raises(error, match=says):
        study(sample_of(CHANCE, stratum=CLASS), ends, **more)


def test_texts_of_the_platforms_are_read_as_what_they_say():
    assert {one.group for one in OUTCOMES.values()} == set(GROUPS)
    assert outcome_of("未发现问题").group == "conforming"
    assert outcome_of("发现问题经责令已改正").group == "nonconforming"
    assert outcome_of("通过登记的住所无法联系").group == "unresolved"
    assert outcome_of("未发现开展本次抽查涉及的经营活动").group == "outside"
    texts = [text for one in OUTCOMES.values() for text in (one.code, *one.names)]
    assert len(texts) == len(set(texts))
    sample = sample_of(CHANCE, stratum=CLASS)
    chinese = [OUTCOMES[one].names[0] for one in ENDS]
    assert study(sample, chinese) == study(sample, ENDS)
