"""How promises stand on a day, against the slow plain definition: every stretch a list of days, every day asked anew."""

from dataclasses import replace
from datetime import date
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clocked import fair
from openqi.pillars.governance.pledges.facts import Contradicted, Promised, Shown, Span
from openqi.pillars.governance.pledges.states import states
from openqi.records import Names
from openqi.records.pledges import Obligation

SIGNED = date(2024, 2, 20).toordinal()  # nine days before a leap day
LENGTH = 140


def stands(spans, day):
    return any(span.since <= day and (span.until is None or day < span.until) for span in spans)


def plain_stretches(facts, obligation):
    """Each stretch as its days, far beyond any day that is asked."""
    first = SIGNED + obligation.first_within
    if facts.term is not None:
        first = min(first, facts.term)
    found = [list(range(SIGNED, first + 1))]
    while obligation.every is not None and found[-1][-1] < SIGNED + 3 * LENGTH:
        begins = found[-1][-1] + 1
        found.append(list(range(begins, begins + obligation.every)))
    return found


def plainly_shown(facts, obligation, stretches, number, day):
    """Whether evidence that stands on a day shows a stretch."""
    days = stretches[number]
    for one in facts.shown.get(obligation.code, ()):
        if not stands([one.span], day):
            continue
        handed = range(one.first, one.last + 1)
        ends_in_it = one.last in days or (number == 0 and one.last < days[0])
        if obligation.every is None or ends_in_it or all(each in handed for each in days):
            return True
    return False


def plain_code(facts, obligation, day):
    for bad in facts.contradicted:
        if bad.sort not in obligation.contradicted_by or bad.day > day or stands(bad.void, day):
            continue
        after = [
            one
            for one in facts.shown.get(obligation.code, ())
            if one.at > bad.at and one.last >= bad.day and stands([one.span], day)
        ]
        if not (stands(bad.closed, day) and after):
            return "contradicted"
    stretches = plain_stretches(facts, obligation)
    shown = [plainly_shown(facts, obligation, stretches, number, day) for number in range(len(stretches))]
    counts = [facts.ended is None or days[-1] <= facts.ended for days in stretches]
    overdue = [number for number, days in enumerate(stretches) if counts[number] and days[-1] + obligation.grace < day]
    if overdue and not any(shown[overdue[-1] :]):
        return "missed"
    if not any(shown):
        return "due"
    newest = max(number for number, one in enumerate(shown) if one)
    late = newest + 1 < len(stretches) and counts[newest + 1] and stretches[newest + 1][-1] < day
    return "due" if late else "kept"


def plain_since(facts, obligation, day):
    code = plain_code(facts, obligation, day)
    while day > SIGNED and plain_code(facts, obligation, day - 1) == code:
        day -= 1
    return day


def plain_unshown(facts, obligation, day):
    stretches = plain_stretches(facts, obligation)
    return sum(
        (facts.ended is None or days[-1] <= facts.ended)
        and days[-1] + obligation.grace < day
        and not plainly_shown(facts, obligation, stretches, number, day)
        for number, days in enumerate(stretches)
    )


days = st.integers(0, LENGTH)
SORTS = ("failed-test", "recall")


@st.composite
def spans(draw):
    since = draw(days)
    until = draw(st.none() | st.integers(since, LENGTH + 1))
    return Span(since=SIGNED + since, until=None if until is None else SIGNED + until)


@st.composite
def shown(draw, number):
    day = draw(days)
    last = draw(st.integers(-40, day))
    first = draw(st.integers(last - 70, last))
    until = draw(st.none() | st.integers(day, LENGTH + 1))
    return Shown(
        record=f"shown {number}", at=f"{SIGNED + day}.{draw(st.integers(0, 3))}",
        span=Span(since=SIGNED + day, until=None if until is None else SIGNED + until), first=SIGNED + first, last=SIGNED + last,
    )  # fmt: skip


@st.composite
def contradicted(draw, number):
    day = draw(days)
    return Contradicted(
        sort=draw(st.sampled_from(SORTS)), record=f"bad {number}", at=f"{SIGNED + day}.{draw(st.integers(0, 3))}", day=SIGNED + day,
        void=tuple(draw(st.lists(spans(), max_size=1))), closed=tuple(draw(st.lists(spans(), max_size=2))),
    )  # fmt: skip


@st.composite
def worlds(draw):
    every = draw(st.none() | st.integers(1, 50))
    obligation = Obligation(
        code="a", sort="recall", text=Names(en="x"), first_within=draw(st.integers(0, 60)), every=every,
        grace=draw(st.integers(0, 20 if every is None else min(20, every - 1))),
        contradicted_by=tuple(draw(st.lists(st.sampled_from(SORTS), unique=True))),
    )  # fmt: skip
    term = draw(st.none() | days)
    ended = draw(st.none() | days)
    ends = [one for one in (term, ended) if one is not None]
    facts = Promised(
        obligations=(obligation,), offset="+08:00", signed=SIGNED, term=None if term is None else SIGNED + term,
        ended=SIGNED + min(ends) if ends else None,
        shown={"a": tuple(draw(shown(number)) for number in range(draw(st.integers(0, 5))))},
        contradicted=tuple(draw(contradicted(number)) for number in range(draw(st.integers(0, 2)))),
    )  # fmt: skip
    return facts, SIGNED + draw(days)


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_state_since_and_gaps_are_those_of_the_plain_definition(world):
    facts, day = world
    (found,) = states(facts, date.fromordinal(day))
    (obligation,) = facts.obligations
    assert found.state == plain_code(facts, obligation, day)
    assert found.since.toordinal() == plain_since(facts, obligation, day)
    assert found.unshown == plain_unshown(facts, obligation, day)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_what_is_handed_in_later_never_changes_a_day_before(world):
    facts, day = world
    late = Shown(record="late", at="9", span=Span(since=day + 1), first=SIGNED, last=day + 1)
    more = Promised(
        **{name: getattr(facts, name) for name in facts.__dataclass_fields__} | {"shown": {"a": (*facts.shown["a"], late)}}
    )
    assert states(more, date.fromordinal(day)) == states(facts, date.fromordinal(day))


def promised(*shown_days, contradictions=(), term=None, ended=None, **obligation):
    told = Obligation(code="a", sort="recall", text=Names(en="x"), **obligation)
    handed = tuple(
        Shown(record=str(place), at=f"{day}", span=Span(since=SIGNED + day), first=SIGNED + first, last=SIGNED + last)
        for place, (day, first, last) in enumerate(shown_days)
    )
    return Promised(
        obligations=(told,), offset="+08:00", signed=SIGNED, term=None if term is None else SIGNED + term,
        ended=None if ended is None else SIGNED + ended, shown={"a": handed}, contradicted=contradictions,
    )  # fmt: skip


def story(facts, *asked):
    return [
        (one.state, one.since.toordinal() - SIGNED, None if one.due is None else one.due.toordinal() - SIGNED, one.unshown)
        for day in asked
        for one in states(facts, date.fromordinal(SIGNED + day))
    ]


def test_before_the_signature_nothing_stands():
    assert states(promised(), date.fromordinal(SIGNED - 1)) == ()


def test_a_promise_that_is_shown_once_is_due_then_missed_then_kept_for_ever():
    facts = promised((45, 40, 45), first_within=30, grace=5)
    assert story(facts, 0, 30, 31, 35, 36, 44, 45, 4000) == [
        ("due", 0, 30, 0), ("due", 0, 30, 0), ("due", 0, 30, 0), ("due", 0, 30, 0), ("missed", 36, 30, 1), ("missed", 36, 30, 1),
        ("kept", 45, None, 0), ("kept", 45, None, 0),
    ]  # fmt: skip


def test_shown_early_it_is_due_no_earlier_next_time():
    facts = promised((3, 0, 3), first_within=30, every=30)
    assert story(facts, 3, 30, 60, 61) == [("kept", 3, 60, 0), ("kept", 3, 60, 0), ("kept", 3, 60, 0), ("missed", 61, 60, 1)]


def test_a_stretch_that_nothing_showed_stays_counted_and_is_filled_by_what_covers_it():
    late, whole = (70, 65, 70), (75, 31, 60)
    assert story(promised((20, 0, 20), late, first_within=30, every=30), 69, 70) == [("missed", 61, 60, 1), ("kept", 70, 120, 1)]
    assert story(promised((20, 0, 20), late, whole, first_within=30, every=30), 74, 75) == [
        ("kept", 70, 120, 1),
        ("kept", 70, 120, 0),
    ]
    nearly = (75, 32, 70)
    assert story(promised((20, 0, 20), nearly, first_within=30, every=30), 75) == [("kept", 75, 120, 1)]


def test_grace_makes_due_before_it_makes_missed():
    facts = promised((20, 0, 20), first_within=30, every=30, grace=4)
    assert story(facts, 60, 61, 64, 65) == [("kept", 20, 60, 0), ("due", 61, 60, 0), ("due", 61, 60, 0), ("missed", 65, 60, 1)]


def test_after_the_end_nothing_falls_due_and_what_was_due_before_stays_due():
    assert story(promised((20, 0, 20), first_within=30, every=30, ended=59), 500) == [("kept", 20, None, 0)]
    assert story(promised((20, 0, 20), first_within=30, every=30, ended=60), 500) == [("missed", 61, 60, 1)]
    shown_after = promised((20, 0, 20), (90, 31, 60), first_within=30, every=30, ended=60)
    assert story(shown_after, 89, 90) == [("missed", 61, 60, 1), ("kept", 90, None, 0)]
    assert story(promised(first_within=30, ended=10), 500) == [("due", 0, None, 0)]
    assert story(promised(first_within=30, term=10, ended=10), 500) == [("missed", 11, 10, 1)]


@pytest.mark.parametrize(
    ("closed", "handed", "ends"), [(50, 60, 60), (60, 50, 60), (None, 50, None), (50, None, None), (50, 40, None)]
)
def test_a_contradiction_ends_when_it_is_closed_and_something_was_handed_in_after_it(closed, handed, ends):
    bad = Contradicted(
        sort="recall", record="bad", at="40", day=SIGNED + 40, closed=() if closed is None else (Span(since=SIGNED + closed),)
    )
    shows = [(20, 0, 20)] + ([] if handed is None else [(handed, 21, handed)])
    facts = promised(*shows, contradictions=(bad,), first_within=30, every=400, contradicted_by=("recall",))
    found = story(facts, 39, 40, 59, 60)
    assert [one[0] for one in found] == ["kept", "contradicted", "contradicted", "kept" if ends else "contradicted"]
    assert found[1][1] == 40
    # What was handed in later but is about days before it repairs nothing.
    if ends:
        old = promised((20, 0, 20), (handed, 0, 39), contradictions=(bad,), first_within=30, every=400, contradicted_by=("recall",))
        assert story(old, 60)[0][0] == "contradicted"


def test_a_daily_promise_of_ten_years_is_told_at_once():
    shows = [(day, day, day) for day in range(3650)]
    facts = promised(*shows[:3000], first_within=0, every=1)
    start = thread_time()
    assert story(facts, 3000, 3650) == [("kept", 0, 3000, 0), ("missed", 3001, 3000, 650)]
    assert fair(thread_time() - start, 2.0, lambda: story(facts, 3000, 3650)) <= 2.0


def test_five_thousand_contradictions_of_five_years_are_told_at_once():
    failed = tuple(
        Contradicted(
            sort="failed-test", record=str(place), at=f"{SIGNED + place % 1800}", day=SIGNED + place % 1800,
            closed=(Span(since=SIGNED + place % 1800 + 1),),
        )
        for place in range(5000)
    )  # fmt: skip
    facts = promised((1900, 0, 1900), contradictions=failed, first_within=30, every=3000, contradicted_by=("failed-test",))
    facts = replace(facts, shown={"a": (replace(facts.shown["a"][0], at=f"{SIGNED + 1900}"),)})
    start = thread_time()
    assert [one[:2] for one in story(facts, 1899, 1900)] == [("contradicted", 0), ("kept", 1900)]
    assert fair(thread_time() - start, 3.0, lambda: story(facts, 1899, 1900)) <= 3.0
