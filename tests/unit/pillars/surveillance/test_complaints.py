"""Complaints: who may see and do what, what is due until when over holidays and make-up days, and that nobody moves a clock."""

from typing import Any

import pytest

from complaint_stage import CALENDAR, CELL, LOT, NAMED, PRODUCT, Complaints, kept
from openqi.app.published import calendar_at_hand
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld
from openqi.pillars.surveillance.complaints.joining import JoinComplaints
from openqi.records import of_json
from openqi.records.complaints import ComplaintReceived, complained_subject
from openqi.records.governance import RoleEnded
from openqi.records.surveillance import CaseOpened

OTHER = "https://other.example"


def refused(step: str, act: Any, *given: Any, **more: Any) -> None:
    """The act is refused for this reason."""
    with pytest.raises(RefusedError) as caught:
        act(*given, **more)
    assert caught.value.rule == step, caught.value


def withdraw(stage: Complaints, record: Record) -> None:
    """Take back a record of the bureau."""
    stage.ledger.perform(Withdraw(record=record.id, reason="wrong"), stage.bureau)


# Counted by hand with the notices of the State Council that the calendars name: New Year 2026-01-01 to 01-03, Sunday 01-04
# worked; Spring Festival 2026-02-15 to 02-23, Saturdays 02-14 and 02-28 worked, 2024-02-10 to 02-17, Sundays 02-04 and
# 02-18 worked; National Day 2026-10-01 to 10-07, Sunday 09-20 and Saturday 10-10 worked, 2025-10-01 to 10-08, Sunday 09-28 and
# Saturday 10-11 worked.
@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-12-26", "2026-01-07"),  # Fri: 29 30 31 | 1-3 free, Sun 4 works | 5 6 7
        ("2026-02-10", "2026-02-26"),  # Tue: 11 12 13, Sat 14 works, 15-23 free, 24 25 26
        ("2026-02-24", "2026-03-04"),  # Tue: 25 26 27, Sat 28 works, Sun 1 free, 2 3 4
        ("2026-09-18", "2026-09-29"),  # Fri: Sun 20 works, 21 22 23 24, 25-27 Mid-Autumn free, 28 29
        ("2026-09-28", "2026-10-13"),  # Mon: 29 30, 1-7 free, 8 9, Sat 10 works, 12 13
        ("2025-09-26", "2025-10-13"),  # Fri: Sun 28 works, 29 30, 1-8 free, 9 10, Sat 11 works, 13
        ("2024-02-02", "2024-02-18"),  # Fri: Sun 4 works, 5 6 7 8 9, 10-17 free, Sun 18 works
    ],
)
def test_acceptance_is_due_on_the_seventh_working_day_by_the_notices_of_the_state_council(received: str, due: str):
    stage = Complaints(start=received)
    assert stage.receive().body["decideBy"] == due


def test_mediation_is_due_on_the_forty_fifth_working_day_over_new_year_and_spring_festival():
    # Accepted on Fri 2025-12-26. December 29-31: 3. January: Sun 4, 5-9, 12-16, 19-23, 26-30: 21, so 24. February: 2-6, 9-13,
    # Sat 14: 11, so 35; 24-27, Sat 28: 5, so 40. March 2-6: 45.
    stage = Complaints(start="2025-12-26")
    assert stage.decide(stage.receive()).body["mediateBy"] == "2026-03-06"


def test_days_of_a_test_are_not_counted_from_its_first_day_to_its_last():
    stage = Complaints(start="2026-03-02")
    received = stage.receive()
    before = stage.decide(received).body["mediateBy"]
    # March 3-31: 21 days. April: 1-3, 7-10, 13-17, 20-24, 27-30: 21, so 42. May: 6, 7, 8: 45.
    assert before == "2026-05-08"
    stage.on("2026-03-10")
    begun = stage.begin(received)
    stage.on("2026-03-13", "23:00:00")
    ended = stage.end(received)
    # Four working days stood still (10 to 13 March): Sat May 9 is worked, then 11, 12, 13.
    assert ended.body["mediateBy"] == "2026-05-13"
    assert (ended.body["begun"], ended.body["counted"]) == (begun.id, True)
    stage.on("2026-05-13", "23:59:58")
    closed = stage.close(received, "settled")
    assert (closed.body.get("late"), closed.body["testDays"]) == (None, 4)


def test_whoever_acts_at_the_last_instant_of_the_last_day_is_in_time():
    stage = Complaints(start="2025-12-26")
    received = stage.receive()
    stage.on("2026-01-07", "23:59:59")  # the clock goes on by a second when it is asked
    decided = stage.decide(received)
    assert (decided.valid_from, decided.body.get("late")) == ("2026-01-07T16:00:00Z", None)


def test_a_test_whose_beginning_was_withdrawn_has_stopped_no_clock():
    stage = Complaints(start="2026-03-02")
    received = stage.accepted()
    stage.on("2026-03-10")
    begun = stage.begin(received)
    stage.on("2026-03-13")
    stage.end(received)
    withdraw(stage, begun)
    closed = stage.close(received, "settled")
    assert (closed.body["mediateBy"], closed.body.get("testDays")) == ("2026-05-08", None)


def test_a_second_after_the_last_day_is_late_and_stays_so_when_it_is_said_again():
    stage = Complaints(start="2025-12-26")
    received = stage.receive()
    stage.on("2026-01-08", "00:00:01")
    decided = stage.decide(received)
    assert (decided.body["decideBy"], decided.body["late"]) == ("2026-01-07", True)
    stage.on("2026-01-09")
    withdraw(stage, decided)
    assert stage.decide(received).body["late"] is True


def test_a_complaint_that_is_received_again_is_not_received_later():
    stage = Complaints()
    received = stage.receive(complaint=f"{OTHER}/1")
    withdraw(stage, received)
    stage.on("2025-12-24")
    refused("clock-keeps", stage.receive, complaint=f"{OTHER}/1")
    again = stage.receive(complaint=f"{OTHER}/1", received_at=received.body["receivedAt"])
    assert again.body["decideBy"] == received.body["decideBy"]


def test_an_acceptance_that_is_made_again_wins_no_time_for_mediation():
    stage = Complaints(start="2026-03-02")
    received = stage.receive()
    decided = stage.decide(received)
    withdraw(stage, decided)
    stage.on("2026-03-06")
    again = stage.decide(received)
    assert again.body["mediateBy"] == decided.body["mediateBy"]
    stage.on("2026-05-09")
    assert stage.close(received, "settled").body["late"] is True


def test_a_test_that_gave_nothing_and_one_that_is_ended_again_later_stop_no_clock():
    stage = Complaints(start="2026-03-02")
    received = stage.accepted()
    stage.begin(received)
    stage.on("2026-03-20")
    nothing = stage.end(received, documents=())
    assert (nothing.body["mediateBy"], nothing.body.get("counted")) == ("2026-05-08", None)
    stage.begin(received)
    stage.on("2026-03-20", "12:00:00")
    ended = stage.end(received)
    assert ended.body["mediateBy"] == "2026-05-09"  # one day, and that Saturday is worked
    withdraw(stage, ended)
    stage.on("2026-04-20")
    assert stage.end(received).body["mediateBy"] == "2026-05-09"
    assert stage.close(received, "settled").body["mediateBy"] == "2026-05-09"


def test_evidence_of_a_test_is_of_the_laboratory_that_was_asked_and_not_older():
    stage = Complaints(start="2026-03-02")
    received = stage.accepted()
    old = stage.result(item=CELL)
    stage.begin(received, laboratory=stage.laboratory.party)
    refused("evidence-later", stage.end, received, evidence=(old.id,))
    stage.grant(stage.stranger, "testing-laboratory")
    foreign = stage.result(item=CELL, signer=stage.stranger)
    refused("evidence-of", stage.end, received, evidence=(foreign.id,))
    refused("one-test", stage.begin, received)
    refused("one-test", stage.close, received)
    result = stage.result(item=CELL)
    assert stage.end(received, evidence=(result.id,), documents=()).body["counted"] is True


def test_a_calendar_that_does_not_reach_so_far_is_said_and_not_guessed():
    stage = Complaints(start="2026-12-28", years=("cn-2026",))
    received = stage.receive()
    assert "decideBy" not in received.body
    stage.on("2026-12-31")
    decided = stage.decide(received)
    assert (decided.body.get("decideBy"), decided.body.get("late"), decided.body.get("mediateBy")) == (None, None, None)
    late = stage.receive()
    stage.on("2027-01-05")
    refused("calendar-reaches", stage.decide, late)
    refused("calendar-reaches", stage.close, received, "settled")


def test_once_a_calendar_is_published_the_day_is_counted_with_it():
    stage = Complaints(start="2025-12-26", years=("cn-2025",))
    received = stage.receive()
    assert "decideBy" not in received.body
    stage.ledger.state(calendar_at_hand("cn-2026", CALENDAR), stage.operator)
    stage.on("2026-01-07", "23:59:00")
    decided = stage.decide(received)
    assert (decided.body["decideBy"], decided.body.get("late")) == ("2026-01-07", None)


def test_a_complaint_is_sealed_for_authority_and_firm_alone():
    stage = Complaints()
    refused("complaint-sealed", stage.receive, visible_to=None)
    refused("complaint-sealed", stage.receive, visible_to=(stage.maker.party, stage.stranger.party))
    received = stage.receive()
    assert received.statement.visible_to == (stage.maker.party,)
    refused("complaint-sealed", stage.decide, received, visible_to=(stage.stranger.party,))
    assert stage.decide(received).statement.visible_to == (stage.maker.party,)
    refused("complaint-sealed", stage.answer, received, visible_to=(stage.stranger.party,))
    refused("complaint-sealed", stage.answer, received, visible_to=None)  # inherited, it would be for the firm alone
    for record in (stage.answer(received), stage.begin(received), stage.end(received), stage.close(received)):
        assert {record.issuer, *(record.statement.visible_to or ())} == {stage.bureau.party, stage.maker.party}


def test_a_text_does_not_fit_where_a_commitment_belongs():
    with pytest.raises(FormatError):
        of_json({"text": "张三的手机号"}, ComplaintReceived)
    stage = Complaints()
    with pytest.raises(FormatError, match="text"):
        stage.receive(text="买来第二天就鼓包了")
    with pytest.raises(FormatError, match="person"):
        stage.receive(person="张三")


def test_only_the_authority_that_received_it_acts_and_only_the_firm_answers():
    stage = Complaints()
    received = stage.receive()
    refused("firm-answers", stage.answer, received, by=stage.stranger)
    refused("firm-answers", stage.answer, received, by=stage.bureau)
    stage.bureau, own = stage.stranger, stage.bureau
    refused("own-complaint", stage.decide, received)
    stage.bureau = stage.maker
    refused("role-held", stage.receive)
    refused("role-held", stage.decide, received)
    stage.bureau = own
    untold = stage.receive(told=False)
    refused("firm-told", stage.answer, untold)
    refused("not-ones-own", stage.receive, firm=own.party)
    assert stage.answer(received).issuer == stage.maker.party


def test_a_firm_that_was_found_out_is_told_with_the_decision_and_answers():
    stage = Complaints()
    received = stage.receive(firm=None)
    assert received.statement.visible_to == ()
    refused("firm-answers", stage.answer, received)
    audience = (stage.bureau.party, stage.maker.party)
    decided = stage.decide(received, firm=stage.maker.party, visible_to=audience)
    assert complained_subject(stage.maker.party) in decided.streams
    assert stage.answer(received).body["firm"] == stage.maker.party
    closed = stage.close(received, visible_to=audience)
    assert closed.body["firm"] == stage.maker.party
    assert complained_subject(stage.maker.party) in closed.streams


def test_a_complaint_about_nobody_known_goes_on_to_its_end():
    stage = Complaints()
    received = stage.receive(firm=None, product=None)
    stage.decide(received)
    refused("upheld-of-what", stage.close, received)
    assert stage.close(received, "unreachable").body["outcome"] == "unreachable"


def test_each_step_comes_after_the_one_before_and_once():
    stage = Complaints()
    received = stage.receive()
    refused("complaint-accepted", stage.begin, received)
    refused("complaint-accepted", stage.close, received)
    refused("reason-given", stage.decide, received, "not-accepted")
    refused("handed-to", stage.decide, received, "handed-over", reason=NAMED)
    refused("handed-to", stage.decide, received, to=OTHER)
    refused("firm-found", stage.decide, received, firm=OTHER)
    refused("limit-of-mediation", stage.decide, received, "not-accepted", reason=NAMED, limit=stage.limits["mediation"].id)
    refused("limit-starts", stage.decide, received, limit=stage.limits["acceptance"].id)
    stage.decide(received)
    refused("decided-once", stage.decide, received)
    refused("test-goes-on", stage.end, received)
    refused("rests-on-something", stage.close, received, reason=None)
    refused("said-before", stage.close, received, product=OTHER)
    stage.close(received, lot=LOT, item=CELL)
    for act in (stage.close, stage.begin, stage.answer, stage.decide):
        refused("complaint-open", act, received)
    handed = stage.receive()
    assert stage.decide(handed, "handed-over", reason=NAMED, to=OTHER).body["to"] == OTHER
    refused("complaint-accepted", stage.close, handed)
    early = stage.receive()
    assert stage.close(early, "withdrawn").body["outcome"] == "withdrawn"


def test_the_same_complaint_by_the_same_person_keeps_its_own_clock_and_names_the_first():
    stage = Complaints(start="2025-12-26")
    first = stage.receive()
    stage.on("2026-01-05")
    again = stage.receive(same_as=first.id)
    assert (first.body["decideBy"], again.body["decideBy"]) == ("2026-01-07", "2026-01-14")
    refused("same-as-first", stage.receive, same_as=again.id)
    refused("same-matter", stage.receive, same_as=first.id, firm=OTHER)
    stage.bureau = stage.stranger
    refused("own-complaint", stage.receive, same_as=first.id)


def test_a_report_on_a_marks_page_becomes_a_complaint_once_and_its_clock_began_then():
    stage = Complaints()
    case = CaseOpened(
        case="https://log.example/case/AAAAA-BBBBB", mark="ni:///sha-256;" + "A" * 43, marks="00" * 32,
        received_by=stage.bureau.party, channel="mark-page", matter=NAMED, report=kept("x"),
    )  # fmt: skip
    opened = stage.ledger.state(case, stage.operator)
    stage.on("2025-12-23")
    said: dict[str, Any] = {"case": opened.id, "complaint": case.case, "mark": case.mark, "channel": "mark-page"}
    refused("case-clock", stage.receive, **said)
    refused("case-mark", stage.receive, **said | {"mark": OTHER})
    refused("case-is-complaint", stage.receive, **said | {"complaint": OTHER})
    received = stage.receive(**said, received_at=opened.valid_from)
    assert received.body["receivedAt"] == opened.valid_from
    refused("received-once", stage.receive, **said, received_at=opened.valid_from)


def test_notice_and_clue_are_due_from_the_end_and_a_clue_is_given_longer_once_in_time():
    stage = Complaints(start="2026-02-09")
    received = stage.accepted()
    stage.on("2026-02-10")
    limits = {"notice_limit": stage.limits["notice"].id, "clue_limit": stage.limits["clue"].id}
    refused("limit-of-notice", stage.close, received, "settled", **limits)
    closed = stage.close(received, "no-agreement", **limits)
    # 7: 11 12 13, Sat 14, 24 25 26. 15: 27, Sat 28, then March 2-6: 14, and Mon 9.
    assert (closed.body["notifyBy"], closed.body["clueBy"]) == ("2026-02-26", "2026-03-09")

    def follow(sort: Any, **more: Any) -> Record:
        return stage.perform(FollowComplaint(closed=closed.id, sort=sort, **more))

    stage.on("2026-02-27", "00:00:01")
    assert follow("notice-given").body["late"] is True
    refused("followed-once", follow, "notice-given")
    refused("clue-longer", follow, "clue-extended", limit=stage.limits["longer"].id)
    stage.on("2026-03-09", "12:00:00")
    longer = follow("clue-extended", limit=stage.limits["longer"].id, reason=NAMED)
    # 15 more: 10-13: 4, 16-20: 9, 23-27: 14, 30.
    assert longer.body["by"] == "2026-03-30"
    stage.on("2026-03-30", "23:00:00")
    checked = follow("clue-checked")
    assert (checked.body["by"], checked.body.get("late")) == ("2026-03-30", None)


def test_a_clue_is_not_given_longer_when_its_time_is_over():
    stage = Complaints(start="2026-02-10")
    received = stage.accepted()
    closed = stage.close(received, "no-agreement", clue_limit=stage.limits["clue"].id)
    stage.on("2026-03-10")
    longer = FollowComplaint(closed=closed.id, sort="clue-extended", limit=stage.limits["longer"].id, reason=NAMED)
    refused("late-is-late", stage.perform, longer)


def test_what_is_published_of_an_upheld_complaint_lies_with_firm_product_and_lot_and_names_no_complaint():
    stage = Complaints()
    received = stage.accepted(complaint=f"{OTHER}/secret-number", hazard="fire", harmed=True)
    closed = stage.close(received, lot=LOT, item=CELL)
    for about in (stage.maker.party, PRODUCT, LOT, CELL):
        assert complained_subject(about) in closed.streams
    public = stage.perform(PublishUpheld(closed=closed.id))
    assert public.public
    for about in (stage.maker.party, PRODUCT, LOT):
        assert complained_subject(about) in public.streams
    assert complained_subject(CELL) not in public.streams
    told = public.jws.decode() + str(public.body) + str(public.basis)
    for hidden in ("secret-number", received.id, CELL, str(received.body["text"])):
        assert hidden not in told, hidden
    assert (public.body["hazard"], public.body["harmed"]) == ("fire", True)
    refused("published-once", stage.perform, PublishUpheld(closed=closed.id))
    refused("public-to-all", stage.perform, PublishUpheld(closed=closed.id, visible_to=()))
    withdraw(stage, public)
    assert complained_subject(CELL) in stage.perform(PublishUpheld(closed=closed.id, with_item=True)).streams
    other = stage.accepted()
    refused("upheld-only", stage.perform, PublishUpheld(closed=stage.close(other, "settled").id))


def test_many_complaints_are_one_matter_and_each_keeps_its_own_clock():
    stage = Complaints()
    complaints = [stage.receive() for _ in range(3)]
    names = tuple(one.id for one in complaints)

    def join(named: tuple[str, ...], **more: Any) -> Record:
        said = {"matter": f"{OTHER}/matter/1", "name": NAMED, "firm": stage.maker.party} | more
        return stage.perform(JoinComplaints(complaints=named, **said))

    joined = join(names[:2])
    assert joined.statement.visible_to == (stage.maker.party,)
    refused("joined-once", join, names[1:])
    refused("joined-once", join, names[:1])
    refused("one-matter", join, (names[2], stage.receive(firm=OTHER, told=False).id), visible_to=())
    refused("one-matter", join, names[1:], firm=None)
    refused("complaint-sealed", join, names, matter=OTHER, visible_to=(stage.stranger.party,))
    assert stage.decide(complaints[0]).body["decideBy"] == complaints[0].body["decideBy"]
    stage.bureau = stage.stranger
    refused("own-complaint", join, names)


def test_a_hundred_complaints_are_joined_at_once_and_no_more():
    stage = Complaints()
    names = tuple(stage.receive().id for _ in range(101))
    join = JoinComplaints(matter=f"{OTHER}/matter", name=NAMED, firm=stage.maker.party, complaints=names[:100])
    assert len(stage.perform(join).body["complaints"]) == 100
    refused("joined-once", stage.perform, JoinComplaints(matter=OTHER, name=NAMED, firm=stage.maker.party, complaints=names))


def test_a_firm_whose_role_has_ended_is_complained_about_as_before_and_answers():
    stage = Complaints()
    received = stage.receive()
    ended = RoleEnded(party=stage.maker.party, role="manufacturer", ended_at=stage.ledger.now(), reason="gone")
    stage.ledger.state(ended, stage.operator)
    stage.decide(received)
    assert stage.answer(received) and stage.close(received).body["outcome"] == "upheld"
