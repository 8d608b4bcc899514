"""What follows a draw: who is sent, every change of it, how visits ended, what was published when, and what came after."""

from typing import ClassVar, Literal

from openqi.records import (
    Body,
    Content,
    Day,
    DecimalText,
    Index,
    Instant,
    Items,
    Names,
    Number,
    Part,
    RecordId,
    Reference,
    Text,
    Uri,
)  # fmt: skip

OutcomeCode = Literal[  # how a visit ended, the same codes that estimation reads; there is no default
    "conforming", "nonconforming", "corrected", "not-found", "refused", "not-visited", "closed", "not-operating", "deregistered"
]  # fmt: skip


def visits_subject(draw: str) -> str:
    """Return the subject in whose stream lie all results of a draw: a publication or an estimate reads it whole."""
    return f"{draw}#visits"


def visit_subject(draw: str, object_name: str) -> str:
    """Return the subject in whose stream lie the reports of the visit of one object, apart from all others."""
    return f"{draw}#visit/" + object_name.encode().hex()


def publications_subject(draw: str) -> str:
    """Return the subject in whose stream lie the publications of a draw."""
    return f"{draw}#publications"


def assignments_subject(draw: str) -> str:
    """Return the subject in whose stream lies the assignment of a draw; its changes lie apart, so that it stays complete."""
    return f"{draw}#officers"


def changes_subject(draw: str) -> str:
    """Return the subject in whose stream lies every change of who goes where in a draw, or when."""
    return f"{draw}#changes"


def change_subject(draw: str, object_name: str) -> str:
    """Return the subject in whose stream lie the changes of one visit, apart from its report."""
    return f"{draw}#change/" + object_name.encode().hex()


def officer_subject(draw: str, officer: str) -> str:
    """Return the subject in whose stream lie the changes of a draw in which an officer leaves or joins: it tells the workload."""
    return f"{draw}#officer/" + officer.encode().hex()


def follow_ups_subject(draw: str, object_name: str) -> str:
    """Return the subject in whose stream lies what came after the visit of an object; the report of the visit stays complete."""
    return f"{draw}#follow-up/" + object_name.encode().hex()


def rates_subject(draw: str) -> str:
    """Return the subject in whose stream lie the estimates from a draw."""
    return f"{draw}#rates"


class OfficersAssigned(Body, frozen=True):
    """Who goes where (检查人员匹配): out of the same seed; a row a visit with its day, officers in drawn order and substitutes.

    `moved` counts the visits whose officers a full workload made others than the ranking alone. `corrects` are assignments that
    were made and withdrawn before: days and places are said after the draw, so that a second one can be made to suit.
    """

    KIND: ClassVar[str] = "surveillance.officers-assigned/1"

    draw: Uri
    committed: RecordId
    made: RecordId
    officers: RecordId
    items: Items
    first_day: Day
    last_day: Day
    moved: Index = 0
    corrects: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (assignments_subject(self.draw),)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("draw", self.made), Reference("list of officers", self.officers), Reference("commitment", self.committed),
            *(Reference("withdrawn assignment", one) for one in self.corrects),
        )  # fmt: skip


class PassedOver(Part, frozen=True, kw_only=True):
    """A substitute whose turn it was and who does not go, with the reason."""

    officer: Text
    reason: Text


class AssignmentChanged(Body, frozen=True):
    """An officer does not go, or a visit takes place on another day; who joins is the next substitute in drawn order."""

    KIND: ClassVar[str] = "surveillance.assignment-changed/1"

    draw: Uri
    committed: RecordId
    assigned: RecordId
    object: Text
    reason: Text
    explained: Names
    left: Text | None = None
    joined: Text | None = None
    passed_over: tuple[PassedOver, ...] = ()
    day: Day | None = None

    def __post_init__(self) -> None:
        if (self.left is None) != (self.joined is None) or (self.left is None and self.day is None):
            raise ValueError("a change names who leaves and who joins, another day, or both")

    def subjects(self) -> tuple[str, ...]:
        officers = [officer_subject(self.draw, one) for one in (self.left, self.joined) if one is not None]
        return (changes_subject(self.draw), change_subject(self.draw, self.object), *officers)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("assignment", self.assigned),)


class Finding(Part, frozen=True, kw_only=True):
    """What was found about one inspected item."""

    item: Text
    outcome: Literal["conforming", "nonconforming", "corrected", "not-applicable", "not-inspected"]
    text: Names | None = None


class VisitReported(Body, frozen=True):
    """How a visit ended (检查结果). Not found, refused and closed are not conforming; whoever reports names the outcome.

    `at` is when the result was there: after the visit, or after a test; from then on its publication is due. `day` is absent where
    nobody went. `evidence` are results and verdicts that it rests on, `corrects` reports on this object that were withdrawn before.
    """

    KIND: ClassVar[str] = "surveillance.visit-reported/1"

    draw: Uri
    committed: RecordId
    made: RecordId
    object: Text
    at: Instant
    outcome: OutcomeCode
    day: Day | None = None
    officers: tuple[Text, ...] = ()
    assigned: RecordId | None = None
    findings: tuple[Finding, ...] = ()
    disposal: Names | None = None
    correct_by: Day | None = None
    remark: Names | None = None
    documents: tuple[Content, ...] = ()
    evidence: tuple[RecordId, ...] = ()
    corrects: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (visits_subject(self.draw), visit_subject(self.draw, self.object))

    def references(self) -> tuple[Reference, ...]:
        named = () if self.assigned is None else (Reference("assignment", self.assigned),)
        withdrawn = (Reference("withdrawn report", one) for one in self.corrects)
        return (Reference("draw", self.made), *named, *(Reference("evidence", one) for one in self.evidence), *withdrawn)


class OutcomeCount(Part, frozen=True, kw_only=True):
    """How many visits ended so."""

    outcome: OutcomeCode
    visits: Index


class ResultsPublished(Body, frozen=True):
    """Results of a draw are made public (结果公示): a row a result with the day until which it had to be so.

    Of `drawn` objects so many are `reported`, now and before, with these `outcomes`; `waiting` have none. Nothing is left out that
    was reported. Rows of this one are `late`, `replacing` a result that was public otherwise, `taken_back` where there is no other.
    """

    KIND: ClassVar[str] = "surveillance.results-published/1"

    draw: Uri
    committed: RecordId
    made: RecordId
    items: Items
    drawn: Index
    reported: Index
    waiting: Index
    late: Index
    outcomes: tuple[OutcomeCount, ...]
    replacing: Index = 0
    taken_back: Index = 0
    limit: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (publications_subject(self.draw),)

    def references(self) -> tuple[Reference, ...]:
        named = () if self.limit is None else (Reference("limit", self.limit),)
        return (Reference("draw", self.made), *named)


class FollowUpReported(Body, frozen=True):
    """What came after a visit (后续处置): corrected, inspected again, objected, punished, handed over, ended."""

    KIND: ClassVar[str] = "surveillance.follow-up-reported/1"

    draw: Uri
    committed: RecordId
    visit: RecordId
    object: Text
    at: Instant
    sort: Literal["corrected", "inspected-again", "objected", "punished", "handed-over", "ended"]
    text: Names
    outcome: OutcomeCode | None = None
    documents: tuple[Content, ...] = ()

    def __post_init__(self) -> None:
        if (self.sort == "inspected-again") != (self.outcome is not None):
            raise ValueError("an inspection that was made again has an outcome, and nothing else has one")

    def subjects(self) -> tuple[str, ...]:
        return (follow_ups_subject(self.draw, self.object),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("visit", self.visit),)


class RateStated(Part, frozen=True, kw_only=True):
    """A rate with its interval, rounded to a thousandth of a per cent, as a part of 1; and the float of the estimate."""

    rate: Literal["hit", "population", "adjusted", "lowest", "highest"]
    value: DecimalText
    exact_value: Number
    method: Text
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    confidence: DecimalText | None = None


class DomainRate(Part, frozen=True, kw_only=True):
    """The population rate of a part of the list."""

    domain: Text
    examined: Index
    nonconforming: Index
    population: RateStated | None = None
    not_stated: Text | None = None


class RateEstimated(Body, frozen=True):
    """What a draw says about all objects on its list: hit rate beside population rate, non-response apart.

    `waiting` were drawn and nobody reported how their visit ended: they are among the `unresolved` and in no outcome. Those
    `outside` have nothing to examine. `largest_error` is how far a chance can be off at most, as a part of itself.
    """

    KIND: ClassVar[str] = "surveillance.rate-estimated/1"

    draw: Uri
    committed: RecordId
    made: RecordId
    drawn: Index
    reported: Index
    waiting: Index
    examined: Index
    unresolved: Index
    outside: Index
    outcomes: tuple[OutcomeCount, ...]
    rates: tuple[RateStated, ...]
    chances: Literal["exact", "integrated", "bounded"]
    response_rate: DecimalText | None = None
    weighted_response_rate: DecimalText | None = None
    not_stated: tuple[Text, ...] = ()
    by: Literal["stratum", "class"] | None = None
    domains: tuple[DomainRate, ...] = ()
    largest_error: Number | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (rates_subject(self.draw),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("draw", self.made), Reference("commitment", self.committed))
