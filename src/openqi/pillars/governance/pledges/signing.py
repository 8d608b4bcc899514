"""Signing a pledge, and ending it: once at a time for one edition, by the firm itself; ended by the firm or the association."""

from typing import ClassVar

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.pledges.standing import decided, maker_of, open_signature, standing_record, the_signature
from openqi.records import Command, Instant, Names, RecordId, Uri, statement
from openqi.records.complaints import ComplaintClosed, ComplaintDecided, ComplaintReceived, complained_subject
from openqi.records.pledges import PledgeEnded, PledgePublished, PledgeSigned, pledges_subject


class SignPledge(Command, frozen=True):
    """Sign an edition of a pledge, for the products that are named or for all of the firm."""

    NAME: ClassVar[str] = "governance.sign-pledge/1"
    ROLE: ClassVar[str | None] = None

    published: RecordId
    products: tuple[Uri, ...] = ()
    valid_until: Instant | None = None


class EndPledge(Command, frozen=True):
    """End a signature: the firm no longer stands by it, or the association strikes it off."""

    NAME: ClassVar[str] = "governance.end-pledge/1"
    ROLE: ClassVar[str | None] = None

    signed: RecordId
    reason: Names


def sign_pledge(view: View, command: SignPledge, issuer: str) -> tuple[Statement, ...]:
    """Return the signature, in the name of whoever asks; its term ends with that of the edition at the latest.

    Raises:
        NotFoundError, FormatError: there is no such edition.
        RefusedError: the edition does not stand or does not hold now, the firm stands by it or by a later one, it did not register
            a product, or none is named though failed tests contradict the pledge.
    """
    edition, published = standing_record(view, command.published, PledgePublished)
    now, until = view.valid_at, published.valid_until
    if now < published.valid_from or (until is not None and now >= until):
        dates = f"from {published.valid_from}" + ("" if until is None else f" to {until}")
        raise RefusedError("edition-in-force", f"edition {published.edition} of {published.pledge} holds {dates}, not at {now}")
    if command.valid_until is not None and command.valid_until <= now:
        raise RefusedError("term-to-come", f"the term would end at {command.valid_until}, which is over")
    if command.valid_until is not None and until is not None and command.valid_until > until:
        raise RefusedError("term-of-edition", f"edition {published.edition} holds until {until}, not until {command.valid_until}")
    _check_products(view, published, command.products, issuer)
    for record, said, gone in decided(view, pledges_subject(issuer), PledgeSigned):
        if gone is None and record.issuer == issuer:
            _check_beside(view, record.id, edition.id, published, said.published)
    signed = PledgeSigned(
        firm=issuer, pledge=published.pledge, published=edition.id, signed_at=now, products=command.products,
        valid_until=command.valid_until or until, illustrative=published.illustrative,
    )  # fmt: skip
    return (statement(signed),)


def _check_products(view: View, published: PledgePublished, products: tuple[str, ...], firm: str) -> None:
    if len({*products}) != len(products) or len(products) > 50:
        raise RefusedError("products-once", "name up to 50 products, each once")
    if not products and any("failed-test" in one.contradicted_by for one in published.obligations):
        raise RefusedError("products-named", "failed tests contradict this pledge: name the products that it is for")
    for product in products:
        maker = maker_of(view, product)
        if maker != firm:
            who = "nobody has registered it" if maker is None else f"{maker} registered it"
            raise RefusedError("own-product", f"{product}: {who}; a firm signs for products that it registered itself")


def _check_beside(view: View, other: str, edition: str, published: PledgePublished, before: str) -> None:
    """A signature that holds keeps off another one of the same edition, or of an earlier one of the same association."""
    found = the_signature(view, other)
    end = found.ended_at
    if end is not None and end <= view.valid_at:
        return
    if before == edition:
        raise RefusedError("signed-once", f"record {other} is a signature of this edition that holds; end it first")
    earlier = found.published
    same = (earlier.pledge, found.edition.issuer) == (published.pledge, view.record(edition).issuer)
    if same and published.valid_from <= earlier.valid_from:
        raise RefusedError("later-edition", f"record {other} is a signature of edition {earlier.edition}, which is no earlier one")


def end_pledge(view: View, command: EndPledge, issuer: str) -> tuple[Statement, ...]:
    """Return the end of a signature, with how many complaints about the firm are open then: they stay to be answered.

    Raises:
        NotFoundError, FormatError: there is no such signature.
        RefusedError: it ended before, or somebody else asks.
    """
    found = open_signature(view, command.signed)
    firm, association = found.record.issuer, found.edition.issuer
    if issuer not in (firm, association):
        raise RefusedError(
            "firm-or-association", f"signature {command.signed} is ended by {firm} or by {association}, not by {issuer}"
        )
    ended = PledgeEnded(
        firm=firm, pledge=found.signed.pledge, signed=found.record.id, by="firm" if issuer == firm else "association",
        ended_at=view.valid_at, reason=command.reason, open_complaints=open_complaints(view, firm),
    )  # fmt: skip
    return (statement(ended),)


def open_complaints(view: View, firm: str) -> int:
    """Return how many complaints about a firm the log knows that were neither closed, nor refused, nor handed over.

    Also those of which it was found out later that they are about the firm. Only the firm's own stream is read: an end is public,
    and a stream for each complaint would name every one of them in its basis.
    """
    subject = complained_subject(firm)
    known = {record.id for record, _, gone in decided(view, subject, ComplaintReceived) if gone is None}
    over = {said.received for _, said, gone in decided(view, subject, ComplaintClosed) if gone is None}
    for _, said, gone in decided(view, subject, ComplaintDecided):
        if gone is None and said.firm == firm:
            known.add(said.received)
            over |= set() if said.decision == "accepted" else {said.received}
    return len(known - over)
