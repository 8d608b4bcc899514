"""Control plans for pages: what the registers add up to is what a slow reading of the whole log finds, whoever asks."""

import random
from typing import Any

import pytest

from control_stage import PLAN_URI, Control, plan_of, rows_of_values
from openqi.app.reading.control.alarms import alarm_list
from openqi.app.reading.control.charted import MOST_POINTS
from openqi.app.reading.control.page import control_page
from openqi.app.reading.control.plans import plan_files, plan_line, plan_list, plans_with
from openqi.app.reading.control.points import points_of
from openqi.app.reading.control.rows import Totals
from openqi.evidence.record import Record
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.process_control.register import start_of
from openqi.records import body
from openqi.records.governance import Withdrawn
from openqi.records.process_control import AlarmAssessed, ReadingsTaken
from openqi.records.process_evidence import ChartEvaluated
from stage import party
from web_stage import context_of

QUIET = [f"{10 + (-1) ** place * (place % 5 + 1) / 10:.1f}" for place in range(40)]


def loud(chance: random.Random) -> list[str]:
    """Ten readings, some of which alarm."""
    return [f"{10 + chance.choice((-0.1, 0.2, 0.1, 5.0)):.1f}" for _ in range(10)]


def slow_totals(control: Control) -> Totals:
    """The same out of every record of the log, one by one."""
    records = [one.record for one in control.store.scan(0, control.store.size())]
    gone = {one.body["record"] for one in records if one.kind == Withdrawn.KIND}
    standing = [one for one in records if one.id not in gone]
    charts = [one.body for one in standing if one.kind == ChartEvaluated.KIND]
    outcomes = [one.body["outcome"] for one in standing if one.kind == AlarmAssessed.KIND]
    return Totals(
        evaluations=len(charts), points=sum(one["items"]["count"] for one in charts), alarms=sum(one["alarms"] for one in charts),
        confirmed=outcomes.count("confirmed"), refuted=outcomes.count("refuted"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def lively() -> tuple[Control, list[Record]]:
    """A plan with charts, of which some alarms were assessed, and some of all that was withdrawn again."""
    control, chance = Control(), random.Random(7)
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    charts: list[Record] = []
    for place in range(16):
        chart = control.charted(base, control.taken(rows_of_values(loud(chance), start=40 + 10 * place)))
        for point, row in enumerate(control.rows(chart)):
            if any(row.rules) and chance.random() < 0.5:
                found = control.assessed(chart, point, chance.choice(("confirmed", "refuted")))
                if chance.random() < 0.3:
                    control.ledger.perform(Withdraw(record=found.id, reason="looked again"), control.maker)
        if chance.random() < 0.2 and not any(one.body.get("evaluation") == chart.id for one in _all(control)):
            control.ledger.perform(Withdraw(record=chart.id, reason="wrong"), control.maker)
        charts.append(chart)
    return control, charts


def _all(control: Control) -> list[Record]:
    return [one.record for one in control.store.scan(0, control.store.size())]


def test_totals_are_those_of_a_slow_reading_of_the_log(lively: tuple[Control, list[Record]]):
    control, _ = lively
    context = context_of(control.store)
    totals = plan_line(context, PLAN_URI).totals
    assert totals == slow_totals(control)
    assert min(totals.alarms, totals.confirmed, totals.refuted, totals.open) > 0
    assert any(one.kind == Withdrawn.KIND for one in _all(control))


def test_alarms_are_every_alarming_point_of_what_stands_with_its_assessment_page_by_page(lively: tuple[Control, list[Record]]):
    control, charts = lively
    context = context_of(control.store)
    files, _ = plan_files(context, PLAN_URI)
    found, below, pages = [], None, 0
    while pages == 0 or below is not None:
        page = alarm_list(context, files, below=below)
        found += [(one.evaluation.id, one.point.point, one.point.state) for one in page.alarms]
        below, pages = page.below, pages + 1
    gone = {one.body["record"] for one in _all(control) if one.kind == Withdrawn.KIND}
    outcomes = {
        (one.body["evaluation"], one.body["point"]): one.body["outcome"]
        for one in _all(control)
        if one.kind == AlarmAssessed.KIND and one.id not in gone
    }
    wanted = [
        (chart.id, point, outcomes.get((chart.id, point), "open"))
        for chart in reversed(charts)
        if chart.id not in gone
        for point, row in reversed([*enumerate(control.rows(chart))])
        if any(row.rules)
    ]
    assert found == wanted
    assert pages > 1


def test_a_page_is_kept_until_its_plan_moves_and_tells_then_what_is_new():
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    chart = control.charted(base, control.taken(rows_of_values(["10.1", "19.0", "9.9"], start=40)))
    context = context_of(control.store)
    assert control_page(context, PLAN_URI).totals.open == 2  # the value, and the range after it
    assert control_page(context, PLAN_URI) is control_page(context, PLAN_URI)
    control.assessed(chart, 1, "confirmed")
    context.memory.grow(control.store, control.store.size(), context.today)
    later = context_of(control.store, memory=context.memory)
    assert control_page(later, PLAN_URI).totals == Totals(evaluations=1, points=3, alarms=2, confirmed=1)


def test_a_second_baseline_says_what_of_the_earlier_alarms_stands():
    control = Control()
    plan = control.plan(plan_of(rules="nelson 1"))
    quiet = control.taken(rows_of_values(QUIET))
    base = control.frozen(plan, quiet)
    more = control.taken(rows_of_values(["10.1", "19.0", "10.1", "13.0"], start=40))
    chart = control.charted(base, more)
    wide = control.taken(rows_of_values([f"{10 + (-1) ** place * (place % 7) / 2:.2f}" for place in range(30)], start=50))
    confirmed = control.assessed(chart, 1, "confirmed")
    second = control.frozen(plan, quiet, more, wide, leaves_out=(confirmed.id,), predecessor=base.id)
    page = control_page(context_of(control.store), PLAN_URI)
    assert page.change is not None
    assert page.baseline is not None
    assert page.baseline.seen.id == second.id
    assert [one.assessment.id for one in page.baseline.left_out] == [confirmed.id]
    lines = {one["name"]: one for one in second.body["panels"]}["individuals"]
    values = {1: 19.0, 2: 10.1, 3: 13.0}
    ranges = {1: 8.9, 2: 8.9, 3: 2.9}
    top = float(next(one for one in second.body["panels"] if one["name"] == "moving-range")["upper"])
    for one in page.change.alarms:
        value = values[one.point.point]
        beyond = not float(lines["lower"]) <= value <= float(lines["upper"]) or ranges[one.point.point] > top
        assert one.stands is beyond, one
    assert {one.stands for one in page.change.alarms} == {True, False}
    assert page.change.before.seen.id == base.id


def test_a_window_holds_the_last_points_as_they_were_sealed_and_says_that_there_are_more():
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    follows, sealed = None, []
    for place in range(6):
        follows = control.charted(base, control.taken(rows_of_values(QUIET[:30], start=40 + 30 * place)), follows=follows)
        sealed += control.rows(follows)
    context = context_of(control.store)
    window = control_page(context, PLAN_URI).window
    assert window is not None
    assert window.cut
    assert [(one.at, one.values) for one in window.points] == [(one.at, one.values) for one in sealed[-MOST_POINTS:]]
    assert [one.number for one in window.points] == list(range(61, 181))
    drawn = window.chart.panels[0]
    assert window.chart.first == 61
    assert list(drawn.values) == [float(one.values[0]) for one in sealed[-MOST_POINTS:]]
    assert list(drawn.flags) == [one.rules[0] for one in sealed[-MOST_POINTS:]]
    whole = points_of(context, PLAN_URI)
    assert [row for one in whole.evaluations for row in one.rows] == sealed
    assert whole.complete


def test_what_is_not_public_is_there_for_its_parties_and_for_nobody_else():
    control, guest = Control(), party("guest", 70)
    control.ledger.state(plan_of(), control.maker, visible_to=(guest.party,))
    control.stated = plan_of()
    for reader in (None, "https://somebody.example"):
        context = context_of(control.store, reader=reader)
        with pytest.raises(NotFoundError, match="knows no control plan"):
            control_page(context, PLAN_URI)
        assert plans_with(context, plan_of().instrument) == ()
    # One memory serves all readers: what one has seen is not told to the next.
    public = context_of(control.store)
    inside = context_of(control.store, reader=guest.party, memory=public.memory)
    assert control_page(inside, PLAN_URI).stated == plan_of()
    with pytest.raises(NotFoundError):
        control_page(public, PLAN_URI)


def test_an_evaluation_that_only_some_may_see_counts_for_them_alone():
    control, guest = Control(), party("guest", 70)
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    items = control.taken(rows_of_values(["10.1", "19.0", "9.9"], start=40))
    hidden = control.ledger.state(body(items, ReadingsTaken), control.maker, visible_to=(guest.party,))
    chart = control.charted(base, hidden)
    assert not chart.public
    public = context_of(control.store)
    inside = context_of(control.store, reader=guest.party, memory=public.memory)
    for _ in range(2):
        assert plan_line(public, PLAN_URI).totals == Totals()
        assert plan_line(inside, PLAN_URI).totals == Totals(evaluations=1, points=3, alarms=2)
        assert control_page(public, PLAN_URI).alarms.alarms == ()
        assert [one.evaluation.id for one in control_page(inside, PLAN_URI).alarms.alarms] == [chart.id, chart.id]


def test_no_reader_meets_rows_of_another_in_a_register():
    parties = [None, *(f"https://party{number}.example" for number in range(40))]  # the hashes of some begin with letters of sorts
    starts = [start_of("https://maker.example/plan", sort, one) for sort in "pberacw" for one in parties]  # type: ignore[arg-type]
    assert [(one, other) for one in starts for other in starts if one != other and other.startswith(one)] == []


def test_the_plan_of_whoever_published_first_is_not_taken_over_by_another():
    control, rival = Control(), party("rival", 71)
    control.welcome(rival, "process-owner")
    first = control.plan()
    control.ledger.state(plan_of(chart="ewma", rules="nelson 1"), rival)
    own = control.plan(plan_of(edition="2"))
    page = control_page(context_of(control.store), PLAN_URI)
    assert [one.id for one in page.editions] == [own.id, first.id]
    assert page.stated.chart == "i-mr"
    assert [one.plan.uri for one in plan_list(context_of(control.store)).plans] == [PLAN_URI]


class Asked:
    """Counts what is asked of a store."""

    def __init__(self, store: Any) -> None:
        self.store, self.count = store, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if callable(found):
            self.count += 1
        return found


def test_a_page_asks_no_more_of_a_plan_with_many_evaluations():
    control = Control()
    plan = control.plan()
    base = control.frozen(plan, control.taken(rows_of_values(QUIET)))
    counts = []
    for stop in (40, 160):
        for place in range(len(counts) * 40, stop):
            control.charted(base, control.taken(rows_of_values(["10.1", "9.8"], start=40 + 2 * place)))
        context = context_of(control.store)
        control_page(context, PLAN_URI)  # what it shows is replayed once
        again = context_of(control.store, checker=context.checker)
        again.store = Asked(control.store)
        control_page(again, PLAN_URI)
        plan_list(again)
        counts.append(again.store.count)
    assert counts[0] == counts[1]
