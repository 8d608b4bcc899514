"""Complaints as evidence (投诉申诉): received, accepted or not, tested, answered, closed, joined, counted.

What people wrote lies beside the log, salted and erasable. A complaint is seen by its parties only; the public sees counts.
"""

from typing import ClassVar, Literal

from openqi.records import Body, Day, DecimalText, Index, Instant, Names, Part, RecordId, Reference, Text, Uri

Channel = Literal["mark-page", "counter", "letter", "telephone", "platform", "handed-over"]
Wish = Literal["repair", "replacement", "refund", "compensation", "answer", "other"]
Outcome = Literal["settled", "upheld", "not-upheld", "no-agreement", "withdrawn", "unreachable"]
"""How a complaint ended; there is no default. `settled` is an agreement that says nothing of who was right."""


def complaints_subject(authority: str) -> str:
    """Return the subject in whose stream lie all complaints that an authority received."""
    return f"{authority}#complaints"


def complained_subject(about: str) -> str:
    """Return the subject in whose stream lies every complaint about a firm, product, lot or item, apart from its other business."""
    return f"{about}#complaints"


class ComplaintReceived(Body, frozen=True):
    """Somebody complains about something. Who they are and what they wrote are commitments, beside the log and erasable.

    `firm` is who is complained about, where it is known. `matter` and `hazard` are codes of the catalogue, by whoever took it in;
    `suggested` says whether a program proposed them. `same_as` is an earlier complaint about the same by the same person.
    """

    KIND: ClassVar[str] = "surveillance.complaint-received/1"

    complaint: Uri
    received_by: Uri
    received_at: Instant
    channel: Channel
    text: Text
    matter: Text
    person: Text | None = None
    mark: Uri | None = None
    item: Uri | None = None
    lot: Uri | None = None
    product: Uri | None = None
    firm: Uri | None = None
    hazard: Text | None = None
    harmed: bool = False
    wishes: tuple[Wish, ...] = ()
    suggested: bool = False
    same_as: RecordId | None = None
    decide_by: Day | None = None
    limit: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        about = [one for one in (self.firm, self.product, self.lot, self.item) if one is not None]
        return (self.complaint, complaints_subject(self.received_by), *(complained_subject(one) for one in about))

    def references(self) -> tuple[Reference, ...]:
        same = () if self.same_as is None else (Reference("same complaint", self.same_as),)
        return same if self.limit is None else (*same, Reference("limit", self.limit))


class ComplaintDecided(Body, frozen=True):
    """Whether a complaint is accepted: accepted, not accepted with a reason, or handed over; in time or late."""

    KIND: ClassVar[str] = "surveillance.complaint-decided/1"

    complaint: Uri
    received: RecordId
    at: Instant
    decision: Literal["accepted", "not-accepted", "handed-over"]
    reason: Names | None = None
    to: Uri | None = None
    decide_by: Day | None = None
    late: bool = False
    mediate_by: Day | None = None
    limit: RecordId | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        limit = () if self.limit is None else (Reference("limit", self.limit),)
        return (Reference("complaint", self.received), *limit)


class ComplaintTestBegun(Body, frozen=True):
    """A test begins that the complaint waits for: its days are not counted."""

    KIND: ClassVar[str] = "surveillance.complaint-test-begun/1"

    complaint: Uri
    received: RecordId
    at: Instant
    asks: Names
    laboratory: Uri | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("complaint", self.received),)


class ComplaintTestEnded(Body, frozen=True):
    """The test has ended, with the records that it gave; until when the complaint is to be mediated is counted anew."""

    KIND: ClassVar[str] = "surveillance.complaint-test-ended/1"

    complaint: Uri
    received: RecordId
    begun: RecordId
    at: Instant
    evidence: tuple[RecordId, ...] = ()
    mediate_by: Day | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("beginning of the test", self.begun), *(Reference("result", one) for one in self.evidence))


class ComplaintAnswered(Body, frozen=True):
    """The firm answers: what it offers, or why it offers nothing; its words lie beside, salted and erasable."""

    KIND: ClassVar[str] = "surveillance.complaint-answered/1"

    complaint: Uri
    received: RecordId
    firm: Uri
    at: Instant
    text: Text
    offers: tuple[Wish, ...] = ()
    evidence: tuple[RecordId, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("complaint", self.received), *(Reference("evidence", one) for one in self.evidence))


class ComplaintClosed(Body, frozen=True):
    """How a complaint ended, in time or late, and on which evidence; an upheld one reaches firm, product, lot and item."""

    KIND: ClassVar[str] = "surveillance.complaint-closed/1"

    complaint: Uri
    received: RecordId
    at: Instant
    outcome: Outcome
    firm: Uri | None = None
    product: Uri | None = None
    lot: Uri | None = None
    item: Uri | None = None
    reason: Names | None = None
    mediate_by: Day | None = None
    late: bool = False
    test_days: Index = 0
    evidence: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        about = [one for one in (self.firm, self.product, self.lot, self.item) if one is not None]
        return (self.complaint, *(complained_subject(one) for one in about))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("complaint", self.received), *(Reference("evidence", one) for one in self.evidence))


class ComplaintsJoined(Body, frozen=True):
    """Many complaints are one matter (群体投诉): each keeps its clock and its answer, and the matter is looked into once."""

    KIND: ClassVar[str] = "surveillance.complaints-joined/1"

    matter: Uri
    name: Names
    complaints: tuple[RecordId, ...]
    firm: Uri | None = None
    product: Uri | None = None

    def __post_init__(self) -> None:
        if not 2 <= len(self.complaints) <= 300 or len({*self.complaints}) != len(self.complaints):
            raise ValueError("2 to 300 complaints are joined, each once; join more in a further record")

    def subjects(self) -> tuple[str, ...]:
        return (self.matter,)

    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference("complaint", one) for one in self.complaints)


class CountStated(Part, frozen=True, kw_only=True):
    """A count, and of how many: `name` says of what, `of` what the denominator counts."""

    name: Text
    count: Index
    of: Text
    total: Index


class ComplaintsCounted(Body, frozen=True):
    """Figures of complaints for the public (投诉信息公示), each with its denominator, from the evidence and from nothing else.

    `least` is the smallest count that is shown; smaller ones stand together as `others`, so that nobody is found by them.
    """

    KIND: ClassVar[str] = "surveillance.complaints-counted/1"

    authority: Uri
    first_day: Day
    last_day: Day
    received: Index
    figures: tuple[CountStated, ...]
    least: Index
    share_in_time: DecimalText | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (f"{self.authority}#complaint-figures",)
