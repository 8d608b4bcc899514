"""What every decision of market surveillance asks first: does a record still stand, what content does it name, who may act."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, TypeVar

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError, VerificationError
from openqi.records import Body, Content, body
from openqi.records.draws import DrawCommitted, DrawMade, made_subject
from openqi.records.governance import withdrawal, withdrawals

B = TypeVar("B", bound=Body)
DAY: Final = len("2026-11-30")


def standing_record(view: View, record_id: str) -> Record:
    """Return a record of this log after checking that its issuer has not withdrawn it.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: it was withdrawn, or is of another log.
    """
    record = view.record(record_id)
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    other = withdrawal(record, view.stream(record_subject(record_id)), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record


def standing(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log that stands, and its body.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it was withdrawn, is of another log, or is no decision where it has to be one.
    """
    found = body(view.record(record_id), kind)
    record = standing_record(view, record_id)
    if kind.ROLE is None and record.basis is None:
        raise RefusedError("decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command")
    return record, found


def public_step(visible_to: tuple[str, ...] | None) -> None:
    """Raise RefusedError where a step that all must see is to be sealed."""
    if visible_to is not None:
        raise RefusedError("step-for-all", "this step of a draw is for all to see: name no audience")


def public_basis(record: Record) -> Record:
    """Return a record after checking that all can see it: what is said in public rests on nothing that is sealed.

    Raises:
        RefusedError: it is sealed.
    """
    if not record.public:
        raise RefusedError("basis-for-all", f"record {record.id} is sealed: nobody could check a draw that rests on it")
    return record


def pinned(view: View, record_id: str, kind: type[B]) -> B:
    """Return the body of a decision of this log whether it was withdrawn since or not.

    A commitment has pinned it: else whoever made it, somebody else perhaps, could stop a draw whose outcome they know by then.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it is of another log, or no decision.
    """
    record = view.record(record_id)
    found = body(record, kind)
    if view.home(record.id) != view.origin or record.basis is None:
        raise RefusedError("record-home", f"record {record.id} was not decided in this log")
    return found


def drawable(view: View, record_id: str) -> tuple[Record, DrawCommitted]:
    """Return a commitment by which may be drawn: it stands, or was drawn by before it was withdrawn.

    Withdrawing is no second way to cancel: who was drawn is visited, and reported by any party.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it is of another log, or was withdrawn before anybody was drawn.
    """
    committed = pinned(view, record_id, DrawCommitted)
    try:
        return standing_record(view, record_id), committed
    except RefusedError:
        if not own_records(view, made_subject(committed.draw, record_id), DrawMade, acting_parties(committed)):
            raise
    return view.record(record_id), committed


def own_records(view: View, subject: str, kind: type[B], parties: Iterable[str]) -> list[tuple[Record, B, bool]]:
    """Return the decisions of some parties in a stream, in log order, each with its body and whether it still stands.

    Records of anybody else, and of other logs, are passed over: under one URI strangers may say what they like.
    """
    allowed = {*parties}
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    gone = withdrawals(stream)
    return [
        (record, body(record, kind), withdrawal(record, gone.get(record.id, ()), view.home) is None)
        for record in stream
        if record.kind == kind.KIND and record.basis is not None and record.issuer in allowed
    ]


def acting(committed: DrawCommitted, party: str) -> None:
    """Raise RefusedError unless a party may act in a draw: its organiser, or a party that the commitment names."""
    if party not in acting_parties(committed):
        named = ", ".join(acting_parties(committed))
        raise RefusedError("own-draw", f"draw {committed.draw} is for {named}; {party} does not act in it")


def acting_parties(committed: DrawCommitted) -> tuple[str, ...]:
    """Return who may act in a draw."""
    return (committed.organiser, *committed.parties)


def content_of(view: View, named: Content, *, media_type: str, what: str) -> bytes:
    """Return the bytes that a content names.

    Raises:
        NotFoundError: they are not at hand.
        RefusedError: they are of another type.
        VerificationError: they are others: the file was edited.
    """
    if named.media_type != media_type:
        raise RefusedError("media-type", f"{what} is {named.media_type}; it is wanted as {media_type}")
    data = view.blob(named.sha256)
    if len(data) != named.size or sha256(data).hexdigest() != named.sha256:
        raise VerificationError("content", f"{what} is not the file that the record names: it was edited, or is cut")
    return data
