"""A mark as a phone shows it: who issued it, what is known against it, what was tested, the way back, the item, its scans."""

from dataclasses import dataclass
from typing import Any, Literal

from openqi.app.marks import MarkAnswer, NotIssuedHere
from openqi.app.reading.buyer.against import Against, against
from openqi.app.reading.buyer.tested import Tests, tests_of
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.items import Place, place_of, where
from openqi.app.reading.judged import judged
from openqi.app.reading.naming import Named
from openqi.app.reading.steps import Step, steps, troubles
from openqi.app.tree import Node, ends
from openqi.kernel.errors import NotFoundError
from openqi.pillars.conformity.verdicts import JUDGED
from openqi.records.conformity import CertificateIssued, MarksIssued, ProductRegistered
from openqi.store.scans import Scans


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What a marks record adds up to for one of its marks; it changes only with the log."""

    seen: Seen
    leaf: int
    item: Named | None
    product: Named | None
    certificate: Seen | None
    number: str
    holder: Named | None
    place: Place | None
    within: tuple[Named, ...]
    steps: tuple[Step, ...]
    ends: tuple[str, ...]
    troubles: tuple[Node, ...]
    maker: Named | None
    tests: Tests


@dataclass(frozen=True, kw_only=True)
class MarkPage:
    """Everything that is known of a mark. `issued` is None where the log has not issued it."""

    mark: str
    name: str
    standing: Literal["issued", "withdrawn", "not proved", "not issued here"]
    detail: str
    issued: Issued | None
    withdrawn: str
    reason: str
    claims: int
    cases: int
    scans: Scans | None
    origin: str
    size: int

    @property
    def against(self) -> tuple[Against, ...]:
        """What is known against the mark at this size of the log, the gravest first; empty where nothing is."""
        return against(self)


def mark_page(context: Context, answer: MarkAnswer | NotIssuedHere, *, counted: bool = True) -> MarkPage:
    """Return what is known of a mark.

    Args:
        context: the log, as of which its evidence is told.
        answer: what the index of marks and the counts say.
        counted: whether scans are counted where the page is shown; else none are told.
    """
    if isinstance(answer, NotIssuedHere):
        return MarkPage(
            mark=answer.mark,
            name=answer.name,
            standing="not issued here",
            detail="",
            issued=None,
            withdrawn="",
            reason="",
            claims=0,
            cases=0,
            scans=None,
            origin=answer.origin,
            size=answer.size,
        )
    found = answer.found
    issued = context.kept("mark", f"{found.record} {found.leaf}", lambda: _issued(context, found.record, found.leaf, found.item))
    gone: dict[str, Any] = answer.issue.shown.get("withdrawn", {})
    return MarkPage(
        mark=answer.mark,
        name=answer.name,
        standing=answer.standing,
        detail=answer.detail,
        issued=issued,
        withdrawn=str(gone.get("what", "")),
        reason=_reason(context, str(gone.get("by", ""))),
        claims=answer.claims,
        cases=answer.cases,
        scans=answer.scans if counted else None,
        origin=answer.origin,
        size=answer.size,
    )


def _reason(context: Context, record_id: str) -> str:
    try:
        return str(context.logged(record_id).record.body.get("reason", "")) if record_id else ""
    except NotFoundError:
        return ""


def _issued(context: Context, record_id: str, leaf: int, item: str) -> Issued:
    stated = context.body(record_id, MarksIssued)
    tree = context.tree(record_id, leaf=leaf, capacity="mark")
    certificate = None if stated is None else context.body(stated.issued, CertificateIssued)
    there = None if stated is None else place_of(context, item)
    return Issued(
        seen=context.seen(record_id),
        leaf=leaf,
        item=None if stated is None else context.named(item),
        product=None if stated is None else context.named(stated.product),
        certificate=None if stated is None else context.seen(stated.issued),
        number="" if certificate is None else certificate.number,
        holder=None if certificate is None else context.named(certificate.holder),
        place=there,
        within=() if stated is None else tuple(map(context.named, where(context).within(item))),
        steps=steps(tree),
        ends=ends(tree),
        troubles=troubles(tree),
        maker=None if stated is None else _maker(context, stated.product),
        tests=_tests(context, certificate, item),
    )


def _maker(context: Context, product: str) -> Named | None:
    """Who registered the product as its maker; None where nobody did, or the registration was withdrawn."""
    for one in reversed(context.stream(product)):
        if one.record.kind == ProductRegistered.KIND and context.withdrawn_by(one.record) is None:
            return context.named(one.record.issuer)
    return None


def _tests(context: Context, certificate: CertificateIssued | None, item: str) -> Tests:
    own = [one.record.id for one in context.stream(item) if one.record.kind in JUDGED]
    return tests_of(
        context,
        type_tests=() if certificate is None else certificate.type_tests,
        lots=() if certificate is None else certificate.lots,
        item=[found for name in own if (found := judged(context, name)) is not None],
    )
