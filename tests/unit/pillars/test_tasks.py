"""Tasks: asked, answered, stopped and resumed; due dates that replay; who may do what; the register says the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.app.checking import Checker
from openqi.evidence.view import parse_basis
from openqi.kernel.errors import ConflictError, NotFoundError, RefusedError
from openqi.pillars.governance.clocks import PauseClock, RecountClock, ResumeClock
from openqi.pillars.governance.task_register import LIMITS
from openqi.pillars.governance.tasks import AnswerTask, AskTask, standing
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.records.tasks import Holiday
from stage import ITEM, outcome
from work_stage import CALENDAR, REPORTED, Work, calendar, limit


@pytest.fixture
def work():
    return Work()


def refused(rule, work, command, signer):
    with pytest.raises(RefusedError) as error:
        work.ledger.perform(command, signer)
    assert error.value.rule == rule


def test_a_task_is_due_as_its_limit_counts_and_replays_from_the_calendar(work):
    task = work.ask()
    # Friday 20 November, 16:00 local: Monday to Friday are the five days; Friday the 27th ends at 16:00 UTC.
    assert task.body["due"] == "2026-11-27T16:00:00Z"
    assert {read.subject for read in parse_basis(task.basis).streams} >= {CALENDAR}
    assert outcome(work.verified(work.dossier(task))) == ("passed", "passed", "passed")
    assert Checker(store=work.store).check(work.store.logged(task.id)) == ("replayed", "")
    assert work.row(task)["state"] == "waits"


def test_the_verdict_on_a_subject_does_not_move_because_a_task_about_it_is_asked(work):
    verdict = work.verdict(work.result(), work.requirement())
    work.ask()
    assert outcome(work.verified(work.dossier(verdict))) == ("passed", "passed", "passed")


def test_who_was_asked_answers_once_with_a_record_that_does_it(work):
    task, result = work.ask(), work.result()
    refused("answer-named", work, AnswerTask(task=task.id, outcome="done", reason=Names(en="did it")), work.laboratory)
    refused("asked-answers", work, AnswerTask(task=task.id, outcome="done", record=result.id), work.assessor)
    answer = work.answer(task, result)
    assert answer.body["inTime"] is True
    assert work.row(task)["outcome"] == "done"
    refused("task-open", work, AnswerTask(task=task.id, outcome="done", record=result.id), work.laboratory)
    assert outcome(work.verified(work.dossier(answer))) == ("passed", "passed", "passed")


def test_a_record_of_another_of_something_else_or_that_was_withdrawn_answers_nothing(work):
    task = work.ask()
    work.grant(work.reviewer, "testing-laboratory")
    elsewhere, others = work.result(item="https://maker.example/cell/8"), work.result(signer=work.reviewer)
    gone = work.result()
    work.do(Withdraw(record=gone.id, reason="wrong"), work.laboratory)
    refused("answer-subject", work, AnswerTask(task=task.id, outcome="done", record=elsewhere.id), work.laboratory)
    refused("answer-own", work, AnswerTask(task=task.id, outcome="done", record=others.id), work.laboratory)
    refused("answer-stands", work, AnswerTask(task=task.id, outcome="done", record=gone.id), work.laboratory)
    judged = work.ask(act="conformity.judge-result/1")
    refused("answer-does", work, AnswerTask(task=judged.id, outcome="done", record=elsewhere.id), work.laboratory)


def test_of_two_hands_that_answer_at_once_one_comes_in(work):
    task, ledger, laboratory = work.ask(), work.ledger, work.laboratory
    results = [work.result(value=value) for value in ("2035.0", "2036.0")]
    kid = laboratory.key.public_key.kid
    prepared = [
        ledger.prepared(AnswerTask(task=task.id, outcome="done", record=one.id), party=laboratory.party, hand=kid)
        for one in results
    ]
    ledger.append_prepared(prepared[0], prepared[0].sealed(laboratory.key))
    with pytest.raises(ConflictError):
        ledger.append_prepared(prepared[1], prepared[1].sealed(laboratory.key))
    refused("task-open", work, AnswerTask(task=task.id, outcome="done", record=results[1].id), laboratory)


def test_an_act_that_a_command_decides_is_answered_by_its_verdict(work):
    verdict = work.verdict(work.result(), work.requirement())
    (task,) = work.ledger.perform(
        AskTask(party=work.assessor.party, subject=ITEM, asks=Names(en="judge"), act="conformity.judge-result/1", limit=work.limit),
        work.laboratory,
    )
    assert work.answer(task, verdict, work.assessor).body["outcome"] == "done"


def test_a_task_may_be_declined_with_a_reason_and_one_without_an_act_is_done_in_words(work):
    task = work.ask()
    work.do(AnswerTask(task=task.id, outcome="declined", reason=Names(en="no capacity")), work.laboratory)
    assert work.row(task)["outcome"] == "declined"
    words = work.ask(act=None)
    work.do(AnswerTask(task=words.id, outcome="done", reason=Names(en="told by telephone")), work.laboratory)
    assert work.row(words)["outcome"] == "done"


def test_an_answer_after_the_due_instant_is_not_in_time(work):
    task, result = work.ask(), work.result()
    work.clock.wait(days=8)
    assert "inTime" in work.answer(task, result).body
    assert work.store.logged(work.row(task)["answer"]).record.body["inTime"] is False


def test_an_answer_that_is_withdrawn_leaves_the_task_open_and_a_withdrawn_task_is_over(work):
    task, result = work.ask(), work.result()
    answer = work.answer(task, result)
    work.do(Withdraw(record=answer.id, reason="wrong record"), work.laboratory)
    assert work.row(task)["state"] == "waits"
    work.answer(task, work.result(value="2036.0"))
    other = work.ask()
    work.do(Withdraw(record=other.id, reason="not needed"), work.assessor)
    assert work.row(other)["outcome"] == "withdrawn"
    refused("task-stands", work, AnswerTask(task=other.id, outcome="done", record=result.id), work.laboratory)


def test_a_clock_that_stood_still_is_due_later_and_replays(work):
    task = work.ask()
    work.clock.wait(days=3)  # Monday
    work.do(PauseClock(task=task.id, reason=Names(en="waits for samples")), work.laboratory)
    assert work.row(task)["state"] == "paused"
    refused("clock-runs", work, PauseClock(task=task.id, reason=Names(en="again")), work.assessor)
    work.clock.wait(days=2)  # Wednesday: Monday to Wednesday are not counted
    resumed = work.do(ResumeClock(task=task.id), work.assessor)
    # Thursday 26, Friday 27, Monday 30, Tuesday 1, Wednesday 2 December.
    assert resumed.body["due"] == "2026-12-02T16:00:00Z"
    assert (work.row(task)["state"], work.row(task)["due"]) == ("waits", "2026-12-02T16:00:00Z")
    assert outcome(work.verified(work.dossier(resumed))) == ("passed", "passed", "passed")
    refused("clock-stands", work, ResumeClock(task=task.id), work.assessor)
    found = standing(work.ledger.view(), task.id)
    assert (len(found.pauses), found.pause, found.due) == (1, None, "2026-12-02T16:00:00Z")


def test_who_may_stop_the_clock_is_what_the_limit_says(work):
    for pausing, may in (("nobody", ()), ("asking", ("assessor",)), ("asked", ("laboratory",))):
        named = work.ledger.state(limit(pausing=pausing), work.operator)
        task = work.ask(limit=named.id)
        for who in ("assessor", "laboratory", "reviewer"):
            if who not in may:
                refused("may-pause", work, PauseClock(task=task.id, reason=Names(en="why not")), getattr(work, who))
        for who in may:
            work.do(PauseClock(task=task.id, reason=Names(en="needed")), getattr(work, who))
            refused("may-resume", work, ResumeClock(task=task.id), work.reviewer)
            work.do(ResumeClock(task=task.id), getattr(work, who))


def test_a_clock_that_has_run_out_cannot_be_stopped(work):
    task = work.ask()
    work.clock.wait(days=8)
    refused("late-is-late", work, PauseClock(task=task.id, reason=Names(en="too late")), work.laboratory)


def test_an_agreed_instant_needs_no_calendar_and_moves_by_what_stood_still(work):
    task = work.ask(limit=None, due="2026-11-25T08:00:00Z")
    work.do(PauseClock(task=task.id, reason=Names(en="wait")), work.assessor)
    work.clock.wait(days=1)
    due = work.do(ResumeClock(task=task.id), work.assessor).body["due"]
    assert "2026-11-26T08:00:00Z" < due < "2026-11-26T08:00:10Z"
    refused("due-ahead", work, AskTask(party=work.laboratory.party, subject=ITEM, asks=Names(en="x"), due="2026-11-01T00:00:00Z"),
            work.assessor)  # fmt: skip


def test_nothing_is_due_where_the_calendar_does_not_reach_and_a_later_calendar_is_counted_anew(work):
    long = work.ledger.state(limit(count=40), work.operator)
    refused("calendar-reaches", work, AskTask(party=work.laboratory.party, subject=ITEM, asks=Names(en="x"), limit=long.id),
            work.assessor)  # fmt: skip
    year = {"since": "2027-01-01", "until": "2027-12-31", "working_days": (), "holidays": ()}
    work.ledger.state(calendar(**year), work.operator)
    task = work.ask(limit=long.id)
    refused("due-moves", work, RecountClock(task=task.id), work.laboratory)
    holiday = (Holiday(first="2027-01-01", last="2027-01-03", name=Names(zh="元旦")),)
    work.ledger.state(calendar(**year | {"holidays": holiday}), work.operator)
    refused("may-recount", work, RecountClock(task=task.id), work.reviewer)
    again = work.do(RecountClock(task=task.id), work.laboratory)
    assert (task.body["due"], again.body["due"]) == ("2027-01-15T16:00:00Z", "2027-01-18T16:00:00Z")
    assert work.row(task)["due"] == again.body["due"]
    assert outcome(work.verified(work.dossier(again))) == ("passed", "passed", "passed")


def test_a_withdrawn_calendar_does_not_count(work):
    wrong = work.ledger.state(calendar(weekend=(), holidays=(), working_days=()), work.operator)
    assert work.ask().body["due"] == "2026-11-25T16:00:00Z"
    work.do(Withdraw(record=wrong.id, reason="misread"), work.operator)
    assert work.ask().body["due"] == "2026-11-27T16:00:00Z"


def test_a_limit_may_be_counted_from_a_record_or_from_an_instant_that_is_over(work):
    result = work.result()
    from_result = work.ledger.state(limit(starts=REPORTED), work.operator)
    told = {"party": work.laboratory.party, "subject": ITEM, "asks": Names(en="x"), "limit": from_result.id}
    refused("limit-starts", work, AskTask(**told), work.assessor)
    refused("limit-starts", work, AskTask(**told, event=work.requirement().id), work.assessor)
    refused("event-happened", work, AskTask(**told | {"limit": work.limit}, counted_from="2027-01-01T00:00:00Z"), work.assessor)
    assert work.ask(limit=from_result.id, event=result.id).body["countedFrom"] == result.valid_from
    late = work.ask(counted_from="2026-11-02T02:00:00Z")
    assert late.body["due"] == "2026-11-09T16:00:00Z"


def test_a_limit_holds_for_what_happened_while_it_was_in_force(work):
    repealed = work.ledger.state(limit(valid_until="2026-11-10T00:00:00Z"), work.operator)
    told = {"party": work.laboratory.party, "subject": ITEM, "asks": Names(en="x"), "limit": repealed.id}
    assert work.ask(limit=repealed.id, counted_from="2026-11-09T23:59:59Z")
    for event in ("2026-11-10T00:00:00Z", "2025-12-31T23:59:59Z"):
        refused("limit-in-force", work, AskTask(**told, counted_from=event), work.assessor)


def test_only_what_the_operator_published_is_a_limit_or_a_calendar(work):
    work.grant(work.laboratory, "operator")
    for one in (limit(), calendar()):
        with pytest.raises(RefusedError, match="operator-publishes"):
            work.ledger.state(one, work.laboratory)
    told = {"party": work.laboratory.party, "subject": ITEM, "asks": Names(en="x")}
    refused("limit-published", work, AskTask(**told, limit=work.result().id), work.assessor)
    gone = work.ledger.state(limit(), work.operator)
    work.do(Withdraw(record=gone.id, reason="repealed"), work.operator)
    refused("limit-stands", work, AskTask(**told, limit=gone.id), work.assessor)
    other = work.ledger.state(limit(calendar="https://operator.example/calendar/none"), work.operator)
    refused("calendar-published", work, AskTask(**told, limit=other.id), work.assessor)
    work.ledger.state(calendar(offset="+09:00"), work.operator)
    refused("calendar-zone", work, AskTask(**told, limit=work.limit), work.assessor)
    with pytest.raises(NotFoundError):
        work.do(AskTask(**told, limit="0" * 64), work.assessor)


def test_who_is_asked_may_see_it(work):
    told = {"party": work.laboratory.party, "subject": ITEM, "asks": Names(en="x"), "limit": work.limit}
    refused("asked-may-see", work, AskTask(**told, visible_to=()), work.assessor)
    assert work.do(AskTask(**told, visible_to=(work.laboratory.party,)), work.assessor)


def test_a_record_that_is_no_task_is_none(work):
    refused("task-asked", work, PauseClock(task=work.result().id, reason=Names(en="x")), work.assessor)


MOVES = ("pause", "resume", "answer", "decline", "withdraw answer", "withdraw pause", "withdraw task", "recount", "wait", "year")


@settings(max_examples=40)
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.booleans()), max_size=9))
def test_whatever_happens_to_a_task_the_register_says_what_the_records_say(moves):
    work = Work()
    task, answer, pauses = work.ask(), None, []
    for number, (move, asking) in enumerate(moves):
        who = work.assessor if asking else work.laboratory
        try:
            match move:
                case "pause":
                    pauses.append(work.do(PauseClock(task=task.id, reason=Names(en="x")), who))
                case "resume":
                    work.do(ResumeClock(task=task.id), who)
                case "answer":
                    answer = work.answer(task, work.result(value=f"20{number}.0"), who)
                case "decline":
                    answer = work.do(AnswerTask(task=task.id, outcome="declined", reason=Names(en="x")), who)
                case "withdraw answer" if answer is not None:
                    work.do(Withdraw(record=answer.id, reason="x"), who)
                case "withdraw pause" if pauses:
                    work.do(Withdraw(record=pauses[-1].id, reason="x"), who)
                case "withdraw task":
                    work.do(Withdraw(record=task.id, reason="x"), who)
                case "recount":
                    work.do(RecountClock(task=task.id), who)
                case "wait":
                    work.clock.wait(days=1)
                case "year":
                    work.ledger.state(
                        calendar(weekend=(("sunday",), ("saturday", "sunday"))[asking], working_days=()), work.operator
                    )
        except RefusedError:
            continue
    row = work.row(task)
    if row["outcome"] == "withdrawn":
        with pytest.raises(RefusedError, match="task-stands"):
            standing(work.ledger.view(), task.id)
        return
    found = standing(work.ledger.view(), task.id)
    state = "closed" if found.answer is not None else "waits" if found.pause is None else "paused"
    assert (row["state"], row["due"], row["answer"]) == (state, found.due, found.answer and found.answer.id)
    assert row["outcome"] == (found.answer and found.answer.body["outcome"])
    assert row["paused"] == (found.pause and found.pause.id)


def test_a_limit_is_listed_until_it_is_withdrawn_and_a_newer_one_takes_its_place(work):
    def listed():
        page = work.store.page(LIMITS, where={"origin": "log.example/1"}, order=("limit_uri",))
        return [(row["record"], row["count"]) for row in page.rows]

    assert listed() == [(work.limit, 5)]
    newer = work.ledger.state(limit(count=7), work.operator)
    assert listed() == [(newer.id, 7)]
    work.do(Withdraw(record=work.limit, reason="older"), work.operator)
    assert listed() == [(newer.id, 7)]
    work.do(Withdraw(record=newer.id, reason="repealed"), work.operator)
    assert listed() == []
