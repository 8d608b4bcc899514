"""The first page: what the log holds, and in which state the things are that people come for."""

from collections.abc import Mapping
from dataclasses import dataclass

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.instruments import CertificateView, instrument_page
from openqi.app.reading.logs import Head, head
from openqi.app.reading.lots import LotLine, lot_line
from openqi.app.reading.naming import Named
from openqi.app.reading.products import Certified, certified
from openqi.records.conformity import CertificateIssued, LotFormed, MarksIssued, ProductRegistered
from openqi.records.governance import Genesis, PartyRegistered, Withdrawn
from openqi.records.metrology import InstrumentRegistered
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
    counts: Mapping[str, int]
    cases: int
    withdrawn: int
    recent: tuple[Seen, ...]
    illustrative: bool


def overview(context: Context, policy: bytes | None) -> Overview:
    """Return what the log holds."""
    genesis = context.shelf.entries[0]
    lots = dict.fromkeys(one.subject for one in context.listed(LotFormed.KIND))
    found = instruments(context)
    certificates = [one for placed in reversed(context.listed(CertificateIssued.KIND)) if (one := certified(context, placed.id))]
    return Overview(
        head=head(context, policy),
        operator=context.naming.of(genesis.issuer),
        products=_named(context, ProductRegistered.KIND),
        certificates=tuple(certificates),
        lots=tuple(lot_line(context, uri) for uri in reversed(lots)),
        instruments=found,
        marks=marks(context),
        parties=parties(context),
        counts=context.counts(),
        cases=len(context.listed(CaseOpened.KIND)),
        withdrawn=len(context.listed(Withdrawn.KIND)),
        recent=tuple(context.seen(one.id) for one in reversed(context.shelf.entries[-8:])),
        illustrative=any(one.registered.state == "illustrative" for one in found),
    )


def _named(context: Context, kind: str) -> tuple[Named, ...]:
    return tuple(map(context.naming.of, dict.fromkeys(one.subject for one in context.listed(kind))))


def parties(context: Context) -> tuple[Named, ...]:
    """Return who is registered, in the order in which they were."""
    found = {one.issuer: None for one in context.listed(Genesis.KIND)}
    found |= dict.fromkeys(one.subject for one in context.listed(PartyRegistered.KIND))
    return tuple(map(context.naming.of, found))


def marks(context: Context) -> tuple[MarksLine, ...]:
    """Return every issue of marks, the newest first."""
    found = []
    for placed in reversed(context.listed(MarksIssued.KIND)):
        stated = context.body(placed.id, MarksIssued)
        if stated is not None:
            found.append(
                MarksLine(
                    seen=context.seen(placed.id),
                    certificate=context.naming.of(stated.certificate),
                    product=context.naming.of(stated.product),
                    count=stated.items.count,
                )
            )
    return tuple(found)


def instruments(context: Context) -> tuple[InstrumentLine, ...]:
    """Return every instrument in one line."""
    found = []
    for uri in dict.fromkeys(one.subject for one in context.listed(InstrumentRegistered.KIND)):
        page = instrument_page(context, uri)
        found.append(
            InstrumentLine(
                instrument=page.instrument, registered=page.registered, owner=page.owner, serial=page.serial, newest=page.newest
            )
        )
    return tuple(found)
