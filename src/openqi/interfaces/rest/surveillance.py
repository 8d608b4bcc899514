"""What programs are told of the board of market surveillance: the numbers of the page, each with what it is of."""

from collections.abc import Callable
from typing import Any, Literal

from openqi.app.reading.reader import Reader
from openqi.app.reading.surveillance.board import Board, Rates, board
from openqi.app.reading.surveillance.coverage import Coverage, Covered
from openqi.app.reading.surveillance.draws import DrawLine, State
from openqi.interfaces.rest.models import Model


class MarketDraw(Model):
    """A draw: who carries it out, how far it is, how many were drawn, have a result that can be seen, have a public one."""

    draw: str
    zh: str
    en: str
    organiser: str
    committed: str
    state: State
    visits_from: str
    visits_until: str
    drawn: int
    reported: int
    published: int
    late: int
    illustrative: bool


class NotPublic(Model):
    """Results that were reported and are not public: `over` of them are past their day; `due` is empty where no day is known."""

    draw: str
    waiting: int
    over: int
    due: str


class NoResult(Model):
    """A draw whose visits are over, and of how many objects no result is seen."""

    draw: str
    visits_until: str
    missing: int


class OutcomeCounted(Model):
    """How many visits ended so, and what that counts as."""

    outcome: str
    group: Literal["examined", "unresolved", "outside"]
    visits: int


class RateTold(Model):
    """A rate as a part of 1, in decimal text, with its interval where it has one."""

    rate: str
    value: str
    lower: str | None
    upper: str | None


class DrawRates(Model):
    """What a draw says, out of its record of an estimate."""

    draw: str
    estimate: str
    drawn: int
    examined: int
    rates: list[RateTold]


class PartCovered(Model):
    """A list, a stratum or a class: its objects, those who were drawn, those who were visited."""

    label: str
    objects: int
    drawn: int
    visited: int


class ListCovered(Model):
    """How far the newest edition of a list is covered."""

    uri: str
    zh: str
    en: str
    as_of: str
    whole: PartCovered
    strata: list[PartCovered]
    classes: list[PartCovered]


class BoardModel(Model):
    """The board, as the public may see it: figures are of draws whose visits end on or after `since`; what is due is of all."""

    today: str
    since: str
    draws: list[MarketDraw]
    not_public: list[NotPublic]
    without_result: list[NoResult]
    corrections_open: int
    corrections_over: int
    outcomes: list[OutcomeCounted]
    in_scope: int
    examined: int
    published: int
    published_late: int
    overdue: int
    changes_of_officers: int
    rates: list[DrawRates]
    estimated: int
    coverage: list[ListCovered]


class SurveillanceAnswers:
    """What the route of the board answers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def surveillance(self) -> BoardModel:
        """Return the board of market surveillance."""
        return _board(board(self._reader.context()))

    def routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        """Return each route with what it is about and what answers it."""
        return (("/api/surveillance", "draws", self.surveillance),)


def _board(page: Board) -> BoardModel:
    return BoardModel(
        today=page.today.isoformat(), since=page.since.isoformat(), draws=list(map(_draw, page.lines)),
        not_public=[
            NotPublic(draw=one.line.draw, waiting=one.waiting, over=one.over, due="" if one.due is None else one.due.day)
            for one in page.publications
        ],
        without_result=[NoResult(draw=one.draw, visits_until=one.visits_until, missing=one.missing) for one in page.unvisited],
        corrections_open=page.corrections.open, corrections_over=page.corrections.over,
        outcomes=[OutcomeCounted(outcome=one.code, group=one.group, visits=one.visits) for one in page.outcomes],
        in_scope=page.totals.scope, examined=page.totals.examined, published=page.promise.published,
        published_late=page.promise.late, overdue=page.promise.overdue, changes_of_officers=page.changes,
        rates=list(map(_rates, page.rates)), estimated=page.estimated, coverage=list(map(_coverage, page.coverage)),
    )  # fmt: skip


def _draw(one: DrawLine) -> MarketDraw:
    return MarketDraw(
        draw=one.draw, zh=one.name.zh, en=one.name.en, organiser=one.organiser.uri, committed=one.committed, state=one.state,
        visits_from=one.visits_from, visits_until=one.visits_until, drawn=one.drawn, reported=one.reported,
        published=one.published, late=one.late, illustrative=one.illustrative,
    )  # fmt: skip


def _rates(one: Rates) -> DrawRates:
    rates = [RateTold(rate=rate.rate, value=rate.value, lower=rate.lower, upper=rate.upper) for rate in one.stated.rates]
    return DrawRates(draw=one.line.draw, estimate=one.estimate, drawn=one.stated.drawn, examined=one.stated.examined, rates=rates)


def _coverage(one: Coverage) -> ListCovered:
    return ListCovered(
        uri=one.uri, zh=one.name.zh, en=one.name.en, as_of=one.as_of, whole=_part(one.whole),
        strata=list(map(_part, one.strata)), classes=list(map(_part, one.classes)),
    )  # fmt: skip


def _part(one: Covered) -> PartCovered:
    return PartCovered(label=one.label, objects=one.objects, drawn=one.drawn, visited=one.visited)
