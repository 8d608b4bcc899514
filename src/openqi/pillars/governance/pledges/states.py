"""How every promise of a signature stands on a day: a pure function of the evidence and the day, so that it changes by itself.

kept          what was due is shown, and nothing is due
due           the first stretch is not shown yet, or a due day is past and its days of grace are not
missed        a due day and its days of grace are past, and nothing was shown
contradicted  a failed test, an upheld complaint, a recall or a late answer, which is not closed or after which nothing was shown
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, chain

from openqi.evidence.view import View
from openqi.pillars.governance.pledges.evidence import promised
from openqi.pillars.governance.pledges.facts import Contradicted, Promised, Shown
from openqi.pillars.governance.pledges.open_contradictions import OpenContradictions
from openqi.pillars.governance.pledges.stretches import Stretches, stretches_of
from openqi.records.pledges import Obligation, PromiseCode

MOST_NAMED = 5
"""Records that a state names of many that say the same; the newest."""


@dataclass(frozen=True, kw_only=True)
class PromiseState:
    """How a promise stands on a day.

    Args:
        obligation: what was promised.
        state: kept, due, missed or contradicted.
        since: first day since when it has been so, all days in between included.
        due: day on which it is due, or was where it is missed; None where nothing falls due any more.
        unshown: how many stretches whose days of grace are over were never shown.
        evidence: what was handed in last and stands, or what contradicts it; the newest of many.
    """

    obligation: Obligation
    state: PromiseCode
    since: date
    due: date | None
    unshown: int
    evidence: tuple[str, ...]


def states_of(view: View, signed: str, on: date) -> tuple[PromiseState, ...]:
    """Return how every promise of a signature stands on a day, by what the view holds and was sealed until that day.

    Args:
        view: what can be read.
        signed: record of the signature.
        on: the day, where the pledge says that days begin; it may lie ahead: then it is what comes if nothing is handed in.

    Raises:
        NotFoundError: there is no such record.
        FormatError, RefusedError: it is no signature of this log.
    """
    return states(promised(view, signed), on)


def states(facts: Promised, on: date) -> tuple[PromiseState, ...]:
    """Return how every promise stands on a day, in the order of the pledge; nothing before the day of the signature."""
    day = on.toordinal()
    if day < facts.signed:
        return ()
    return tuple(_state(facts, obligation, day) for obligation in facts.obligations)


class _Promise:
    """One promise with what bears on it; what was never withdrawn is looked up by its day, for there may be thousands of it."""

    def __init__(
        self, stretches: Stretches, shown: Sequence[Shown], contradicted: Sequence[Contradicted], before: Sequence[Shown] = ()
    ) -> None:
        self.stretches, self.shown, self.contradicted = stretches, shown, contradicted
        self._repairing = (*shown, *before)
        self.open = OpenContradictions(contradicted, self._repairing)
        self.ranges = {one.record: stretches.shown(one.first, one.last) for one in shown}
        kept = sorted((one.span.since, self.ranges[one.record][1]) for one in shown if one.span.until is None)
        self._days = [since for since, _ in kept]
        self._newest = list(accumulate((newest for _, newest in kept), max))
        self._withdrawn = [one for one in shown if one.span.until is not None]

    def newest(self, day: int) -> int:
        """The last stretch that evidence which stands on a day shows; -1 for none."""
        before = bisect_right(self._days, day)
        kept = self._newest[before - 1] if before else -1
        return max(kept, -1, *(self.ranges[one.record][1] for one in self._withdrawn if one.span.holds(day)))

    def code(self, day: int) -> PromiseCode:
        if self.open.any_on(day):
            return "contradicted"
        newest = self.newest(day)
        if newest < self.stretches.overdue(day):
            return "missed"
        due = self.stretches.due(newest + 1)
        return "due" if newest < 0 or (due is not None and due < day) else "kept"

    def turns(self, day: int) -> Iterator[int]:
        """All days until a day on which the state may change."""
        yield from (one.day for one in self.contradicted)
        spans = (one.span for one in self._repairing)
        for span in chain(spans, *((*one.void, *one.closed) for one in self.contradicted)):
            yield span.since
            if span.until is not None:
                yield span.until
        number = 0
        while (due := self.stretches.due(number)) is not None and due < day:
            yield due + 1
            yield due + 1 + self.stretches.grace
            number += 1

    def since(self, day: int, code: PromiseCode) -> int:
        since = day
        for turn in sorted({self.stretches.signed, *self.turns(day)}, reverse=True):
            if self.stretches.signed <= turn <= day:
                if self.code(turn) != code:
                    return since
                since = turn
        return since

    def unshown(self, day: int) -> int:
        """How many stretches until the last overdue one nothing that stands shows."""
        overdue = self.stretches.overdue(day)
        reached, missing = -1, 0
        for first, last in sorted(self.ranges[one.record] for one in self.shown if one.span.holds(day)):
            missing += max(0, min(first, overdue + 1) - reached - 1)
            reached = max(reached, last)
        return missing + max(0, overdue - reached)


def _state(facts: Promised, obligation: Obligation, day: int) -> PromiseState:
    promise = _Promise(
        stretches_of(obligation, signed=facts.signed, term=facts.term, ended=facts.ended, within=facts.within.get(obligation.code)),
        facts.shown.get(obligation.code, ()),
        [one for one in facts.contradicted if one.sort in obligation.contradicted_by],
        facts.before.get(obligation.code, ()),
    )
    code, newest = promise.code(day), promise.newest(day)
    if code == "contradicted":
        named = [one.record for one in sorted(promise.open.on(day), key=lambda one: (one.at, one.record))]
    else:
        told = [one for one in promise.shown if one.span.holds(day)]
        named = [one.record for one in told if promise.ranges[one.record][1] == newest]
    due = promise.stretches.due(newest + 1)
    return PromiseState(
        obligation=obligation,
        state=code,
        since=date.fromordinal(promise.since(day, code)),
        due=None if due is None else date.fromordinal(due),
        unshown=promise.unshown(day),
        evidence=tuple(dict.fromkeys(named[-MOST_NAMED:])),
    )
