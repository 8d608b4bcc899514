"""Who promises what of a product: the pledges that its firm signed, each promise with how it stands today."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.steadily import view as view_of
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError
from openqi.pillars.governance.pledges.standing import decided, the_signature
from openqi.pillars.governance.pledges.states import PromiseState, states_of
from openqi.records import Names
from openqi.records.pledges import PledgeSigned, pledges_subject


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A pledge that a firm signed for a product.

    Args:
        firm: who promises.
        seen: the signature.
        name: what the pledge is called.
        by: the association that published it.
        edition: which of its editions was signed.
        signed_on, until: days; `until` is "" where it has no end.
        ended_on: since when the signature no longer holds; "" where it does.
        again_on: when the firm signed the same pledge anew after the end, by a signature that holds; "" where it did not.
        states: each promise with how it stands, those that are not kept first; none once it has ended.
        broken_at_end: whether promises were missed or contradicted when it ended: signing anew does not wipe them away.
        struck_off: whether the association ended it.
        illustrative: whether it is only an example.
    """

    firm: Named
    seen: Seen
    name: Names
    by: Named
    edition: str
    signed_on: str
    until: str
    ended_on: str
    states: tuple[PromiseState, ...]
    illustrative: bool
    again_on: str = ""
    broken_at_end: bool = False
    struck_off: bool = False

    @property
    def only_renewed(self) -> bool:
        """Whether it ended only to be signed anew, with nothing broken; that speaks against nobody."""
        return bool(self.ended_on and self.again_on) and not (self.broken_at_end or self.struck_off)

    @property
    def broken(self) -> tuple[PromiseState, ...]:
        """Promises that were missed or are contradicted."""
        return tuple(one for one in self.states if one.state in ("missed", "contradicted"))


_ORDER = {"contradicted": 0, "missed": 1, "due": 2, "kept": 3}


def promises_of(context: Context, firms: Iterable[str], product: str) -> tuple[Promised, ...]:
    """Return what firms promise of a product, each firm once, by the log and the day of the context.

    Args:
        context: the log.
        firms: URIs of who made it, holds its certificate or its licence.
        product: its URI.
    """
    several = dict.fromkeys(firms)
    return tuple(one for firm in several for one in context.kept("promises", f"{firm} {product}", _made(context, firm, product)))


def _made(context: Context, firm: str, product: str) -> Callable[[], tuple[Promised, ...]]:
    return lambda: _of_firm(context, firm, product)


def _of_firm(context: Context, firm: str, product: str) -> tuple[Promised, ...]:
    # A page is kept for a day. An end that is dated today is told, and what is due today is not missed yet.
    view = view_of(context, f"{context.today.isoformat()}T23:59:59Z")
    found = []
    for record, signed, gone in decided(view, pledges_subject(firm), PledgeSigned):
        concerned = signed.firm == firm and (not signed.products or product in signed.products)
        if gone is None and record.public and concerned and (one := _promised(context, view, record.id)) is not None:
            found.append((signed.pledge, one))
    newer: dict[str, str] = {}  # pledge -> day of a later signature of it that holds
    told = []
    for pledge, one in reversed(found):
        told.append(replace(one, again_on=newer.get(pledge, "")) if one.ended_on else one)
        if not one.ended_on:
            newer[pledge] = one.signed_on
    return tuple(reversed(told))


def _promised(context: Context, view: View, record_id: str) -> Promised | None:
    try:
        signature = the_signature(view, record_id)
        over = signature.ended_at is not None and signature.ended_at <= view.valid_at
        last = signature.ended_at if over and signature.ended_at else f"{context.today.isoformat()}T00:00:00Z"
        states = states_of(view, record_id, signature.day(last))
    except (NotFoundError, FormatError, RefusedError):  # its edition is of another log, or cannot be read here
        return None
    signed, published = signature.signed, signature.published
    return Promised(
        firm=context.named(signed.firm),
        seen=context.seen(record_id),
        name=published.name,
        by=context.named(signature.edition.issuer),
        edition=published.edition,
        signed_on=signature.day(signed.signed_at).isoformat(),
        until=signature.day(signed.valid_until).isoformat() if signed.valid_until else "",
        ended_on=signature.day(signature.ended_at).isoformat() if over and signature.ended_at else "",
        states=() if over else tuple(sorted(states, key=lambda one: _ORDER[one.state])),
        illustrative=signed.illustrative or published.illustrative,
        broken_at_end=over and any(one.state in ("missed", "contradicted") for one in states),
        struck_off=over and signature.ended is not None and signature.ended.body["by"] == "association",
    )
