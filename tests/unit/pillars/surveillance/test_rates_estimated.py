"""Rates as evidence: on the chances of the draw and the results that stand, held against plain sums and science itself."""

from fractions import Fraction
from time import thread_time
from typing import Any

import pytest

from clocked import fair
from inspection_stage import Inspections, firms
from openqi.app.impact import impact
from openqi.evidence.record import Record
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.draws import ClassBound, StratumStated
from openqi.science.draws.rates import Asked, sample_of, study
from stage import outcome

LINES = [
    *(f"east {place}\teast\t{'AD'[place % 3 == 0]}\t{1 + place % 9}\n" for place in range(60)),
    *(f"west {place}\twest\t{'AD'[place % 4 == 0]}\t{1 + place % 5}\n" for place in range(40)),
]
STRATA = (
    StratumStated(design="pareto", stratum="east", size=20, floors=(ClassBound(risk_class="A", chance="1/10"),)),
    StratumStated(design="equal", stratum="west", size=16),
)
ENDINGS = ("conforming", "nonconforming", "conforming", "not-found", "corrected", "closed", "conforming", "refused")


@pytest.fixture(scope="module")
def told() -> tuple[Inspections, Record, dict[str, str], Record]:
    """A draw of two strata, thirty of thirty-six objects reported, and the rates."""
    s = Inspections()
    made = s.draw(LINES, STRATA)
    s.until("2026-02-01T00:00:00+00:00")
    names = [row.object for row in s.rows(made)][:30]
    endings = {name: ENDINGS[place % len(ENDINGS)] for place, name in enumerate(names)}
    for name, ending in endings.items():
        s.report(made, name, ending)
    return s, made, endings, s.estimate(made, by="class")


def rates(record: Record) -> dict[str, Any]:
    return {one["rate"]: one for one in record.body["rates"]}


def test_the_population_rate_is_the_weighted_mean_of_who_was_examined(told: Any):
    s, made, endings, record = told
    bad = seen = weight = good_or_bad = 0.0
    for row in s.rows(made):
        ending = endings.get(row.object)
        if ending in ("conforming", "nonconforming", "corrected"):
            chance = float(row.chance) if row.chance else float(Fraction(row.target))
            bad += (ending != "conforming") / chance
            seen += 1 / chance
            weight += ending != "conforming"
            good_or_bad += 1
    found = rates(record)
    assert float(found["population"]["exactValue"]) == pytest.approx(bad / seen, rel=1e-12)
    assert float(found["hit"]["exactValue"]) == weight / good_or_bad
    assert found["population"]["value"] == f"{bad / seen:.5f}"


def test_who_was_not_reported_is_unresolved_and_in_no_outcome(told: Any):
    _, _, endings, record = told
    body = record.body
    assert (body["drawn"], body["reported"], body["waiting"]) == (36, 30, 6)
    counts = {one["outcome"]: one["visits"] for one in body["outcomes"]}
    assert counts == {code: [*endings.values()].count(code) for code in dict.fromkeys(ENDINGS)}
    assert "not-visited" not in counts
    unresolved = counts["not-found"] + counts["refused"] + 6
    assert (body["examined"], body["unresolved"], body["outside"]) == (
        36 - unresolved - counts["closed"],
        unresolved,
        counts["closed"],
    )
    assert body["responseRate"] == f"{body['examined'] / (body['examined'] + unresolved):.5f}"


def test_all_numbers_are_those_of_science_with_who_waits_as_not_visited(told: Any):
    s, made, endings, record = told
    rows = s.rows(made)
    sample = sample_of(
        [float(row.chance) if row.chance else float(Fraction(row.target)) for row in rows],
        stratum=[row.stratum for row in rows], stratum_units={"east": 60, "west": 40},
    )  # fmt: skip
    classes = [row.risk_class for row in rows]
    found = study(
        sample, [endings.get(row.object, "not-visited") for row in rows], classes=classes, by={"class": classes},
        asked=Asked(confidence=0.95),
    )  # fmt: skip
    stated = rates(record)
    assert found.adjusted is not None
    for name, one in (("hit", found.hit), ("population", found.population), ("adjusted", found.adjusted)):
        assert stated[name]["exactValue"] == repr(one.value)
        assert (stated[name]["lower"], stated[name]["upper"]) == (f"{one.interval.lower:.5f}", f"{one.interval.upper:.5f}")
    assert [stated[name]["exactValue"] for name in ("lowest", "highest")] == [repr(one) for one in found.bounds[:2]]
    assert {one["domain"]: one["population"]["exactValue"] for one in record.body["domains"]} == {
        one.value: repr(one.rate.value) for one in found.parts if one.rate
    }
    assert record.body["chances"] == "integrated" and float(record.body["largestError"]) < 1e-3
    assert outcome(s.verified(s.dossier(record))) == ("passed", "passed", "passed")


def test_a_result_that_was_withdrawn_counts_no_more_and_the_old_rate_is_not_complete():
    s = Inspections()
    made = s.draw(firms(10), [StratumStated(design="equal", size=6)])
    s.until("2026-02-01T00:00:00+00:00")
    visits = {row.object: s.report(made, row.object, ENDINGS[place]) for place, row in enumerate(s.rows(made))}
    before = s.estimate(made)
    wrong = next(one for one in visits.values() if one.body["outcome"] == "nonconforming")
    s.ledger.perform(Withdraw(record=wrong.id, reason="wrong firm"), s.bureau)
    after = s.estimate(made)
    assert (before.body["waiting"], after.body["waiting"]) == (0, 1)
    assert rates(before)["hit"]["value"] == "0.50000" and rates(after)["hit"]["value"] == "0.33333"
    assert outcome(s.verified(s.dossier(before))) == ("passed", "passed", "failed")


def test_the_impact_of_a_report_is_told_before_it_is_withdrawn():
    s = Inspections()
    made = s.draw(firms(6), [StratumStated(design="equal", size=4)])
    s.until("2026-02-01T00:00:00+00:00")
    visits = [s.report(made, row.object, ENDINGS[place]) for place, row in enumerate(s.rows(made))]
    published, rated, followed = s.publish(made), s.estimate(made), s.follow(visits[1], "corrected")
    found = {one.record: one.outcome for one in impact(s.store, visits[1].id).effects}
    assert found == {published.id: "values", rated.id: "values", followed.id: "falls"}


def test_what_cannot_be_estimated_is_refused_or_said_not_to_be():
    s = Inspections()
    lines = [*firms(6, stratum="a", risk_class="A"), *firms(6, stratum="b", risk_class="B", first=6)]
    made = s.draw(lines, [StratumStated(design="equal", stratum="a", size=3), StratumStated(design="equal", stratum="b", size=1)])
    s.until("2026-02-01T00:00:00+00:00")
    with pytest.raises(RefusedError, match="none of the 4 drawn objects was examined"):
        s.estimate(made)
    rows = s.rows(made)
    for place, row in enumerate(one for one in rows if one.stratum == "a"):
        s.report(made, row.object, ENDINGS[place])
    with pytest.raises(RefusedError, match=r"single|lonely|one unit"):
        s.estimate(made)
    found = s.estimate(made, lonely="average", by="stratum")
    assert "adjusted" not in rates(found)
    assert found.body["notStated"][0].startswith("adjusted: in class 'B' nobody was examined")
    by = {one["domain"]: one for one in found.body["domains"]}
    assert by["b"] == {"domain": "b", "examined": 0, "nonconforming": 0, "notStated": "nobody was examined"}
    assert by["a"]["nonconforming"] == 1
    for confidence in ("1", "0.2", "0", "-0.95", "1.5"):
        with pytest.raises(DomainError, match=r"at least 0[.]5 and below 1"):
            s.estimate(made, lonely="average", confidence=confidence)
    with pytest.raises((FormatError, DomainError)):
        s.estimate(made, lonely="average", confidence="95 %")
    with pytest.raises(RefusedError, match="own-draw"):
        s.estimate(made, lonely="average", signer=s.stranger)
    narrow, wide = (s.estimate(made, lonely="average", confidence=one) for one in ("0.5", "0.99"))
    assert rates(narrow)["hit"]["upper"] < rates(wide)["hit"]["upper"]


def test_thousands_of_results_are_published_and_estimated_in_a_moment():
    s = Inspections()
    made = s.draw(firms(4000), [StratumStated(design="equal", size=2000)], publication_limit=s.limit().id)
    s.until("2026-03-01T00:00:00+00:00")
    s.many(made, ENDINGS)
    for act, most in ((s.publish, 20.0), (s.estimate, 20.0)):
        start = thread_time()
        record = act(made)
        assert fair(thread_time() - start, most, lambda act=act: act(made)) < most
        assert record.body["reported"] == 2000
        assert record.body["waiting"] == 0
    assert record.body["examined"] == 2000 * 5 // 8
