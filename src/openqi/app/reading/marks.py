"""A mark as a phone shows it: who issued it, what is known against it, what was tested, the way back, the item, its scans."""

from dataclasses import dataclass
from typing import Any, Literal

from openqi.app.mark_states import State
from openqi.app.marks import MarkAnswer, NotIssuedHere
from openqi.app.reading.buyer.against import Against, of_counts, of_lot, of_promises, of_recalls, of_standing, of_state
from openqi.app.reading.buyer.ground import Ground, ground_of
from openqi.app.reading.buyer.promised import Promised, promises_of
from openqi.app.reading.buyer.recalled import Recalled, recalls_of
from openqi.app.reading.buyer.tested import Tests, tests_of
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.items import Place, place_of, where
from openqi.app.reading.judged import judged
from openqi.app.reading.naming import Named
from openqi.app.reading.products import registration
from openqi.app.reading.steps import Step, steps, troubles
from openqi.app.tree import Node, ends
from openqi.formats.digital_link import parse_digital_link
from openqi.kernel.errors import NotFoundError
from openqi.pillars.conformity.verdicts import JUDGED
from openqi.records.conformity import MarksIssued
from openqi.records.licences import LicensedMarksIssued
from openqi.store.scans import Scans


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What a marks record adds up to for one of its marks; it changes only with the log.

    All but `seen` and `leaf` is empty where the record may not be shown. `item` is None also where nobody said which it is.
    """

    seen: Seen
    leaf: int
    shown: bool
    item: Named | None
    lot: Named | None
    product: Named | None
    maker: Named | None
    ground: Ground | None
    place: Place | None
    within: tuple[Named, ...]
    tests: Tests
    steps: tuple[Step, ...]
    ends: tuple[str, ...]
    troubles: tuple[Node, ...]
    illustrative: bool


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
    state: State | None = None
    over: bool = False
    promises: tuple[Promised, ...] = ()
    recalls: tuple[Recalled, ...] = ()

    @property
    def against(self) -> tuple[Against, ...]:
        """What is known against the mark at this size of the log, the gravest first; empty where nothing is."""
        if self.issued is None:
            return ()
        why = self.reason if self.standing == "withdrawn" else self.detail
        found = of_standing(self.standing, self.withdrawn, why, len(self.issued.troubles))
        found += of_state(self.state, self.issued.ground if self.over else None, self.recalls)
        found += (
            of_lot(self.issued.tests) + of_recalls(self.recalls) + of_promises(self.promises) + of_counts(self.claims, self.cases)
        )
        return tuple(sorted(found, key=lambda one: not one.grave))


def mark_page(context: Context, answer: MarkAnswer | NotIssuedHere, *, counted: bool = True) -> MarkPage:
    """Return what is known of a mark.

    Args:
        context: the log, as of which its evidence is told.
        answer: what the index of marks and the counts say.
        counted: whether scans are counted where the page is shown; else none are told.
    """
    if isinstance(answer, NotIssuedHere):
        return MarkPage(
            mark=answer.mark, name=answer.name, standing="not issued here", detail="", issued=None, withdrawn="", reason="",
            claims=0, cases=0, scans=None, origin=answer.origin, size=answer.size,
        )  # fmt: skip
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
        state=answer.state,
        over=answer.over,
        promises=_promises(context, issued),
        recalls=_recalls(context, issued, answer.mark),
    )


def _reason(context: Context, record_id: str) -> str:
    try:
        return str(context.logged(record_id).record.body.get("reason", "")) if record_id else ""
    except NotFoundError:
        return ""


def _promises(context: Context, issued: Issued) -> tuple[Promised, ...]:
    if issued.product is None:
        return ()
    holder = None if issued.ground is None else issued.ground.holder
    firms = [one.uri for one in (issued.maker, holder) if one is not None]
    return promises_of(context, firms, issued.product.uri)


def _recalls(context: Context, issued: Issued, mark: str) -> tuple[Recalled, ...]:
    if issued.product is None:
        return ()
    lot = None if issued.lot is None else issued.lot.uri
    return recalls_of(context, product=issued.product.uri, lot=lot, gtin=parse_digital_link(mark).gtin)


def _issued(context: Context, record_id: str, leaf: int, item: str) -> Issued:
    stated = context.body(record_id, MarksIssued) or context.body(record_id, LicensedMarksIssued)
    tree = context.tree(record_id, leaf=leaf, capacity="mark")
    known = stated is not None and bool(item)
    ground = None if stated is None else ground_of(context, stated)
    lot = stated.lot if isinstance(stated, LicensedMarksIssued) else None
    return Issued(
        seen=context.seen(record_id),
        leaf=leaf,
        shown=stated is not None,
        item=context.named(item) if known else None,
        lot=context.named(lot) if lot else None,
        product=None if stated is None else context.named(stated.product),
        maker=None if stated is None else _maker(context, stated.product),
        ground=ground,
        place=place_of(context, item) if known else None,
        within=tuple(map(context.named, where(context).within(item))) if known else (),
        tests=Tests(found=(), withheld=0) if ground is None else _tests(context, ground, item if known else "", lot),
        steps=steps(tree),
        ends=ends(tree),
        troubles=troubles(tree),
        illustrative=ground is not None and ground.illustrative,
    )


def _maker(context: Context, product: str) -> Named | None:
    """Who registered the product first, of the registrations that stand: a later one of somebody else makes no maker."""
    record = registration(context, product)
    return None if record is None else context.named(record.issuer)


def _tests(context: Context, ground: Ground, item: str, lot: str | None) -> Tests:
    own = [one.record.id for one in context.stream(item) if one.record.kind in JUDGED] if item else []
    verdicts = [found for name in own if (found := judged(context, name)) is not None]
    return tests_of(context, type_tests=ground.tests, lots=ground.lots, item=verdicts, lot=lot)
