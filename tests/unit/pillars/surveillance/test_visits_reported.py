"""How visits are reported: of drawn objects, by those who went, with an outcome that somebody stated; and what came after."""

from typing import Any

import pytest
from msgspec.structs import replace

from inspection_stage import Inspections, firms, officer
from openqi.app.dossiers import admit
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.records import Names, body, of_json, statement
from openqi.records.inspections import Finding, VisitReported
from stage import outcome

NAMED = Names(en="example")


@pytest.fixture(scope="module")
def drawn() -> tuple[Inspections, Record]:
    """A draw of twelve objects without officers; refusals leave no trace in it."""
    s = Inspections()
    made = s.draw(firms(12), items=("fire", "lifts"))
    s.until("2026-02-01T00:00:00+00:00")
    return s, made


def findings(*outcomes: str) -> tuple[Finding, ...]:
    return tuple(Finding(item=item, outcome=one) for item, one in zip(("fire", "lifts"), outcomes, strict=False))  # type: ignore[arg-type]


def test_an_outcome_is_never_supposed():
    told = {"made": "ab" * 32, "object": "firm 0", "at": "2026-01-06T08:00:00Z"}
    for outcome_ in ({}, {"outcome": ""}, {"outcome": "正常"}, {"outcome": None}, {"outcome": "passed"}):
        with pytest.raises(FormatError, match="outcome"):
            of_json(told | outcome_, ReportVisit)
    assert of_json(told | {"outcome": "not-found"}, ReportVisit).outcome == "not-found"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "firm 12"}, "firm 12 is none of the 12 objects"),
        ({"officers": ()}, "two-officers"),
        ({"officers": ("a",)}, "two-officers"),
        ({"officers": ("a", "a")}, "two-officers"),
        ({"outcome": "not-visited", "officers": ("a", "b")}, "officers-went"),
        ({"outcome": "not-visited", "day": "2026-01-06"}, "day-of-visit"),
        ({"day": None}, "day-of-visit"),
        ({"at": "2026-02-02T00:00:00Z"}, "not-to-come"),
        ({"at": "2025-12-20T12:59:00Z", "day": "2025-12-20"}, "after-the-draw"),
        ({"day": "2026-01-04"}, "visit-in-window"),
        ({"day": "2026-01-08"}, "visit-then-result"),
        ({"day": "2026-02-30"}, "no day|visit"),
        ({"correct_by": "2026-01-20"}, "correct-what"),
        ({"outcome": "nonconforming", "correct_by": "2026-01-05"}, "correct-later"),
        ({"findings": findings("nonconforming", "conforming")}, "findings-agree"),
        ({"findings": findings("corrected", "conforming")}, "findings-agree"),
        ({"findings": findings("not-inspected", "not-applicable")}, "findings-agree"),
        ({"outcome": "nonconforming", "findings": findings("conforming", "corrected")}, "findings-agree"),
        ({"outcome": "corrected", "findings": findings("nonconforming", "corrected")}, "findings-agree"),
        ({"outcome": "closed", "findings": findings("conforming", "not-inspected")}, "findings-agree"),
        ({"findings": findings("conforming")}, "no finding of lifts"),
        ({"findings": (*findings("conforming", "conforming"), Finding(item="doors", outcome="conforming"))}, "finding of doors"),
        ({"findings": (*findings("conforming", "conforming"), *findings("conforming"))}, "committed-items"),
        ({"evidence": ("00" * 32,)}, "no record|not in|not known"),
        ({"assigned": "00" * 32}, "no record|not in|not known"),
        ({"by": "stranger"}, "own-draw"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_is_refused(drawn: tuple[Inspections, Record], changes: dict[str, Any], told: str):
    s, made = drawn
    more = dict(changes)
    by = getattr(s, more.pop("by")) if "by" in more else None
    size = s.store.size()
    with pytest.raises(Exception, match=told):
        s.report(made, more.pop("name", "firm 0"), more.pop("outcome", "conforming"), by=by, **more)
    assert s.store.size() == size


@pytest.mark.parametrize(
    ("outcome_", "found"),
    [
        ("conforming", ("conforming", "conforming")), ("conforming", ("conforming", "not-inspected")), ("conforming", ()),
        ("nonconforming", ("corrected", "nonconforming")), ("corrected", ("corrected", "conforming")),
        ("refused", ("not-inspected", "not-inspected")), ("closed", ()), ("not-visited", ()),
    ],
)  # fmt: skip
def test_findings_that_agree_with_the_outcome_are_reported(outcome_: str, found: tuple[str, ...]):
    s = Inspections()
    made = s.draw(firms(2), items=("fire", "lifts"))
    s.until("2026-02-01T00:00:00+00:00")
    record = s.report(made, "firm 0", outcome_, findings=findings(*found))
    assert record.body["outcome"] == outcome_
    assert len(record.body.get("findings", [])) == len(found)


def test_a_second_report_waits_until_the_first_is_withdrawn():
    s = Inspections()
    made = s.draw(firms(2))
    s.until("2026-02-01T00:00:00+00:00")
    first = s.report(made, "firm 0", "not-found")
    with pytest.raises(RefusedError, match=f"reported before, by record {first.id}"):
        s.report(made, "firm 0", by=s.station)
    with pytest.raises(RefusedError, match="issuer-withdraws"):
        s.ledger.perform(Withdraw(record=first.id, reason="no"), s.station)
    s.ledger.perform(Withdraw(record=first.id, reason="found next door"), s.bureau)
    second = s.report(made, "firm 0", by=s.station)
    assert outcome(s.verified(s.dossier(second))) == ("passed", "passed", "passed")
    assert outcome(s.verified(s.dossier(first)))[2] == "failed"


def test_who_went_is_who_was_sent_after_every_change():
    s = Inspections()
    made = s.draw(firms(3), officers=[officer(number) for number in range(8)])
    sent = s.assign(made)
    team = s.teams(sent)["firm 0"]
    changed = s.change(sent, "firm 0", left=team.officers[0], day="2026-01-07")
    s.until("2026-02-01T00:00:00+00:00")
    with pytest.raises(RefusedError, match=r"a change is stated before the visit is reported .assigned-officers"):
        s.report(made, "firm 0", assigned=sent.id, officers=team.officers, day="2026-01-07", at="2026-01-07T08:00:00Z")
    now = (changed.body["joined"], team.officers[1])
    with pytest.raises(RefusedError, match="assigned-day"):
        s.report(made, "firm 0", assigned=sent.id, officers=now)
    with pytest.raises(RefusedError, match="name their assignment"):
        s.report(made, "firm 0", officers=now)
    visit = s.report(made, "firm 0", assigned=sent.id, officers=now, day="2026-01-07", at="2026-01-07T08:00:00Z")
    assert visit.body["officers"] == list(now)
    assert s.report(made, "firm 1", "not-visited").body.get("officers") is None


def test_evidence_stands_and_is_of_what_was_examined():
    s = Inspections()
    made = s.draw(firms(2))
    s.until("2026-02-01T00:00:00+00:00")
    paper = s.item_list()
    with pytest.raises(RefusedError, match="evidence-of-what"):
        s.report(made, "firm 0", "not-found", evidence=(paper.id,))
    visit = s.report(made, "firm 0", evidence=(paper.id,))
    assert ("evidence", paper.id) in [(one.capacity, one.record) for one in s_references(visit)]
    s.ledger.perform(Withdraw(record=paper.id, reason="wrong"), s.bureau)
    assert outcome(s.verified(s.dossier(visit)))[2] == "failed"
    with pytest.raises(RefusedError, match="basis-stands"):
        s.report(made, "firm 1", evidence=(paper.id,))


def s_references(record: Record) -> Any:
    return body(record, VisitReported).references()


def test_a_stranger_with_a_draw_of_the_same_name_puts_no_word_into_this_one():
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2025-12-01T00:00:00+00:00")
    theirs = s.others_draw(firms(3))
    s.until("2026-02-01T00:00:00+00:00")
    s.report(theirs, "firm 0", "nonconforming", by=s.stranger)
    own = s.report(made, "firm 0")
    assert own.body["outcome"] == "conforming"
    published = s.publish(made)
    assert {name: row.record for name, row in s.results(published).items()} == {"firm 0": own.id}
    rates = {one["rate"]: one["value"] for one in s.estimate(made).body["rates"]}
    assert rates["hit"] == "0.00000"
    with pytest.raises(RefusedError, match="own-draw"):
        s.report(theirs, "firm 1")


def test_a_draw_of_the_same_name_by_a_party_of_both_is_another_draw():
    s = Inspections()
    made = s.draw(firms(3))
    theirs = s.others_draw(firms(3), by=s.station, parties=(s.bureau.party,))
    s.until("2026-02-01T00:00:00+00:00")
    s.report(theirs, "firm 0", "nonconforming")
    own = s.report(made, "firm 0")
    assert {row.record for row in s.results(s.publish(made)).values()} == {own.id}
    assert s.estimate(made).body["reported"] == 1


def test_a_report_that_a_stranger_sealed_past_the_decision_counts_for_nothing():
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2026-02-01T00:00:00+00:00")
    own = s.report(made, "firm 0")
    forged = statement(replace(body(own, VisitReported), object="firm 1", outcome="nonconforming"))
    who = s.stranger
    record = seal(forged, issuer=who.party, key=who.key, now=own.valid_from, command=own.command, basis=own.basis)
    s.ledger.append_signed([record])
    assert {row.record for row in s.results(s.publish(made)).values()} == {own.id}
    assert s.estimate(made).body["waiting"] == 2
    assert s.report(made, "firm 1").body["outcome"] == "conforming"


def test_a_report_from_another_log_counts_for_nothing_whatever_its_issuer_is_called():
    s, other = Inspections(), Inspections("log.other/draws", first_key=201)
    made = s.draw(firms(3))
    for one in (s, other):
        one.until("2026-02-01T00:00:00+00:00")
    own = s.report(made, "firm 0")
    forged = statement(replace(body(own, VisitReported), object="firm 1", outcome="nonconforming"))
    basis = {"blobs": [], "knownAt": 0, "origin": "log.other/draws", "records": [], "streams": [], "validAt": own.valid_from}
    record = seal(forged, issuer=other.bureau.party, key=other.bureau.key, now=own.valid_from, command=own.command, basis=basis)
    other.ledger.append_signed([record])
    both = s.policy.replace(b"quorum none\n", b"") + other.policy
    admit(s.ledger, other.dossier(record, policy=both), policy=both, signer=s.operator)
    assert s.publish(made).body["reported"] == 1
    assert s.estimate(made).body["waiting"] == 2


@pytest.mark.parametrize(
    ("first", "sort", "more", "told"),
    [
        ("conforming", "corrected", {}, "follows-from"), ("closed", "punished", {}, "follows-from"),
        ("corrected", "corrected", {}, "follows-from"), ("conforming", "inspected-again", {}, "outcome-of-again"),
        ("conforming", "objected", {"outcome": "conforming"}, "outcome-of-again"),
        ("conforming", "ended", {"at": "2026-01-05T08:00:00Z"}, "after-the-visit"),
        ("conforming", "ended", {"at": "2026-02-05T08:00:00Z"}, "after-the-visit"),
    ],
)  # fmt: skip
def test_a_follow_up_that_does_not_follow_is_refused(first: str, sort: str, more: dict[str, Any], told: str):
    s = Inspections()
    made = s.draw(firms(1))
    s.until("2026-02-01T00:00:00+00:00")
    visit = s.report(made, "firm 0", first)
    with pytest.raises(RefusedError, match=told):
        s.follow(visit, sort, **more)


def test_a_matter_is_followed_to_its_end():
    s = Inspections()
    made = s.draw(firms(1))
    s.until("2026-02-01T00:00:00+00:00")
    visit = s.report(made, "firm 0", "nonconforming", correct_by="2026-01-20")
    again = s.follow(visit, "inspected-again", outcome="nonconforming")
    ended = [s.follow(visit, sort) for sort in ("punished", "corrected", "ended")][-1]
    with pytest.raises(RefusedError, match="ended-once"):
        s.follow(visit, "objected")
    with pytest.raises(RefusedError, match="own-draw"):
        s.follow(visit, "ended", by=s.stranger)
    s.ledger.perform(Withdraw(record=ended.id, reason="too early"), s.bureau)
    assert s.follow(visit, "objected").body["sort"] == "objected"
    assert outcome(s.verified(s.dossier(visit))) == ("passed", "passed", "passed"), "what came after leaves the report complete"
    assert outcome(s.verified(s.dossier(again)))[:2] == ("passed", "passed")
