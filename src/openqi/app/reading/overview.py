"""The first page: what the log holds, and in which state the things are that people come for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.plans import PlanLine, plan_list
from openqi.app.reading.draws.lines import DrawLine, draw_list
from openqi.app.reading.entries import Counted, Placed, every_thing, newest, things
from openqi.app.reading.instruments import CertificateView, instrument_page
from openqi.app.reading.logs import NO_HEAD, Head, head
from openqi.app.reading.lots import LotLine, lot_line
from openqi.app.reading.naming import Named
from openqi.app.reading.products import Certified, certified
from openqi.app.registers import What
from openqi.records.conformity import CertificateIssued, LotFormed, MarksIssued
from openqi.records.governance import Withdrawn
from openqi.records.licences import LicensedMarksIssued
from openqi.records.surveillance import CaseOpened


@dataclass(frozen=True, kw_only=True)
class MarksLine:
    """An issue of marks in one line."""

    seen: Seen
    certificate: Named
    product: Named
    count: int


@dataclass(frozen=True, kw_only=True)
class InstrumentLine:
    """An instrument in one line, with the certificate that was performed last."""

    instrument: Named
    registered: Seen
    owner: Named
    serial: str
    newest: CertificateView | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the log holds."""

    head: Head
    operator: Named
    products: tuple[Named, ...]
    certificates: tuple[Certified, ...]
    lots: tuple[LotLine, ...]
    instruments: tuple[InstrumentLine, ...]
    marks: tuple[MarksLine, ...]
    parties: tuple[Named, ...]
    plans: tuple[PlanLine, ...]
    draws: tuple[DrawLine, ...]
    counts: Mapping[str, Counted]
    recent: tuple[Seen, ...]
    illustrative: bool

    def count(self, kind: str) -> int:
        """Return how many public records of a kind there are."""
        return self.counts[kind].records if kind in self.counts else 0

    @property
    def cases(self) -> int:
        """How many cases were opened."""
        return self.count(CaseOpened.KIND)

    @property
    def withdrawn(self) -> int:
        """How many records were withdrawn."""
        return self.count(Withdrawn.KIND)

    @property
    def certified(self) -> int:
        """How many certificates of conformity were issued."""
        return self.count(CertificateIssued.KIND)

    @property
    def formed(self) -> int:
        """How many times a lot was formed."""
        return self.count(LotFormed.KIND)

    @property
    def marked(self) -> int:
        """How many marks were issued, under certificates and under licences."""
        kinds = (MarksIssued.KIND, LicensedMarksIssued.KIND)
        return sum(self.counts[kind].items for kind in kinds if kind in self.counts)


def overview(context: Context, policy: bytes | None, most: int | None = None) -> Overview:
    """Return what the log holds.

    Args:
        context: the log.
        policy: the trust policy that the newest checkpoint is judged by.
        most: how many of each sort are listed, the newest; None lists all, which a folder of files needs.
    """
    shown = context.kept("overview", str(most), lambda: _shown(context, most))
    return replace(
        shown, head=head(context, policy), plans=plan_list(context, most=most).plans, draws=draw_list(context, most=most).draws
    )


def _shown(context: Context, most: int | None) -> Overview:
    genesis = next(context.store.scan(0, 1)).record
    found = instruments(context, most)
    certificates = _listed(context, CertificateIssued.KIND, most)
    return Overview(
        head=NO_HEAD,
        operator=context.named(genesis.issuer),
        products=_things(context, "product", most),
        certificates=tuple(one for placed in certificates if (one := certified(context, placed.id))),
        lots=tuple(lot_line(context, one.uri) for one in reversed(_things(context, "lot", most))),
        instruments=found,
        marks=marks(context, most),
        parties=parties(context, most),
        plans=(),
        draws=(),
        counts=context.counts(),
        recent=tuple(context.seen(one.id) for one in newest(context.store, None, below=context.size, most=8).entries),
        illustrative=any(one.registered.state == "illustrative" for one in found),
    )


def _listed(context: Context, kind: str, most: int | None) -> tuple[Placed, ...]:
    """Entries of a kind, newest first."""
    if most is None:
        return tuple(reversed(context.listed(kind)))
    return newest(context.store, context.reader, kind=kind, below=context.size, most=most).entries


def _things(context: Context, what: What, most: int | None) -> tuple[Named, ...]:
    """The newest subjects of a sort, in the order in which they came."""
    if most is None:
        return tuple(map(context.named, every_thing(context.store, what)))
    rows = things(context.store, what, most=most).rows
    return tuple(context.named(str(row["key"])) for row in reversed(rows))


def parties(context: Context, most: int | None = None) -> tuple[Named, ...]:
    """Return who is registered, in the order in which they were."""
    return _things(context, "party", most)


def marks(context: Context, most: int | None = None) -> tuple[MarksLine, ...]:
    """Return issues of marks, the newest first."""
    found = []
    for placed in _listed(context, MarksIssued.KIND, most):
        stated = context.body(placed.id, MarksIssued)
        if stated is not None:
            found.append(
                MarksLine(
                    seen=context.seen(placed.id),
                    certificate=context.named(stated.certificate),
                    product=context.named(stated.product),
                    count=stated.items.count,
                )
            )
    return tuple(found)


def instruments(context: Context, most: int | None = None) -> tuple[InstrumentLine, ...]:
    """Return instruments in one line each."""
    return tuple(instrument_line(context, one.uri) for one in _things(context, "instrument", most))


def instrument_line(context: Context, uri: str) -> InstrumentLine:
    """Return an instrument in one line; raises NotFoundError."""
    page = instrument_page(context, uri)
    return InstrumentLine(
        instrument=page.instrument, registered=page.registered, owner=page.owner, serial=page.serial, newest=page.newest
    )
