"""Pledges as evidence: what an association asks of who signs, who signed, what was handed in for it, and who is followed up."""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from openqi.records import END, Body, Content, Day, Index, Instant, Names, Part, RecordId, Reference, Small, Text, Uri

ASSOCIATION: Final = "association"
ObligationSort = Literal[
    "law-and-standards", "quality-system", "quality-file", "key-processes", "inspection-and-metrology", "traceability",
    "warranty", "recall", "compensation", "own-standard",
]  # fmt: skip
"""What a firm promises, the ten matters that integrity pledges (质量诚信承诺) name."""
Contradiction = Literal["failed-test", "upheld-complaint", "recall", "late-answer"]
"""What shows that a promise was not kept, whatever was handed in for it."""

PromiseCode = Literal["kept", "due", "missed", "contradicted"]
ModelStatus = Literal["listed", "kept", "lost", "repaired", "stays-lost"]

Offset = Annotated[str, msgspec.Meta(pattern="^(?!-00:00)[+-](0[0-9]|1[0-4]):(00|30|45)" + END, max_length=6)]


def pledges_subject(firm: str) -> str:
    """Return the subject in whose stream lie the pledges of a firm: signed, ended, and their proofs."""
    return f"{firm}#pledges"


def signatures_subject(pledge: str) -> str:
    """Return the subject in whose stream lie all signatures under a pledge; the text of the pledge stays complete."""
    return f"{pledge}#signatures"


OF_SIGNATURE: Final = "urn:openqi:pledge:"


def obligations_subject(signed: str) -> str:
    """Return the subject in whose stream lies what became of one signature: what was handed in for it, its proofs, its end."""
    return OF_SIGNATURE + signed


def benchmark_subject(programme: str, firm: str) -> str:
    """Return the subject in whose stream lies how one firm is followed up in a programme, apart from all others."""
    return f"{programme}#firm/" + firm.encode().hex()


class Obligation(Part, frozen=True, kw_only=True):
    """One promise: what is to be shown for it, how often, until when at first, and what contradicts it.

    `shown_by` are kinds of record, any of which shows it; empty where a document is enough. `first_within` and `every` are in days
    from the signature on; without `every` it is shown once. It counts as missed when more than `grace` days went by after its day.
    """

    code: Text
    sort: ObligationSort
    text: Names
    shown_by: tuple[Text, ...] = ()
    first_within: Index = 0
    every: Index | None = None
    grace: Small = 0
    contradicted_by: tuple[Contradiction, ...] = ()

    def __post_init__(self) -> None:
        if self.every is not None and not 1 <= self.every <= 3660:
            raise ValueError("an obligation is shown again every 1 to 3660 days; leave `every` out where it is shown once")
        if self.first_within > 3660:
            raise ValueError("an obligation is first shown within 3660 days of the signature")
        if self.every is not None and self.grace >= self.every:
            raise ValueError("the days of grace are fewer than the days from one due day to the next")
        if len({*self.shown_by}) != len(self.shown_by) or len({*self.contradicted_by}) != len(self.contradicted_by):
            raise ValueError("each kind of evidence and each contradiction stands once")


class PledgePublished(Body, frozen=True):
    """A pledge that firms may sign (承诺模板): an edition is never changed, the next one is a record of its own.

    `offset` says in which time zone its days begin.
    """

    KIND: ClassVar[str] = "governance.pledge-published/1"
    ROLE: ClassVar[str | None] = ASSOCIATION

    pledge: Uri
    edition: Text
    name: Names
    obligations: tuple[Obligation, ...]
    offset: Offset
    valid_from: Instant
    valid_until: Instant | None = None
    source: Names | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        codes = [one.code for one in self.obligations]
        if not 1 <= len(codes) <= 60 or len({*codes}) != len(codes):
            raise ValueError("a pledge has 1 to 60 obligations, each code once")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a pledge ends to hold after it begins to")

    def subjects(self) -> tuple[str, ...]:
        return (self.pledge,)


class PledgeSigned(Body, frozen=True):
    """A firm signs an edition of a pledge, for its products that are named or for all, until an instant or with no end."""

    KIND: ClassVar[str] = "governance.pledge-signed/1"

    firm: Uri
    pledge: Uri
    published: RecordId
    signed_at: Instant
    products: tuple[Uri, ...] = ()
    valid_until: Instant | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (pledges_subject(self.firm), signatures_subject(self.pledge))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("pledge", self.published),)


class ObligationShown(Body, frozen=True):
    """A firm hands in what shows that it keeps a promise: records, documents, for a stretch of days."""

    KIND: ClassVar[str] = "governance.obligation-shown/1"

    firm: Uri
    signed: RecordId
    obligation: Text
    first_day: Day
    last_day: Day
    evidence: tuple[RecordId, ...] = ()
    documents: tuple[Content, ...] = ()
    remark: Names | None = None

    def __post_init__(self) -> None:
        try:
            first, last = (date.fromisoformat(one) for one in (self.first_day, self.last_day))
        except ValueError as error:
            raise ValueError(f"{self.first_day} to {self.last_day}: there is no such day") from error
        if last < first:
            raise ValueError("a stretch of days ends on its first day or later")

    def subjects(self) -> tuple[str, ...]:
        return (obligations_subject(self.signed),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("signature", self.signed), *(Reference("evidence", one) for one in self.evidence))


class PledgeProved(Body, frozen=True):
    """The written proof (书面证明) of a signature: number, firm, edition, term; revoked by withdrawing it."""

    KIND: ClassVar[str] = "governance.pledge-proved/1"

    proof: Uri
    number: Text
    firm: Uri
    pledge: Uri
    signed: RecordId
    valid_from: Instant
    valid_until: Instant | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.proof, pledges_subject(self.firm), obligations_subject(self.signed))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("signature", self.signed),)


class PledgeEnded(Body, frozen=True):
    """A firm no longer stands by a pledge, or the association strikes it off. What was open then (complaints, say) stays open.

    `open_complaints` says how many complaints about the firm that the log knows of were not closed then.
    """

    KIND: ClassVar[str] = "governance.pledge-ended/1"

    firm: Uri
    pledge: Uri
    signed: RecordId
    by: Literal["firm", "association"]
    ended_at: Instant
    reason: Names
    open_complaints: Index

    def subjects(self) -> tuple[str, ...]:
        return (pledges_subject(self.firm), signatures_subject(self.pledge), obligations_subject(self.signed))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("signature", self.signed),)


class BenchmarkProgrammePublished(Body, frozen=True):
    """A follow-up of model firms (百家标杆专项跟踪): with how many misses a status is lost, after how long it may be repaired.

    `review_every` and `repair_after` are in days.
    """

    KIND: ClassVar[str] = "governance.benchmark-programme-published/1"
    ROLE: ClassVar[str | None] = ASSOCIATION

    programme: Uri
    name: Names
    pledge: Uri
    most_missed: Small
    most_contradicted: Small
    review_every: Index
    repair_after: Index
    valid_from: Instant
    valid_until: Instant | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.review_every <= 3660 and self.repair_after <= 3660):
            raise ValueError("a firm is looked at again every 1 to 3660 days, and a status is repaired after at most 3660")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a programme ends to hold after it begins to")

    def subjects(self) -> tuple[str, ...]:
        return (self.programme,)


class ObligationState(Part, frozen=True, kw_only=True):
    """How a promise stood on a day, by what the log held then: since when, what is due next, how many stretches nothing shows."""

    obligation: Text
    state: PromiseCode
    since: Day
    due: Day | None = None
    unshown: Index = 0
    evidence: tuple[RecordId, ...] = ()


class BenchmarkReviewed(Body, frozen=True):
    """A model firm was looked at: every promise as it stood, and what becomes of the status by the rule of the programme.

    `over` says that the pledge was ended, or its term was over, by then.
    """

    KIND: ClassVar[str] = "governance.benchmark-reviewed/1"

    programme: Uri
    published: RecordId
    firm: Uri
    signed: RecordId
    at: Instant
    states: tuple[ObligationState, ...]
    missed: Index
    contradicted: Index
    status: ModelStatus
    over: bool = False
    before: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (benchmark_subject(self.programme, self.firm),)

    def references(self) -> tuple[Reference, ...]:
        earlier = () if self.before is None else (Reference("review before", self.before),)
        told = dict.fromkeys(one for state in self.states for one in state.evidence)
        return (
            Reference("programme", self.published), Reference("signature", self.signed), *earlier,
            *(Reference("evidence", one) for one in told),
        )  # fmt: skip
