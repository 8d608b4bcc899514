"""Reads off a view what bears on a signature: what was handed in for it and still stands, and what contradicts it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.pledges.contradicting import contradictions
from openqi.pillars.governance.pledges.facts import Contradicted, Promised, Shown, Span
from openqi.pillars.governance.pledges.standing import (
    Signature,
    decided,
    earlier_signatures,
    local_day,
    the_signature,
    withdrawal_of,
)
from openqi.pillars.governance.pledges.stretches import days_left, stretches_of
from openqi.records.pledges import ObligationShown, obligations_subject
from openqi.records.tasks import day_of


def promised(view: View, signed: str) -> Promised:
    """Return all that the states of the promises of a signature depend on, apart from the day that is asked.

    Raises:
        NotFoundError: there is no such record.
        FormatError, RefusedError: it is no signature of this log.
    """
    signature = the_signature(view, signed)
    obligations, offset = signature.published.obligations, signature.published.offset
    ended = _last_day(signature.ended_at, offset)
    term = _last_day(signature.signed.valid_until, offset)
    earlier = earlier_signatures(view, signature)
    return Promised(
        obligations=obligations,
        offset=offset,
        signed=signature.day(signature.signed.signed_at).toordinal(),
        term=term,
        ended=ended,
        shown=_by_code(_shown(view, signature)),
        contradicted=tuple(_contradicted(view, signature, earlier)),
        within=_within(view, signature, earlier),
        before=_by_code(one for other in earlier for one in _shown(view, other, signature)),
    )


def _within(view: View, signature: Signature, earlier: Sequence[Signature]) -> dict[str, int]:
    """Days that are left of earlier signatures: whoever signs anew the day before something is due has one day, not all again."""
    left: dict[str, int] = {}
    for one, following in pairwise((*earlier, signature)):
        signed, begun = (signature.day(other.signed.signed_at).toordinal() for other in (one, following))
        ended = _last_day(one.ended_at, signature.published.offset)
        until = begun if ended is None else min(begun, ended)
        term = _last_day(one.signed.valid_until, signature.published.offset)
        shown, found = _by_code(_shown(view, one, signature)), dict[str, int]()
        for promise in one.published.obligations:
            stretches = stretches_of(promise, signed=signed, term=term, ended=None, within=left.get(promise.code))
            told = ((each.first, each.last) for each in shown.get(promise.code, ()) if each.span.until is None)
            days = days_left(stretches, told, until)
            if days is not None:
                found[promise.code] = days
        left = found
    return left


def _by_code(found: Iterable[tuple[str, Shown]]) -> dict[str, tuple[Shown, ...]]:
    told: dict[str, list[Shown]] = {}
    for code, one in found:
        told.setdefault(code, []).append(one)
    return {code: tuple(ones) for code, ones in told.items()}


def _last_day(end: str | None, offset: str) -> int | None:
    """The day to which the second before an end belongs."""
    if end is None:
        return None
    return local_day(format_instant(parse_instant(end) - timedelta(seconds=1)), offset).toordinal()


def _shown(view: View, signature: Signature, days_of: Signature | None = None) -> Iterator[tuple[str, Shown]]:
    """What was handed in for a signature, in days as it counts them, or as another one does."""
    counting = days_of or signature
    for record, said, gone in decided(view, obligations_subject(signature.record.id), ObligationShown):
        if record.issuer != signature.record.issuer or said.signed != signature.record.id:
            continue
        ends = [gone, *(_withdrawn(view, name) for name in said.evidence)]
        days = [counting.day(one.valid_from).toordinal() for one in ends if one is not None]
        yield (
            said.obligation,
            Shown(
                record=record.id,
                at=record.valid_from,
                span=Span(since=counting.day(record.valid_from).toordinal(), until=min(days, default=None)),
                first=day_of(said.first_day).toordinal(),
                last=day_of(said.last_day).toordinal(),
            ),
        )


def _withdrawn(view: View, name: str) -> Record | None:
    try:
        return withdrawal_of(view, view.record(name))
    except NotFoundError:  # it could be read when it was handed in
        return None


def _contradicted(view: View, signature: Signature, earlier: Sequence[Signature]) -> Iterator[Contradicted]:
    """What contradicts since the signature and before its end, or while an earlier one held: to sign anew repairs nothing."""
    wanted = frozenset(sort for one in signature.published.obligations for sort in one.contradicted_by)
    held = [(one.signed.signed_at, one.ended_at) for one in (signature, *earlier)]
    for one in contradictions(view, signature, wanted):
        if any(one.at > since and (until is None or one.at < until) for since, until in held):
            yield one
