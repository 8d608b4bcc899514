"""Many streams in one call: as published, as the plain definition, and the same bits compiled."""

from itertools import pairwise
from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.charts import streams
from openqi.science.charts.charting import chart
from openqi.science.charts.continuing import StoppedError, continued
from openqi.science.charts.rules.rule import ASKS, LONGEST, Rule, RuleSet, rule_set, rule_sets
from openqi.science.charts.streams import PAYS_FROM, watch
from openqi.science.numbers.compiled import is_fast
from unit.science.charts.plainly import flags
from vectors_of import PLACES, figures_of

NUMBERS = range(1, 9)


def fired(values, rules="nelson"):
    found = watch(values, rules=rules, centres=0.0, sigmas=1.0)
    return {number for bits in found.flags(0).tolist() for number in found.rules.numbers_of(bits)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("number", NUMBERS)
def test_each_nelson_rule_fires_where_four_programs_say_so_and_not_at_a_near_miss(number, place):
    cases = figures_of("control/nelson_conformance.json", place)
    assert number in fired(cases["positive_must_fire_rule_k"][str(number)])
    assert number not in fired(cases["near_miss_must_not_fire_rule_k"][str(number)])


def test_two_points_on_opposite_sides_are_no_two_of_three_and_a_tie_ends_a_trend():
    cases = figures_of("control/nelson_conformance.json", "vectors")
    assert 5 not in fired(cases["opposite_sides_must_not_fire_rule_5"])
    assert 3 not in fired(cases["tie_must_not_fire_rule_3"])


@pytest.fixture(scope="module")
def generated():
    points = np.random.default_rng(20240601).standard_normal((1000, 1000)) * 0.3 + 10
    points[::10, 500:] += 0.3
    return points


@pytest.mark.parametrize("place", PLACES)
def test_forty_streams_have_the_limits_counts_and_capability_on_which_five_programs_agree(place, generated):
    cases = figures_of("control/streams_0_39.json", place)
    found = watch(generated[:40].ravel(), np.arange(41) * 1000)
    assert found.violations.tolist() == cases["per_rule_counts"]
    indices = found.capability(cases["lsl"], cases["usl"])
    for name, values in {
        "mean": found.centres, "sigma_within": found.sigmas, "sd_overall": found.overall,
        "cp": indices.cp, "cpk": indices.cpk, "pp": indices.pp, "ppk": indices.ppk,
    }.items():  # fmt: skip
        assert values.tolist() == pytest.approx(cases[name], rel=1e-10), name


@pytest.mark.skipif(not is_fast(), reason="numba is not installed; without it there is nothing to compare")
def test_compiled_and_plain_give_the_same_bits(generated, monkeypatch):
    points = generated[:70, :].ravel().copy()
    points[::37] = nan
    ends = [0, 0, 1, 33, 34, 12_000, 35_000, 35_000, 69_999, 70_000]
    assert points.size >= streams.PAYS_FROM
    fast = watch(points, ends)
    monkeypatch.setattr(streams, "is_fast", lambda: False)
    slow = watch(points, ends)
    for name in ("centres", "sigmas", "overall", "planes", "violations", "counts"):
        assert getattr(fast, name).tobytes() == getattr(slow, name).tobytes(), name


def test_a_stream_does_not_know_its_neighbours(generated):
    together = watch(generated[:3].ravel(), [0, 1000, 2000, 3000])
    for stream in range(3):
        alone = watch(generated[stream])
        assert alone.flags(0).tolist() == together.flags(stream).tolist()
        assert alone.centres[0] == together.centres[stream]


steps = st.sampled_from(ASKS)
tenths = st.integers(-35, 35).map(lambda tenth: tenth / 10)


@st.composite
def rules_of_any_kind(draw):
    asks = draw(steps)
    gapless = asks in {"trend", "rising", "falling", "alternation", "opposite"}
    least = 3 if asks == "alternation" else 2 if gapless else 1
    points = 2 if asks == "opposite" else draw(st.integers(least, LONGEST))
    return Rule(
        number=draw(st.integers(1, 10**6)),
        asks=asks,
        sigma=0.0 if gapless and asks != "opposite" else draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0])),
        points=points,
        among=points if gapless else draw(st.integers(points, LONGEST)),
    )


@given(
    values=st.lists(st.one_of(tenths, st.just(nan), st.just(0.0)), max_size=110),
    rules=st.lists(rules_of_any_kind(), min_size=1, max_size=6, unique_by=lambda rule: rule.number),
    stretch=st.integers(1, 40),
)
@settings(max_examples=150, deadline=None)
def test_the_kernel_does_what_the_definition_says(values, rules, stretch):
    # Stretched, so that long patterns occur: each value comes some times over, or as a staircase.
    values = [value + (0.001 * again if stretch % 2 else 0.0) for value in values for again in range(stretch)][:700]
    found = watch(values, rules=RuleSet(name="own", rules=tuple(rules), source="own"), centres=0.0, sigmas=1.0)
    assert found.flags(0).tolist() == flags(tuple(rules), values, 0.0, 1.0)


@pytest.mark.parametrize("before", range(34))
def test_the_longest_patterns_are_seen_wherever_they_begin(before):
    rules = (
        Rule(number=1, asks="above", sigma=1.0, points=LONGEST),
        Rule(number=2, asks="above", sigma=1.0, points=2, among=LONGEST),
        Rule(number=3, asks="rising", points=LONGEST),
        Rule(number=4, asks="alternation", points=LONGEST),
    )
    own = RuleSet(name="own", rules=rules, source="own")
    risen = [2.0 + 0.01 * step for step in range(LONGEST)]
    swung = [0.1 * (-1) ** step for step in range(LONGEST)]
    values = [0.0] * before + risen + swung[:-1] + [-2.0, 2.0] + [0.0] * (LONGEST - 2) + [2.0, 0.0, 2.0]
    found = watch(values, rules=own, centres=0.0, sigmas=1.0)
    assert found.flags(0).tolist() == flags(rules, values, 0.0, 1.0)
    assert found.violations[0].min() > 0


@pytest.mark.parametrize("name", rule_sets())
def test_the_kernel_does_what_the_definition_says_over_the_border_of_its_chunks(name):
    values = (np.random.default_rng(7).standard_normal(10_400) * 1.2).round(1)
    found = watch(values, rules=name, centres=0.0, sigmas=1.0)
    assert found.flags(0).tolist() == flags(found.rules.rules, values.tolist(), 0.0, 1.0)
    assert all(found.violations[0])


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(nan)), max_size=200))
@example([nan, nan])
@example([])
@example([5.0])
@settings(max_examples=100, deadline=None)
def test_estimates_are_the_mean_the_mean_moving_range_and_the_standard_deviation(values):
    found = watch(values)
    there = [value for value in values if not isnan(value)]
    ranges = [abs(b - a) for a, b in pairwise(values) if not isnan(b - a)]
    scale = max(map(abs, there), default=1.0) + 1e-9
    assert found.counts[0] == len(there)
    mean = sum(there) / len(there) if there else nan
    sigma = sum(ranges) / len(ranges) / (2 / sqrt(np.pi)) if ranges else nan
    overall = sqrt(sum((x - mean) ** 2 for x in there) / (len(there) - 1)) if len(there) > 1 else nan
    assert found.centres[0] == pytest.approx(mean, abs=1e-9 * scale, nan_ok=True)
    assert found.sigmas[0] == pytest.approx(sigma, abs=1e-9 * scale, nan_ok=True)
    assert found.overall[0] == pytest.approx(overall, abs=1e-9 * scale, nan_ok=True)


def test_digits_in_common_cost_none_of_the_others():
    # NIST StRD NumAcc3 and NumAcc4: a million, and ten million, plus 0.2, 0.1, 0.3, ...
    for base, digits in ((1_000_000, 9), (10_000_000, 8)):
        values = [base + 0.2] + [base + tenth for _ in range(500) for tenth in (0.1, 0.3)]
        found = watch(values)
        assert found.centres[0] == base + 0.2
        assert found.overall[0] == pytest.approx(0.1, rel=10.0**-digits)


def test_empty_single_constant_and_missing_streams_have_a_stated_answer():
    found = watch([5.0, *[7.0] * 16, nan, nan, 3.0, nan, 4.0], [0, 0, 1, 17, 19, 22], rules="nelson")
    assert found.counts.tolist() == [0, 1, 16, 0, 2]
    assert [isnan(x) for x in found.centres] == [True, False, False, True, False]
    assert [isnan(x) for x in found.sigmas] == [True, True, False, True, True]
    assert found.sigmas[2] == 0.0
    assert found.flags(2).tolist() == [0] * 14 + [1 << 6] * 2  # a reading that never moves hugs its centre
    assert not any(found.violations[stream].any() for stream in (0, 1, 3, 4))
    assert np.isnan(found.capability(0, 10).cpk).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1.0, 2.0], [0, 3]), "offsets begin with 0"),
        (([1.0, 2.0], [0, 2, 1, 2]), "offsets begin with 0"),
        (([[1.0]],), "one row"),
        (([1.0, float("inf"), 2.0],), "infinite"),
    ],
)
def test_streams_that_are_none_are_refused(arguments, said):
    with pytest.raises(DomainError, match=said):
        watch(*arguments)


def test_half_a_frozen_limit_and_limits_out_of_order_are_refused():
    with pytest.raises(DomainError, match="both or neither"):
        watch([1.0], centres=1.0)
    with pytest.raises(DomainError, match="at least 0"):
        watch([1.0], centres=1.0, sigmas=-1.0)
    with pytest.raises(DomainError, match="must lie below"):
        watch([1.0, 2.0]).capability(3, 2)


def test_one_limit_gives_one_sided_indices():
    found = watch([1.0, 2.0, 1.5, 2.5]).capability(-np.inf, 4.0)
    assert isnan(found.cp[0])
    assert found.cpk[0] > 0


@pytest.mark.parametrize("frozen", [{}, {"centres": 0.0, "sigmas": 1.0}], ids=["estimated", "frozen"])
@pytest.mark.parametrize("wrong", [1e200, -1.0001e150, float("inf"), float("-inf")])
@pytest.mark.parametrize("size", [20, PAYS_FROM])
def test_what_a_chart_refuses_watching_refuses_too(wrong, frozen, size):
    values = np.zeros(size)
    values[13] = wrong
    for refuse in (lambda: watch(values, [0, 10, size], **frozen), lambda: chart("i-mr", values[:20])):
        with pytest.raises(DomainError, match="infinite; correct it" if np.isinf(wrong) else "units of usual size"):
            refuse()
    watched = continued([0.0, 0.0], [1.0, 1.0], rules=rule_set("nelson"))
    with pytest.raises(StoppedError):
        watched.take(values, np.arange(size), [0, 10, size], [0, 1])
    values[13], values[14] = 1e150, np.nan
    assert watch(values, [0, 10, size], **frozen).counts.tolist() == [10, size - 11]
