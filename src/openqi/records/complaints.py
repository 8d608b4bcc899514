"""Complaints as evidence (投诉申诉): received, accepted or not, tested, answered, closed, followed up, upheld in public.

What people wrote lies beside the log, salted and erasable. A complaint is seen by its parties only; the public sees counts, and
of an upheld one what the authority publishes of it.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from openqi.evidence.record import record_subject
from openqi.records import END, Body, Content, Day, Index, Instant, Names, RecordId, Reference, Uri

Commitment = Annotated[
    str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}" + END, description="salted commitment to words beside the log")
]
"""What stands for words of a person: nobody's text fits in, so that none comes into the log by mistake."""
Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]*" + END, max_length=60)]
"""A word of the catalogue of matters or hazards: it is published with an upheld complaint, and nobody's words fit in."""
Channel = Literal["mark-page", "counter", "letter", "telephone", "platform", "handed-over"]
Wish = Literal["repair", "replacement", "refund", "compensation", "answer", "other"]
Outcome = Literal["settled", "upheld", "not-upheld", "no-agreement", "withdrawn", "unreachable"]
"""How a complaint ended; there is no default. `settled` is an agreement that says nothing of who was right."""


def complaints_subject(authority: str) -> str:
    """Return the subject in whose stream lie all complaints that an authority received."""
    return f"{authority}#complaints-received"


def complained_subject(about: str) -> str:
    """Return the subject in whose stream lies every complaint about a firm, product, lot or item, apart from its other business."""
    return f"{about}#complaints"


def _about(*named: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(complained_subject(one) for one in named if one is not None))


class ComplaintReceived(Body, frozen=True):
    """Somebody complains about something. Who they are and what they wrote are commitments, beside the log and erasable.

    `firm` is who is complained about, where it is known. `matter` and `hazard` are codes of the catalogue, by whoever took it in;
    `suggested` says whether a program proposed them. `same_as` is an earlier complaint about the same by the same person. `case` is
    the report on a mark's page that it came by. It is to be decided by the end of `decide_by`; that day is left out where no limit
    was named, or the calendar was not published so far.
    """

    KIND: ClassVar[str] = "surveillance.complaint-received/1"

    complaint: Uri
    received_by: Uri
    received_at: Instant
    channel: Channel
    text: Commitment
    matter: Code
    person: Commitment | None = None
    case: RecordId | None = None
    mark: Uri | None = None
    item: Uri | None = None
    lot: Uri | None = None
    product: Uri | None = None
    firm: Uri | None = None
    hazard: Code | None = None
    harmed: bool = False
    wishes: tuple[Wish, ...] = ()
    suggested: bool = False
    same_as: RecordId | None = None
    decide_by: Day | None = None
    limit: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint, complaints_subject(self.received_by), *_about(self.firm, self.product, self.lot, self.item))

    def references(self) -> tuple[Reference, ...]:
        named = (("same complaint", self.same_as), ("case", self.case), ("limit", self.limit))
        return tuple(Reference(role, one) for role, one in named if one is not None)


class ComplaintDecided(Body, frozen=True):
    """Whether a complaint is accepted: accepted, not accepted with a reason, or handed over; in time or late.

    `firm` is who is complained about, also where it was found out since: so the decision lies beside the complaint in the stream of
    what is said of that firm. `limit` is that of mediation, which ends with `mediate_by`.
    """

    KIND: ClassVar[str] = "surveillance.complaint-decided/1"

    complaint: Uri
    received: RecordId
    received_by: Uri
    at: Instant
    decision: Literal["accepted", "not-accepted", "handed-over"]
    reason: Names | None = None
    to: Uri | None = None
    firm: Uri | None = None
    decide_by: Day | None = None
    late: bool = False
    mediate_by: Day | None = None
    limit: RecordId | None = None

    def subjects(self) -> tuple[str, ...]:
        found = () if self.firm is None else (complained_subject(self.firm),)
        return (self.complaint, complaints_subject(self.received_by), *found)

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
    """The test has ended, with the records or documents that it gave; until when is to be mediated is counted anew.

    A test that gave neither has stopped no clock (`counted` is false), else anybody could win time by tests that are none.
    """

    KIND: ClassVar[str] = "surveillance.complaint-test-ended/1"

    complaint: Uri
    received: RecordId
    begun: RecordId
    at: Instant
    evidence: tuple[RecordId, ...] = ()
    documents: tuple[Content, ...] = ()
    counted: bool = False
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
    text: Commitment
    offers: tuple[Wish, ...] = ()
    evidence: tuple[RecordId, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("complaint", self.received), *(Reference("evidence", one) for one in self.evidence))


class ComplaintClosed(Body, frozen=True):
    """How a complaint ended, in time or late, and on which evidence; an upheld one reaches firm, product, lot and item.

    Where it ended without an agreement the notice of it is due by `notify_by`; a clue that was found on the way is to be looked
    into by `clue_by`. `test_days` were not counted.
    """

    KIND: ClassVar[str] = "surveillance.complaint-closed/1"

    complaint: Uri
    received: RecordId
    received_by: Uri
    at: Instant
    outcome: Outcome
    matter: Code
    firm: Uri | None = None
    product: Uri | None = None
    lot: Uri | None = None
    item: Uri | None = None
    hazard: Code | None = None
    harmed: bool = False
    reason: Names | None = None
    mediate_by: Day | None = None
    late: bool = False
    test_days: Index = 0
    notify_by: Day | None = None
    notice_limit: RecordId | None = None
    clue_by: Day | None = None
    clue_limit: RecordId | None = None
    evidence: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint, complaints_subject(self.received_by), *_about(self.firm, self.product, self.lot, self.item))

    def references(self) -> tuple[Reference, ...]:
        named = (("limit of the notice", self.notice_limit), ("limit of the clue", self.clue_limit))
        limits = (Reference(role, one) for role, one in named if one is not None)
        return (Reference("complaint", self.received), *(Reference("evidence", one) for one in self.evidence), *limits)


class ComplaintFollowed(Body, frozen=True):
    """What came after the end: the notice of it, a clue looked into, or given longer; due by `by` and perhaps late."""

    KIND: ClassVar[str] = "surveillance.complaint-followed/1"

    complaint: Uri
    received: RecordId
    closed: RecordId
    at: Instant
    sort: Literal["notice-given", "clue-checked", "clue-extended"]
    by: Day | None = None
    late: bool = False
    limit: RecordId | None = None
    reason: Names | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.complaint,)

    def references(self) -> tuple[Reference, ...]:
        limit = () if self.limit is None else (Reference("limit", self.limit),)
        return (Reference("end of the complaint", self.closed), *limit)


class ComplaintUpheld(Body, frozen=True):
    """An upheld complaint is made public (投诉公示): about whom and what, never by whom and never in whose words.

    `closed` is the sealed record of its end, which nobody can guess; number and day of the complaint are not told. It lies with
    firm, product, lot and item, where pledges, batches and signals find it.
    """

    KIND: ClassVar[str] = "surveillance.complaint-upheld/1"

    authority: Uri
    closed: RecordId
    matter: Code
    firm: Uri | None = None
    product: Uri | None = None
    lot: Uri | None = None
    item: Uri | None = None
    hazard: Code | None = None
    harmed: bool = False
    reason: Names | None = None
    evidence: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not any((self.firm, self.product, self.lot, self.item)):
            raise ValueError("an upheld complaint is about a firm, a product, a lot or an item")

    def subjects(self) -> tuple[str, ...]:
        return (*_about(self.firm, self.product, self.lot, self.item), record_subject(self.closed))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("end of the complaint", self.closed), *(Reference("evidence", one) for one in self.evidence))
