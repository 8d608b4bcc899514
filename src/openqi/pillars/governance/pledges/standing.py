"""What every decision about a pledge asks first: which signature is it, under which edition, and what of it still stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.records import Body, body
from openqi.records.conformity import ProductRegistered, registration_subject
from openqi.records.governance import first_standing, withdrawal, withdrawals
from openqi.records.pledges import PledgeEnded, PledgePublished, PledgeSigned, obligations_subject, pledges_subject
from openqi.science.calendars.texts import offset_of

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A signature under an edition of a pledge, both as they were sealed.

    Args:
        record, signed: the signature.
        edition, published: the edition that was signed.
        withdrawn: the withdrawal of the signature by the firm, where there is one.
        ended: its end that stands, where there is one.
    """

    record: Record
    signed: PledgeSigned
    edition: Record
    published: PledgePublished
    withdrawn: Record | None = None
    ended: Record | None = None

    @property
    def ended_at(self) -> str | None:
        """From which instant on nothing more falls due: an end, a withdrawal or the end of the term, whichever came first."""
        ends = (
            self.signed.valid_until,
            self.withdrawn.valid_from if self.withdrawn else None,
            str(self.ended.body["endedAt"]) if self.ended else None,
        )
        return min((one for one in ends if one is not None), default=None)

    def day(self, instant: str) -> date:
        """Return the day of an instant where the pledge says that days begin."""
        return local_day(instant, self.published.offset)


def local_day(instant: str, offset: str) -> date:
    """Return the day of an instant in a time zone.

    Args:
        instant: as evidence writes it.
        offset: how far local time is ahead of UTC, `+08:00`.
    """
    return (parse_instant(instant) + offset_of(offset)).date()


def home_record(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log and its body, whether it was withdrawn since or not.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it is at home in another log, or is no decision where it has to be one.
    """
    record = view.record(record_id)
    found = body(record, kind)
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    if kind.ROLE is None and record.basis is None:
        raise RefusedError("decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command")
    return record, found


def withdrawal_of(view: View, record: Record) -> Record | None:
    """Return the withdrawal of a record, looked up where only what is said about that record lies."""
    return withdrawal(record, view.stream(record_subject(record.id)), view.home)


def standing_record(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log that its issuer has not withdrawn, and its body.

    Raises:
        NotFoundError, FormatError: as `home_record` says.
        RefusedError: it was withdrawn, or as `home_record` says.
    """
    record, found = home_record(view, record_id, kind)
    gone = withdrawal_of(view, record)
    if gone is not None:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {gone.id}; name one that stands")
    return record, found


def decided(view: View, subject: str, kind: type[B]) -> Iterator[tuple[Record, B, Record | None]]:
    """Yield the decisions of a kind in a stream that are at home here, each with its withdrawal, in log order.

    What somebody only states, or states elsewhere, is passed over: it decides nothing.
    """
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    gone = withdrawals(stream)
    for record in stream:
        if record.kind == kind.KIND and (record.basis is not None or kind.ROLE is not None):
            yield record, body(record, kind), withdrawal(record, gone.get(record.id, ()), view.home)


def the_signature(view: View, record_id: str) -> Signature:
    """Return a signature with the edition that was signed, its withdrawal and its end.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: the record is none.
        RefusedError: it was not decided in this log.
    """
    record, signed = home_record(view, record_id, PledgeSigned)
    edition, published = home_record(view, signed.published, PledgePublished)
    ended = next(
        (
            one
            for one, said, gone in decided(view, obligations_subject(record.id), PledgeEnded)
            if gone is None and said.signed == record.id and one.issuer in (record.issuer, edition.issuer)
        ),
        None,
    )
    return Signature(
        record=record, signed=signed, edition=edition, published=published, withdrawn=withdrawal_of(view, record), ended=ended
    )


def earlier_signatures(view: View, signature: Signature) -> tuple[Signature, ...]:
    """Return the signatures of the same firm under the same pledge of the same association that came before one, ended or not."""
    mine, firm = signature.signed, signature.record.issuer
    found = []
    for record, said, _ in decided(view, pledges_subject(firm), PledgeSigned):
        if record.id == signature.record.id:
            break
        if record.issuer == firm and said.pledge == mine.pledge:
            other = the_signature(view, record.id)
            if other.edition.issuer == signature.edition.issuer:
                found.append(other)
    return tuple(found)


def open_signature(view: View, record_id: str) -> Signature:
    """Return a signature that holds at the view's instant.

    Raises:
        NotFoundError, FormatError: as `the_signature` says.
        RefusedError: it was ended or withdrawn, or its term is over.
    """
    found = the_signature(view, record_id)
    end = found.ended_at
    if end is not None and end <= view.valid_at:
        raise RefusedError("signature-holds", f"signature {record_id} ended at {end}; sign again first")
    return found


def maker_of(view: View, product: str) -> str | None:
    """Return who makes a product: who registered it first, of the registrations that stand; None where nobody did."""
    record = first_standing(view.stream(registration_subject(product)), ProductRegistered, view.home, view.origin)
    return None if record is None else record.issuer
