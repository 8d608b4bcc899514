"""A product on one page: its certificates of conformity, the type tests behind them, its lots and the marks on it."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.judged import Judged, judged
from openqi.app.reading.lots import LotLine, lot_line
from openqi.app.reading.naming import Named
from openqi.evidence.record import Record
from openqi.kernel.errors import NotFoundError
from openqi.records.accreditation import ScopeGranted
from openqi.records.conformity import CertificateIssued, LotFormed, MarksIssued, ProductRegistered, registration_subject
from openqi.records.governance import first_standing

_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Certified:
    """A certificate of conformity with what it rests on."""

    seen: Seen
    certificate: Named
    number: str
    holder: Named
    product: Named
    scope: Seen
    scope_number: str
    requirements: tuple[Named, ...]
    type_tests: tuple[str, ...]
    lots: tuple[str, ...]
    marks: tuple[tuple[Seen, int], ...]


@dataclass(frozen=True, kw_only=True)
class Tests:
    """Type tests of one procedure and unit, which one chart can show."""

    procedure: Named
    unit: str
    judged: tuple[Judged, ...]


@dataclass(frozen=True, kw_only=True)
class ProductPage:
    """Everything that is known of a product."""

    product: Named
    registered: Seen | None
    certificates: tuple[Certified, ...]
    tests: tuple[Tests, ...]
    lots: tuple[LotLine, ...]


def certified(context: Context, record_id: str) -> Certified | None:
    """Return a certificate of conformity; None where it is none, is not here or may not be shown."""
    stated = context.body(record_id, CertificateIssued)
    if stated is None:
        return None
    scope = context.body(stated.scope, ScopeGranted)
    marks = [
        (context.seen(one.id), issued.items.count)
        for one in context.resting_on(record_id, _MOST)
        if (issued := context.body(one.id, MarksIssued)) is not None
    ]
    return Certified(
        seen=context.seen(record_id),
        certificate=context.named(stated.certificate),
        number=stated.number,
        holder=context.named(stated.holder),
        product=context.named(stated.product),
        scope=context.seen(stated.scope),
        scope_number="" if scope is None else scope.number,
        requirements=tuple(map(context.named, stated.requirements)),
        type_tests=stated.type_tests,
        lots=stated.lots,
        marks=tuple(marks),
    )


def product_page(context: Context, uri: str) -> ProductPage:
    """Return what is known of a product.

    Raises:
        NotFoundError: the log knows no such product.
    """
    stream = context.stream(uri)
    registered = [one.record.id for one in stream if _is(context, one.record.id, uri)]
    certificates = [certified(context, one.record.id) for one in reversed(stream) if one.record.kind == CertificateIssued.KIND]
    formed = [context.body(one.record.id, LotFormed) for one in stream if one.record.kind == LotFormed.KIND]
    if not registered and not any(certificates) and not any(formed):
        raise NotFoundError(f"the log knows no product {uri[:200]}")
    lots = dict.fromkeys(one.lot for one in formed if one is not None and one.product == uri)
    found = tuple(one for one in certificates if one is not None and one.product.uri == uri)
    tests = dict.fromkeys(name for one in found for name in one.type_tests)
    return ProductPage(
        product=context.named(uri),
        registered=_registered(context, uri, registered),
        certificates=found,
        tests=_grouped([one for name in tests if (one := judged(context, name)) is not None]),
        lots=tuple(lot_line(context, lot) for lot in lots),
    )


def _registered(context: Context, product: str, every: list[str]) -> Seen | None:
    """The registration of its maker; where none stands the last one, which says that it was withdrawn."""
    standing = registration(context, product)
    if standing is not None:
        return context.seen(standing.id)
    return context.seen(every[-1]) if every else None


def registration(context: Context, product: str) -> Record | None:
    """Return who makes a product: the first registration that stands; a later one of somebody else makes no maker."""
    stream = context.stream(registration_subject(product))
    home = {one.record.id: one.origin for one in stream}
    return first_standing([one.record for one in stream], ProductRegistered, home.__getitem__, context.store.origin)


def _is(context: Context, record_id: str, uri: str) -> bool:
    stated = context.body(record_id, ProductRegistered)
    return stated is not None and stated.product == uri


def _grouped(tests: list[Judged]) -> tuple[Tests, ...]:
    groups: dict[tuple[str, str], list[Judged]] = {}
    for one in tests:
        procedure = "" if one.readings is None else one.readings.procedure.uri
        groups.setdefault((procedure, one.unit), []).append(one)
    return tuple(
        Tests(procedure=Named(uri="") if found[0].readings is None else found[0].readings.procedure, unit=unit, judged=tuple(found))
        for (_, unit), found in groups.items()
    )
