"""A need against capabilities: every clause can be the one that fails, and each says why."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.matching.capability import Attested, Capability, Need, Stretch
from openqi.science.matching.clauses import matched
from openqi.science.matching.screening import Directory
from openqi.science.matching.spans import Span
from openqi.science.matching.uncertainties import Exceeded, Linear, Tabled
from openqi.science.signals.places import Place, kilometres
from unit.science.matching.test_spans import spans

F: Final = Fraction
DAY: Final = date(2026, 12, 10).toordinal()
WUHAN, BEIJING = (
    Place(name="Wuhan", latitude=30.59, longitude=114.31, reach=0.0),
    Place(name="Beijing", latitude=39.90, longitude=116.41, reach=0.0),
)
# A balance room: 1 g to 1 kg with 0.1 mg + 1e-6 m, and above that to 20 kg, not included, with 2 mg to 30 mg.
SCOPE: Final = Capability(
    body="https://laboratory.example", service="calibration", quantity="mass",
    stretches=(
        Stretch(span=Span(low=F(1), high=F(1000)), uncertainty=Linear(constant=F(1, 10_000), proportional=F(1, 1_000_000))),
        Stretch(
            span=Span(low=F(1000), high=F(20_000), low_open=True, high_open=True),
            uncertainty=Tabled(points=((F(1000), F(2, 1000)), (F(20_000), F(30, 1000)))),
        ),
    ),
    methods=frozenset({"OIML R 111-1"}), conditions={"temperature": Span(low=F(18), high=F(23))},
    attested=(Attested(scheme="CNAS", first=DAY - 100, last=DAY),), languages=frozenset({"zh", "en"}), free_from=DAY - 1,
    position=BEIJING,
)  # fmt: skip
NEED: Final = Need(
    service="calibration", quantity="mass", span=Span(low=F(1), high=F(10_000)), uncertainty=Linear(constant=F(20, 1000)),
    methods=frozenset({"OIML R 111-1", "JJG 99"}), conditions={"temperature": Span(low=F(20), high=F(20))},
    schemes=frozenset({"CNAS"}), day=DAY, languages=frozenset({"en"}), position=WUHAN, within=1100.0,
)  # fmt: skip


def test_a_body_that_can_do_all_of_it_fits_and_every_clause_says_yes():
    found = matched(NEED, SCOPE)
    assert found.verdict == "fits"
    assert [one.answer for one in found.clauses] == ["yes"] * 10
    assert [one.name for one in found.clauses] == [
        "service", "quantity", "range", "uncertainty", "method", "condition", "accreditation", "language", "load", "distance",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "need", "offered"),
    [
        ("service", {"service": "testing"}, {}),
        ("range", {"span": Span(low=F(1, 2), high=F(10))}, {}),
        ("range", {"span": Span(low=F(1), high=F(20_000)), "uncertainty": None}, {}),
        ("uncertainty", {"uncertainty": Linear(constant=F(10, 1000))}, {}),
        ("uncertainty", {"uncertainty": Linear(constant=F(20, 1000), coverage_factor=F(3))}, {}),
        ("method", {"methods": frozenset({"JJG 99"})}, {}),
        ("condition", {"conditions": {"temperature": Span(low=F(20), high=F(24))}}, {}),
        ("accreditation", {"day": DAY + 1}, {"free_from": 0}),
        ("accreditation", {"schemes": frozenset({"CMA"})}, {}),
        ("accreditation", {}, {"attested": ()}),
        ("language", {"languages": frozenset({"de"})}, {}),
        ("load", {}, {"free_from": DAY + 1}),
        ("distance", {"within": 1000.0}, {}),
    ],
)
def test_each_clause_alone_keeps_a_body_from_fitting(clause: str, need: dict[str, Any], offered: dict[str, Any]):
    found = matched(replace(NEED, **need), replace(SCOPE, **offered))
    assert found.verdict == "does not fit"
    assert [one.name for one in found.clauses if one.answer == "no"] == [clause]


@pytest.mark.parametrize(
    "offered",
    [
        {"methods": frozenset()},
        {"conditions": {}},
        {"languages": frozenset()},
        {"free_from": None},
        {"position": None},
        {"stretches": ()},
    ],
)  # fmt: skip
def test_what_a_body_does_not_state_is_no_yes_and_no_no(offered: dict[str, Any]):
    assert matched(NEED, replace(SCOPE, **offered)).verdict == "may fit"


def test_the_range_that_is_missing_and_the_worst_uncertainty_are_told():
    (missing,) = (one for one in matched(replace(NEED, span=Span(low=F(1), high=F(20_000))), SCOPE).clauses if one.name == "range")
    assert missing.offered == Span(low=F(20_000), high=F(20_000))
    need = replace(NEED, uncertainty=Linear(constant=F(10, 1000)))
    (worst,) = (one.offered for one in matched(need, SCOPE).clauses if one.name == "uncertainty")
    # 2 mg + 28 mg * 9000 / 19000 at 10 kg
    assert worst == Exceeded(value=F(10_000), offered=F(2, 1000) + F(28, 1000) * F(9, 19), wanted=F(10, 1000))


def test_where_two_stretches_overlap_the_better_one_is_enough():
    fine = Stretch(span=Span(low=F(0), high=F(10)), uncertainty=Linear(constant=F(1)))
    coarse = Stretch(span=Span(low=F(5), high=F(20)), uncertainty=Linear(constant=F(3)))
    both = replace(SCOPE, stretches=(coarse, fine))
    need = Need(service="calibration", quantity="mass", span=Span(low=F(1), high=F(9)), uncertainty=Linear(constant=F(1)))
    assert matched(need, both).verdict == "fits"
    assert matched(replace(need, span=Span(low=F(1), high=F(11))), both).verdict == "does not fit"


@pytest.mark.parametrize("changes", [{"span": None}, {"span": Span(low=F(1))}, {"position": None}, {"within": None}, {"day": None}])
def test_a_need_that_cannot_be_compared_is_refused(changes: dict[str, Any]):
    with pytest.raises(DomainError):
        matched(replace(NEED, **changes), SCOPE)


def test_a_directory_tells_who_fits_first_and_what_refuses_the_others():
    directory = Directory([
        replace(SCOPE, quantity="length"), replace(SCOPE, position=None), SCOPE, replace(SCOPE, position=WUHAN),
        replace(SCOPE, attested=()), replace(SCOPE, methods=frozenset({"JJG 1"}), attested=()), replace(SCOPE, free_from=DAY + 3),
    ])  # fmt: skip
    found = directory.screened(NEED)
    assert [one.place for one in found.candidates] == [3, 2, 1]
    assert [one.matched.verdict for one in found.candidates] == ["fits", "fits", "may fit"]
    assert found.candidates[1].away == kilometres(WUHAN, BEIJING)
    assert (found.fit, found.may_fit, found.elsewhere) == (2, 1, 1)
    assert found.refused == {"accreditation": 2, "method": 1, "load": 1}
    assert directory.answers(NEED, 4).verdict == "does not fit"
    assert directory.screened(replace(NEED, quantity="time")).elsewhere == 7


whole = st.integers(0, 6).map(Fraction)
uncertain = st.one_of(
    st.none(),
    st.builds(lambda a, b, k: Linear(constant=a + 1, proportional=b, coverage_factor=F(k)), whole, whole, st.integers(1, 2)),
    st.builds(
        lambda us, between: Tabled(points=tuple((F(place), u + 1) for place, u in enumerate(us)), between=between),
        st.lists(whole, min_size=2, max_size=7), st.sampled_from(["line", "step"]),
    ),
)  # fmt: skip
stretches = st.lists(st.builds(lambda span, u: Stretch(span=span, uncertainty=u), spans(), uncertain), max_size=3).map(tuple)
labels = st.frozensets(st.sampled_from("abc"), max_size=2)
attestations = st.lists(
    st.builds(lambda scheme, first, last: Attested(scheme=scheme, first=first, last=last), st.sampled_from("xy"), st.integers(0, 4),
              st.one_of(st.none(), st.integers(0, 6))), max_size=2,
).map(tuple)  # fmt: skip
conditions = st.dictionaries(st.sampled_from("tp"), spans(), max_size=2)
capabilities = st.builds(
    Capability, body=st.just("b"), service=st.sampled_from(["calibration", "testing"]), quantity=st.just("mass"),
    stretches=stretches, methods=labels, conditions=conditions, attested=attestations, languages=labels,
    free_from=st.one_of(st.none(), st.integers(0, 6)), position=st.sampled_from([None, WUHAN, BEIJING]),
)  # fmt: skip
needs = st.builds(
    Need, service=st.just("calibration"), quantity=st.just("mass"),
    span=spans().filter(lambda one: None not in (one.low, one.high)), uncertainty=uncertain, methods=labels, conditions=conditions,
    schemes=st.frozensets(st.sampled_from("xy")), day=st.integers(0, 6), languages=labels,
    position=st.just(WUHAN), within=st.sampled_from([10.0, 2000.0]),
)  # fmt: skip


@settings(max_examples=400)
@given(every=st.lists(capabilities, min_size=1, max_size=6), need=needs)
def test_many_at_once_are_told_what_each_is_told_alone(every: list[Capability], need: Need):
    found = Directory(every).screened(need)
    alone = [matched(need, one) for one in every]
    of_service = [one for one, each in zip(alone, every, strict=True) if each.service == need.service]
    assert found.fit == sum(one.verdict == "fits" for one in of_service)
    assert found.may_fit == sum(one.verdict == "may fit" for one in of_service)
    assert {one.place for one in found.candidates} == {place for place, one in enumerate(alone) if one.verdict != "does not fit"}
    for name, count in found.refused.items():
        assert count == sum(any(clause.name == name and clause.answer == "no" for clause in one.clauses) for one in of_service)
    assert sum(found.refused.values()) >= len(of_service) - found.fit - found.may_fit
