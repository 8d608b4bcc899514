"""The board of market surveillance: what is due and overdue, how far draws are, coverage, rates, outcomes, changes, promises kept.

Every figure is of draws whose visits end within two years, or are to come, and says of how many it is. What is due is of all draws:
nothing is forgiven by waiting.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, Literal

from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.app.reading.surveillance.coverage import Coverage, coverages
from openqi.app.reading.surveillance.draws import STATES, DrawLine, State, draw_lines
from openqi.app.reading.surveillance.limits import Due, LimitTold, due_by, limit_told
from openqi.app.reading.surveillance.visits import Corrections, corrections, waiting_of_draw
from openqi.kernel.errors import NotFoundError
from openqi.records.draw_lists import FrameFrozen, RecusalsFrozen
from openqi.records.draw_rows import RecusalRow
from openqi.records.draws import DrawCancelled, DrawCommitted, DrawMade, DrawShown
from openqi.records.governance import Withdrawn
from openqi.records.inspections import OutcomeCode, RateEstimated, RateStated, ResultsPublished, VisitReported
from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING, OUTCOMES, OUTSIDE

YEARS: Final = 2
MOST: Final = 6
"""How many draws or corrections a part of the board lists; that there are more is said."""
Group = Literal["examined", "unresolved", "outside"]
_MOVED_BY: Final = tuple(
    kind_tag(one.KIND)
    for one in (DrawCommitted, DrawCancelled, DrawMade, DrawShown, FrameFrozen, VisitReported, ResultsPublished, Withdrawn)
)


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Results of a draw that were reported and are not public: how many, how many of them past their day, when the first is due."""

    line: DrawLine
    limit: LimitTold | None
    waiting: int
    over: int
    due: Due | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many visits ended so; `group` says what that means for a rate."""

    code: OutcomeCode
    group: Group
    visits: int


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What all draws together come to; those who were drawn and have no result yet are `missing`."""

    draws: int
    drawn: int
    reported: int
    missing: int
    examined: int
    unresolved: int
    outside: int

    @property
    def response(self) -> float | None:
        """The examined as a part of those in scope; None where there are none."""
        return self.examined / self.scope if self.scope else None

    @property
    def scope(self) -> int:
        """Whom there was something to examine of, as estimates of rates have it: examined, not examined, no result yet."""
        return self.examined + self.unresolved + self.missing


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What was estimated from a draw: hit rate beside population rate, response."""

    line: DrawLine
    estimate: str
    stated: RateEstimated

    def rate(self, name: str) -> RateStated | None:
        """Return a rate by its name; None where it was not stated."""
        return next((one for one in self.stated.rates if one.rate == name), None)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Results that were made public: how many, how many in time; and how many are overdue and still not public."""

    published: int
    late: int
    overdue: int

    @property
    def in_time(self) -> int:
        """How many were made public within their limit."""
        return self.published - self.late

    @property
    def share(self) -> float | None:
        """Those in time as a part of all that were due; what is overdue and not public counts as not kept. None where none was."""
        due = self.published + self.overdue
        return self.in_time / due if due else None


@dataclass(frozen=True, kw_only=True)
class Recusals:
    """Who may not go where, by reason, out of the lists that the reader may see; `sealed` counts the others."""

    reasons: tuple[tuple[str, int], ...]
    lists: int
    sealed: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """All that the board shows.

    Args:
        today, since: the days from which and until which it speaks.
        states: how many draws are in which state.
        publications: draws with results that are not public, those that are due first in front; `unlimited` have no limit.
        unvisited: draws whose days of visits are over while results are missing.
        corrections: what is to be corrected.
        outcomes, totals, rates, promise: as said there; `rates` of the newest draws, `estimated` counts all.
        reasons, changes, passed_over: of officers; `recusals` were known before they were drawn.
        coverage: of each list.
    """

    today: date
    since: date
    states: tuple[tuple[State, int], ...]
    lines: tuple[DrawLine, ...]
    publications: tuple[Publication, ...]
    unvisited: tuple[DrawLine, ...]
    corrections: Corrections
    outcomes: tuple[Outcome, ...]
    totals: Totals
    rates: tuple[Rates, ...]
    estimated: int
    promise: Promise
    reasons: tuple[tuple[str, int], ...]
    recusals: Recusals
    changes: int
    passed_over: int
    coverage: tuple[Coverage, ...]


def board(context: Context) -> Board:
    """Return the board as the reader may see it."""
    since = _before(context.today)
    every = draw_lines(context)
    lines = tuple(one for one in every if one.visits_until >= since.isoformat())
    counted = Counter(one.state for one in lines)
    live = [one for one in lines if one.state != "cancelled"]
    publications, recent = _publications(context, every), {one.committed for one in lines}
    today = context.today.isoformat()
    outcomes = _outcomes(live)
    reasons: Counter[str] = Counter()
    for line in live:
        reasons.update(dict(line.reasons))
    rates = [line for line in live if line.estimate is not None]
    return Board(
        today=context.today, since=since, lines=lines, states=tuple((one, counted[one]) for one in STATES if counted[one]),
        publications=publications,
        unvisited=tuple(one for one in every if one.state != "cancelled" and one.missing and one.visits_until < today),
        corrections=corrections(context, MOST), outcomes=outcomes, totals=_totals(live, outcomes), estimated=len(rates),
        rates=tuple(one for line in rates[:MOST] if (one := _rates(context, line)) is not None),
        promise=Promise(
            published=sum(one.published for one in live), late=sum(one.late for one in live),
            overdue=sum(one.over for one in publications if one.line.committed in recent),
        ),
        reasons=tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))), changes=sum(one.changes for one in live),
        passed_over=sum(one.passed_over for one in live), recusals=_recusals(context, live),
        coverage=context.kept(
            "coverage", context.reader or "", lambda: coverages(context, lines), heavy=True, tags=_MOVED_BY
        ),
    )  # fmt: skip


def _before(today: date) -> date:
    """The same day two years before; of 29 February the day before."""
    try:
        return today.replace(year=today.year - YEARS)
    except ValueError:
        return today.replace(year=today.year - YEARS, day=28)


def _publications(context: Context, lines: Sequence[DrawLine]) -> tuple[Publication, ...]:
    going_on = [line for line in lines if line.visits and line.state != "cancelled"]
    found = [one for line in going_on if (one := _publication(context, line)) is not None]
    return tuple(sorted(found, key=lambda one: (one.due is None or not one.due.day, "" if one.due is None else one.due.day)))


def _publication(context: Context, line: DrawLine) -> Publication | None:
    waiting = waiting_of_draw(context, line.draw, line.committed, line.publication_place)
    if not waiting:
        return None
    if line.limit is None:
        return Publication(line=line, limit=None, waiting=len(waiting), over=0, due=None)
    limit = line.limit
    days = [due_by(context, limit, one.at) for one in waiting]
    first = min(days, key=lambda one: one.day or "9")
    over = sum(one.over for one in days)
    return Publication(line=line, limit=limit_told(context, limit), waiting=len(waiting), over=over, due=first)


GROUPS: Final[dict[str, Group]] = {
    code: "examined" if one.group in (CONFORMING, NONCONFORMING) else "outside" if one.group == OUTSIDE else "unresolved"
    for code, one in OUTCOMES.items()
}


def _outcomes(lines: Sequence[DrawLine]) -> tuple[Outcome, ...]:
    counted: Counter[str] = Counter()
    for line in lines:
        counted.update(dict(line.outcomes))
    return tuple(
        Outcome(code=code, group=group, visits=counted[code])  # type: ignore[arg-type]  # the codes are the same; a test says so
        for code, group in GROUPS.items()
    )


def _totals(lines: Sequence[DrawLine], outcomes: Sequence[Outcome]) -> Totals:
    by_group: Counter[str] = Counter()
    for one in outcomes:
        by_group[one.group] += one.visits
    return Totals(
        draws=len(lines), drawn=sum(one.drawn for one in lines), reported=sum(one.reported for one in lines),
        missing=sum(one.missing for one in lines),
        examined=by_group["examined"], unresolved=by_group["unresolved"], outside=by_group["outside"],
    )  # fmt: skip


def _recusals(context: Context, lines: Sequence[DrawLine]) -> Recusals:
    names = dict.fromkeys(line.recusals for line in lines if line.recusals is not None)
    counted: Counter[str] = Counter()
    sealed = 0
    for name in names:
        found = context.kept("recusals", name, partial(_of_list, context, name))
        sealed += found is None
        counted.update(found or {})
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return Recusals(reasons=tuple(ordered), lists=len(names) - sealed, sealed=sealed)


def _of_list(context: Context, name: str) -> Counter[str] | None:
    stated = context.body(name, RecusalsFrozen)
    try:
        return None if stated is None else Counter(row.reason for row in context.rows(stated.recusals, RecusalRow))
    except NotFoundError:
        return None


def _rates(context: Context, line: DrawLine) -> Rates | None:
    estimate = line.estimate or ""
    stated = context.kept("rates", estimate, lambda: context.body(estimate, RateEstimated))
    return None if stated is None else Rates(line=line, estimate=estimate, stated=stated)
