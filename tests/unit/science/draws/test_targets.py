"""Chances add up, keep their bounds and are else in proportion to size, exactly; nobody is left without one."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from draws_world import targets
from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws import targets as module
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.targets import Bound, UnreachableError, bounds_of, equal_targets

FOUR = (
    Bound(floor=Fraction(1, 100), cap=Fraction(1, 20)),
    Bound(floor=Fraction(1, 20), cap=Fraction(1, 5)),
    Bound(floor=Fraction(21, 100), cap=Fraction(3, 5)),
    Bound(floor=Fraction(61, 100)),
)
"""Ratios of a published rule of four classes: at most 5 %, 5 to 20 %, 21 to 60 %, 61 to 100 %, and a floor for the first."""


def check(found, bounds, rank, expected):
    told = [found.chance_and_why(place) for place in range(len(found))]
    assert sum(chance for chance, _ in told) == expected
    for place, (chance, why) in enumerate(told):
        bound = bounds[rank[place]]
        assert 0 < chance <= 1
        assert bound.floor <= chance <= bound.cap
        assert (why == "certain") == (chance == 1)
        by_size = found.rate * int(found.size[place])
        assert why == "certain" or chance == {"size": by_size, "floor": bound.floor, "cap": bound.cap}[why]
        assert chance == min(max(by_size, bound.floor), bound.cap)
    assert found.certain().tolist() == [why == "certain" for _, why in told]


@given(
    objects=st.lists(st.tuples(st.integers(1, 2**40), st.integers(0, 3)), min_size=1, max_size=40),
    part=st.fractions(0, 1, max_denominator=50),
)
def test_chances_lie_between_floor_and_cap_are_else_by_size_and_add_up(objects, part):
    rank = [code for _, code in objects]
    least, most = sum(FOUR[code].floor for code in rank), sum(FOUR[code].cap for code in rank)
    expected = least + (most - least) * part
    assume(expected > 0)
    check(targets([size for size, _ in objects], expected, FOUR, rank), FOUR, rank, expected)


def test_certainty_units_are_taken_out_one_after_the_other():
    found = targets([1000, 100, 10, 1, 1, 1], 3)
    assert [found.chance(place) for place in range(6)] == [
        1,
        1,
        Fraction(10, 13),
        Fraction(1, 13),
        Fraction(1, 13),
        Fraction(1, 13),
    ]


def test_many_objects_compiled_and_few_in_plain_python_have_the_same_chances(monkeypatch):
    sizes = [1 + (7919 * place) % 5003 for place in range(FEW + 10)]
    rank = [place % 4 for place in range(len(sizes))]
    fast = targets(sizes, 1200, FOUR, rank)
    monkeypatch.setattr(module, "is_fast", lambda: False)
    slow = targets(sizes, 1200, FOUR, rank)
    assert (fast.rate, fast.below, fast.above) == (slow.rate, slow.below, slow.above)
    assert sum(fast.chance(place) for place in range(len(sizes))) == 1200


def test_an_object_of_size_nought_is_refused_unless_its_class_has_a_floor():
    with pytest.raises(UnreachableError) as refused:
        targets([5, 0, 3], 1)
    assert (refused.value.place, refused.value.rule) == (1, "everybody-reachable")
    assert targets([5, 0, 3], 1, (Bound(floor=Fraction(1, 10)),)).chance(1) == Fraction(1, 10)


@pytest.mark.parametrize(
    ("expected", "bounds", "rule"),
    [
        (4, (Bound(),), "enough-objects"),
        (0, (Bound(),), "enough-objects"),
        (2, (Bound(cap=Fraction(1, 2)),), "enough-objects"),
        (1, (Bound(floor=Fraction(1, 2)),), "floors-fit"),
    ],
)
def test_more_than_caps_allow_and_less_than_floors_ask_is_refused(expected, bounds, rule):
    with pytest.raises(RefusedError) as refused:
        targets([5, 4, 3], expected, bounds)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("floors", "caps"), [({"A": Fraction(-1, 2)}, {}), ({}, {"A": Fraction(3, 2)}), ({"A": Fraction(1, 2)}, {"A": Fraction(1, 4)})]
)
def test_a_ratio_over_100_percent_and_a_floor_above_the_cap_are_refused(floors, caps):
    with pytest.raises(DomainError, match="100 %"):
        bounds_of(("A",), floors, caps)
    with pytest.raises(RefusedError, match="cap 0"):
        bounds_of(("A",), {}, {"A": Fraction(0)})


def test_where_all_chances_are_alike_they_are_a_simple_ratio():
    found = equal_targets(7, Fraction(2))
    assert {found.chance(place) for place in range(7)} == {Fraction(2, 7)}
    everybody = equal_targets(3, Fraction(3))
    assert everybody.certain().tolist() == [True] * 3


@pytest.mark.parametrize(
    ("sizes", "bounds", "rank", "wanted", "rule"),
    [
        ([3, 0, 1000], (Bound(floor=Fraction(3, 10)),), [0, 0, 0], 3, "enough-objects"),  # who has no size stays at the floor
        ([0, 0], (Bound(floor=Fraction(1, 10)),), [0, 0], 1, "enough-objects"),
        ([5, 5], (Bound(floor=Fraction(1, 2)), Bound(floor=Fraction(1, 2))), [0, 1], Fraction(1, 2), "floors-fit"),
        ([5, 5, 9], (Bound(floor=Fraction(1, 2)), Bound()), [0, 0, 1], 1, "floors-fit"),  # nothing would be left for the third
    ],
)
def test_what_no_chances_can_meet_is_refused_as_such(sizes, bounds, rank, wanted, rule):
    with pytest.raises(RefusedError) as refused:
        targets(sizes, wanted, bounds, rank)
    assert refused.value.rule == rule


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2, 5, 50, 10**6]), st.integers(0, 2)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 3), st.integers(4, 10)), min_size=3, max_size=3),
    st.integers(1, 8),
)
def test_chances_are_found_wherever_there_are_any(objects, tenths, wanted):
    bounds = tuple(Bound(floor=Fraction(low, 10), cap=Fraction(high, 10)) for low, high in tenths)
    sizes, rank = [size for size, _ in objects], [code for _, code in objects]

    def at(rate):
        return [min(max(rate * size, bounds[code].floor), bounds[code].cap) for size, code in objects]

    reachable = min(at(Fraction(1, 10**30))) > 0 and sum(at(Fraction(0))) < wanted <= sum(at(Fraction(10**30)))
    reachable = reachable or (sum(at(Fraction(0))) == wanted and min(at(Fraction(0))) > 0)
    try:
        found = targets(sizes, wanted, bounds, rank)
    except RefusedError:
        assert not reachable
        return
    assert reachable
    assert [found.chance(place) for place in range(len(sizes))] == at(found.rate)
    assert sum(at(found.rate)) == wanted
