"""What every decision about licensed marks asks first: does a licence stand and hold, and does what it rests on?"""

from datetime import timedelta
from typing import TypeVar

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.conformity.standing import standing
from openqi.records import Body, body
from openqi.records.governance import withdrawal
from openqi.records.licences import MarkLicensed
from openqi.records.pledges import PledgeEnded, PledgePublished, PledgeSigned, pledges_subject

B = TypeVar("B", bound=Body)


def at_home(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log that stands, and its body.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it was withdrawn, is of another log, or is no decision where it has to be one.
    """
    found = body(view.record(record_id), kind)
    record = standing(view, record_id)
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    return record, found


def pledge_signed(view: View, record_id: str, *, firm: str, now: str) -> PledgeSigned:
    """Return a signature under a pledge after checking that the firm still stands by it.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: it is of another firm, was withdrawn, is over, or somebody ended it.
    """
    record, signed = at_home(view, record_id, PledgeSigned)
    if signed.firm != firm:
        raise RefusedError("pledge-of-holder", f"pledge {record.id} was signed by {signed.firm}, not by {firm}")
    stream = [one for one in view.stream(pledges_subject(firm)) if view.home(one.id) == view.origin]
    for one in stream:
        if one.kind == PledgeEnded.KIND and one.basis is not None and withdrawal(one, stream, view.home) is None:
            ended = body(one, PledgeEnded)
            if ended.signed == record.id:
                raise RefusedError("pledge-stands", f"{firm} no longer stands by the pledge: record {one.id} ended it")
    if signed.valid_until is not None and now >= signed.valid_until:
        raise RefusedError("pledge-stands", f"{firm} stood by the pledge until {signed.valid_until}; let it sign again")
    return signed


def check_publisher(view: View, signed: PledgeSigned) -> None:
    """Raise RefusedError unless the edition that was signed is by whoever first published a pledge under its URI.

    Under the same URI anybody with the role could publish one that promises nothing, and have it signed.
    """
    editions = [one for one in view.stream(signed.pledge) if one.kind == PledgePublished.KIND and view.home(one.id) == view.origin]
    by = view.record(signed.published).issuer
    first = next((one.issuer for one in editions), by)
    if by != first:
        raise RefusedError("pledge-of-rule", f"the edition that was signed is by {by}; the pledge {signed.pledge} is {first}'s")


def licence_in_force(view: View, record_id: str, *, now: str) -> tuple[Record, MarkLicensed]:
    """Return a licence after checking that it stands, holds now, and that its pledge does.

    Raises:
        NotFoundError: it is not in the log.
        RefusedError: it was withdrawn, does not hold yet or no more, its rule was withdrawn, or its holder's pledge ended.
    """
    record, licence = at_home(view, record_id, MarkLicensed)
    if not licence.valid_from <= now < licence.valid_until:
        why = f"licence {licence.number} holds from {licence.valid_from} until {licence.valid_until}, and it is {now}"
        raise RefusedError("licence-in-force", f"{why}: no mark is issued under it")
    standing(view, licence.published)
    if licence.signed is not None:
        pledge_signed(view, licence.signed, firm=licence.holder, now=now)
    return record, licence


def last_day(valid_until: str) -> str:
    """Return the last day, in UTC, of which some time lies before an instant: midnight ends the day before."""
    return format_instant(parse_instant(valid_until) - timedelta(seconds=1))[:10]
