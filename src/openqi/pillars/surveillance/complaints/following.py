"""After the end of a complaint: the notice of it, a clue that is looked into, and an upheld one made public."""

from typing import ClassVar, Literal

from openqi.evidence.record import Record, Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.complaints.clocks import Due, due_by, limit_named
from openqi.pillars.surveillance.complaints.standing import check_audience, the_complaint
from openqi.pillars.surveillance.standing import own_records, standing
from openqi.records import Command, Names, RecordId, statement
from openqi.records.complaints import ComplaintClosed, ComplaintFollowed, ComplaintUpheld
from openqi.records.draws import AUTHORITY


class FollowComplaint(Command, frozen=True):
    """Say that the notice of an end was given or a clue looked into, or give a clue longer before its time is over."""

    NAME: ClassVar[str] = "surveillance.follow-complaint/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True
    SHARES: ClassVar[tuple[str, ...]] = ("closed",)

    closed: RecordId
    sort: Literal["notice-given", "clue-checked", "clue-extended"]
    limit: RecordId | None = None
    reason: Names | None = None


class PublishUpheld(Command, frozen=True):
    """Make an upheld complaint public: about whom and what. The item is named only where that is asked for.

    `reason` is for all to read. The complaint itself stays sealed; number and day are not told.
    """

    NAME: ClassVar[str] = "surveillance.publish-upheld/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    SEALED: ClassVar[tuple[str, ...]] = ("closed",)

    closed: RecordId
    reason: Names | None = None
    with_item: bool = False


def follow_complaint(view: View, command: FollowComplaint, issuer: str) -> tuple[Statement, ...]:
    """Return what came after the end of a complaint, in time or late.

    Raises:
        NotFoundError: the end or the limit is not in the log.
        RefusedError: it is another authority's, was said before, nothing is due, a longer time comes too late or without a reason,
            or the limit or its calendar does not hold.
    """
    record, closed = _closed(view, command.closed, issuer)
    found = the_complaint(view, closed.received)
    check_audience(found, command.visible_to, issuer)
    steps = [one for _, one, stands in found.steps(ComplaintFollowed) if stands and one.closed == record.id]
    if any(one.sort == command.sort for one in steps):
        raise RefusedError("followed-once", f"{command.sort} was said before of complaint {found.record.id}")
    if command.sort == "clue-extended":
        named, due = _extended(view, command, record, closed)
        limit: str | None = named
    else:
        given = closed.notice_limit if command.sort == "notice-given" else closed.clue_limit
        longer = [one.limit for one in steps if one.sort == "clue-extended" and command.sort == "clue-checked"]
        if command.limit is not None:
            raise RefusedError("limit-keeps", "the limit was named when the complaint was closed; name none now")
        limit = longer[-1] if longer else given
        due = due_by(view, limit, record.valid_from, command.now)
    followed = ComplaintFollowed(
        complaint=closed.complaint, received=closed.received, closed=record.id, at=command.now, sort=command.sort, by=due.day,
        late=due.late, limit=limit, reason=command.reason,
    )  # fmt: skip
    return (statement(followed),)


def _extended(view: View, command: FollowComplaint, record: Record, closed: ComplaintClosed) -> tuple[str, Due]:
    if closed.clue_limit is None or command.limit is None or command.reason is None:
        raise RefusedError("clue-longer", "a clue whose limit was named is given longer by another limit, with a reason")
    before = due_by(view, closed.clue_limit, record.valid_from, command.now)
    if before.late:
        raise RefusedError(
            "late-is-late", f"the clue was to be looked into by {before.day}; a time that is over is not given longer"
        )
    limit_named(view, command.limit, starts=ComplaintClosed.KIND, at=record.valid_from)
    due = due_by(view, command.limit, record.valid_from, command.now)
    if due.day is not None and before.day is not None and due.day <= before.day:
        raise RefusedError("clue-longer", f"limit {command.limit} ends on {due.day}, no later than {before.day}")
    return command.limit, due


def publish_upheld(view: View, command: PublishUpheld, issuer: str) -> tuple[Statement, ...]:
    """Return the public part of an upheld complaint.

    Raises:
        NotFoundError: the end is not in the log.
        RefusedError: it is another authority's, was not upheld, was published before, or is to be sealed.
    """
    if command.visible_to is not None:
        raise RefusedError("public-to-all", "what is published is for all: name no audience")
    record, closed = _closed(view, command.closed, issuer)
    if closed.outcome != "upheld":
        raise RefusedError("upheld-only", f"complaint {closed.received} ended {closed.outcome}; only what was upheld is published")
    for other, _, stands in own_records(view, record_subject(record.id), ComplaintUpheld, (issuer,)):
        if stands:
            raise RefusedError("published-once", f"it was published before, by record {other.id}")
    upheld = ComplaintUpheld(
        authority=issuer, closed=record.id, matter=closed.matter, firm=closed.firm, product=closed.product, lot=closed.lot,
        item=closed.item if command.with_item else None, hazard=closed.hazard, harmed=closed.harmed,
        reason=command.reason, evidence=tuple(one for one in closed.evidence if view.record(one).public),
        illustrative=closed.illustrative,
    )  # fmt: skip
    return (statement(upheld),)


def _closed(view: View, name: str, issuer: str) -> tuple[Record, ComplaintClosed]:
    """The end of a complaint of the authority that asks. Nothing else of the complaint is read: a public basis would name it."""
    record, closed = standing(view, name, ComplaintClosed)
    if record.issuer != issuer:
        raise RefusedError("own-complaint", f"complaint {closed.received} was closed by {record.issuer}, not by {issuer}")
    return record, closed
