"""The inbox: what waits, is late, stands still; whose it is; pages without gaps; quick with a million tasks beside it."""

import pytest

from openqi.app.folder import FOLDS
from openqi.app.work.inbox import MOST, WHICH, Inbox
from openqi.app.work.story import Stories
from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError, NotFoundError
from openqi.pillars.governance.clocks import PauseClock, ResumeClock
from openqi.pillars.governance.task_register import TASKS
from openqi.pillars.governance.tasks import AnswerTask
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.store.store import StoreKind
from stage import ITEM
from work_stage import REPORTED, Work

WAIT = Names(en="waits for samples")


@pytest.fixture(params=["memory", "local", "postgresql"])
def work(request, tmp_path):
    """A stage in every kind of store: a page of the inbox is the same in all of them."""
    if request.param == "postgresql":
        (tmp_path / "postgresql.url").write_text(request.getfixturevalue("postgres").url())
    place = None if request.param == "memory" else tmp_path
    store = load("openqi.store.kinds", StoreKind)[request.param].open(place, origin="log.example/1", folds=FOLDS)
    yield Work(store)
    store.close()


class NothingKept:
    """Counts anew each time: what is kept is a matter of `test_kept`."""

    def kept(self, _what, _name, make, *, kinds):
        assert kinds
        return make()

    def steady(self):
        return self


def inbox_of(work):
    return Inbox(work.ledger, work.ledger.now, NothingKept())


def ids(page):
    return [one.task for one in page.tasks]


def test_a_task_is_in_the_inbox_of_who_was_asked_and_with_who_asked_and_with_nobody_else(work):
    inbox, task = inbox_of(work), work.ask()
    assert ids(inbox.page(work.laboratory.party, "waits")) == [task.id]
    assert ids(inbox.page(work.assessor.party, "asked")) == [task.id]
    for which in WHICH:
        assert not inbox.page(work.reviewer.party, which).tasks
    assert inbox.counts(work.laboratory.party).waits == inbox.waiting(work.laboratory.party) == 1
    assert inbox.counts(work.assessor.party).asked == 1


def test_what_is_due_first_comes_first_and_pages_have_no_gaps(work):
    inbox = inbox_of(work)
    asked = [work.ask(limit=None, due=f"2026-12-{day:02d}T08:00:00Z").id for day in (9, 3, 7, 5, 1, 3)]
    order = [asked[place] for place in (4, 1, 5, 3, 2, 0)]
    found, after = [], None
    while True:
        page = inbox.page(work.laboratory.party, "waits", after=after, limit=2)
        found += ids(page)
        if page.next is None:
            break
        after = page.next
    assert sorted(found[1:3]) == sorted(order[1:3])  # of one instant, in any order
    assert [found[0], *found[3:]] == [order[0], *order[3:]]
    assert [one.task for one in inbox.all(work.laboratory.party, "waits", most=4)] == found[:4]
    with pytest.raises(DomainError):
        inbox.page(work.laboratory.party, "waits", after=(1, 2), limit=2)


def test_a_task_is_late_from_the_second_after_it_was_due_and_due_soon_before(work):
    inbox = inbox_of(work)
    late, soon = work.ask(counted_from="2026-11-02T02:00:00Z"), work.ask()
    far = work.ask(limit=None, due="2026-12-20T08:00:00Z")
    party = work.laboratory.party
    work.clock.wait(days=1)
    assert (ids(inbox.page(party, "late")), ids(inbox.page(party, "soon"))) == ([late.id], [soon.id])
    assert [one.late for one in inbox.page(party, "waits").tasks] == [True, False, False]
    counts = inbox.counts(party)
    assert (counts.waits, counts.late, counts.soon) == (3, 1, 1)
    work.clock.wait(days=8)
    assert ids(inbox.page(party, "late")) == [late.id, soon.id]
    assert far.id in ids(inbox.page(party, "waits"))


def test_a_paused_task_waits_for_nobody_and_a_closed_one_is_closed(work):
    inbox, party = inbox_of(work), work.laboratory.party
    paused, answered = work.ask(), work.ask()
    work.do(PauseClock(task=paused.id, reason=WAIT), work.laboratory)
    work.answer(answered, work.result())
    assert not inbox.page(party, "waits").tasks
    assert ids(inbox.page(party, "paused")) == ids(inbox.page(work.assessor.party, "asked-paused")) == [paused.id]
    (closed,) = inbox.page(party, "closed").tasks
    assert (closed.task, closed.outcome, closed.late) == (answered.id, "done", False)
    work.do(ResumeClock(task=paused.id), work.laboratory)
    assert ids(inbox.page(party, "waits")) == [paused.id]
    work.do(Withdraw(record=paused.id, reason="not needed"), work.assessor)
    assert [one.outcome for one in inbox.page(work.assessor.party, "asked-closed").tasks] == ["withdrawn", "done"]


def test_counting_stops_where_nobody_counts_any_more(work):
    for day in range(MOST + 3):
        work.ask(limit=None, due=f"2027-01-{1 + day % 28:02d}T08:00:00Z")
    assert inbox_of(work).counts(work.laboratory.party).waits == MOST


def test_a_task_that_a_party_may_not_see_is_not_there_for_it(work):
    task = work.ask(visible_to=(work.laboratory.party,))
    inbox = inbox_of(work)
    assert inbox.task(work.laboratory.party, task.id).asks == Names(zh="请检验")
    assert ids_about(inbox, work.assessor.party) == [task.id]
    assert ids_about(inbox, work.reviewer.party) == []
    for name in (task.id, "0" * 64, work.result().id):
        with pytest.raises(NotFoundError, match="there is no task"):
            inbox.task(work.reviewer.party, name)


def ids_about(inbox, party):
    return [one.task for one in inbox.about(party, ITEM)]


def story(work, party, task):
    inbox = inbox_of(work)
    return Stories(work.ledger, inbox).story(party, task.id)


def names(told):
    return [one.act.name for one in told.next]


def test_the_story_says_what_may_be_done_next_by_whom(work):
    task = work.ask()
    asked = story(work, work.laboratory.party, task)
    assert names(asked) == [REPORTED, AnswerTask.NAME, PauseClock.NAME]
    assert asked.next[0].fields == (("item", ITEM),)
    assert names(story(work, work.assessor.party, task)) == [PauseClock.NAME, "governance.withdraw/1"]
    assert names(story(work, work.reviewer.party, task)) == []
    result = work.result()
    told = story(work, work.laboratory.party, task)
    assert [one.id for one in told.answers] == [result.id]
    assert told.next[0].fields == (("task", task.id), ("outcome", "done"), ("record", result.id))
    work.answer(task, result)
    assert names(story(work, work.laboratory.party, task)) == []


def test_who_lost_the_role_is_told_why_it_may_not_do_what_was_asked(work):
    task = work.ask(act="conformity.judge-result/1")
    first = story(work, work.laboratory.party, task).next[0]
    assert first.why is not None
    assert first.why.rule == "role-held"


def test_a_clock_is_told_as_stretches_that_run_and_stand_still(work):
    task = work.ask()
    work.clock.wait(days=1)
    work.do(PauseClock(task=task.id, reason=WAIT), work.laboratory)
    work.clock.wait(days=1)
    assert [one.what for one in story(work, work.laboratory.party, task).spans] == ["runs", "stands"]
    work.do(ResumeClock(task=task.id), work.laboratory)
    told = story(work, work.laboratory.party, task)
    assert [one.what for one in told.spans] == ["runs", "stands", "runs"]
    assert all(one.since < one.until for one in told.spans)
    assert told.spans[-1].until == work.store.row(TASKS, task.id)["due"]
    work.clock.wait(days=30)
    assert [one.what for one in story(work, work.laboratory.party, task).spans] == ["runs", "stands", "runs", "late"]
    assert [one.kind.partition(".")[2] for one in told.steps] == ["task-asked/1", "clock-paused/1", "clock-resumed/1"]


def test_a_step_that_the_reader_may_not_see_is_withheld(work):
    task = work.ask()
    work.do(PauseClock(task=task.id, reason=WAIT, visible_to=(work.assessor.party,)), work.laboratory)
    assert story(work, work.reviewer.party, task).steps[1].kind == ""
    assert story(work, work.assessor.party, task).steps[1].said == WAIT


def test_a_ledger_from_before_there_was_an_inbox_gets_its_register_when_it_is_opened(tmp_path):
    kind = load("openqi.store.kinds", StoreKind)["local"]
    store = kind.open(tmp_path, origin="log.example/1", folds=())
    made = Work(store)
    task = made.ask()
    store.close()
    again = kind.open(tmp_path, origin="log.example/1", folds=FOLDS)
    assert again.row(TASKS, task.id)["state"] == "waits"
    again.close()
