"""What is public of complaints: figures with their denominators, upheld ones by whom they are about, a firm's nonconformities."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.surveillance.inspected import object_page
from openqi.evidence.fold import Cell
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.surveillance.complaints.register import UPHELD
from openqi.records import body
from openqi.records.complaint_counts import ComplaintsCounted
from openqi.records.governance import PartyRegistered

MOST: Final = 100
_FAILED: Final = frozenset({"nonconforming", "corrected"})


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Figures of a period: the record, who counted, and what is stated."""

    seen: Seen
    authority: Named
    stated: ComplaintsCounted


@dataclass(frozen=True, kw_only=True)
class Upheld:
    """A complaint that was upheld and made public."""

    seen: Seen
    firm: Named | None
    product: Named | None
    lot: Named | None
    matter: str
    hazard: str
    harmed: bool
    at: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A test of an inspection that failed, as it was made public: in which draw, how it ended, and when that was published."""

    draw: str
    outcome: str
    at: str
    publication: str


@dataclass(frozen=True, kw_only=True)
class PublicPage:
    """What all may see, the newest first; `more` where there are more upheld ones than are shown."""

    counted: tuple[Counted, ...]
    upheld: tuple[Upheld, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class FirmPage:
    """The nonconformities of a firm: upheld complaints, and failed tests of inspections of it."""

    firm: Named
    upheld: tuple[Upheld, ...]
    failed: tuple[Failed, ...]
    more: bool


def public_page(context: Context) -> PublicPage:
    """Return what is public of complaints."""
    upheld, more = _upheld(context, {})
    return PublicPage(counted=counted(context), upheld=upheld, more=more)


def counted(context: Context) -> tuple[Counted, ...]:
    """Return all figures that were published, the newest period first."""
    found = []
    for one in context.listed(ComplaintsCounted.KIND):
        stated = context.body(one.id, ComplaintsCounted)
        if stated is not None:
            found.append(Counted(seen=context.seen(one.id), authority=context.named(stated.authority), stated=stated))
    return tuple(sorted(found, key=lambda one: (one.stated.last_day, one.seen.index), reverse=True))


def firm_page(context: Context, firm: str) -> FirmPage:
    """Return the nonconformities of a firm that are public.

    Args:
        context: the log.
        firm: URI of the firm.

    Raises:
        FormatError: the name is no URI of at most 2,000 characters.
    """
    if not 0 < len(firm) <= 2000 or ":" not in firm:
        raise FormatError("name a firm by its URI: ?of=https://…")
    upheld, more = _upheld(context, {"firm": firm})
    return FirmPage(firm=context.named(firm), upheld=upheld, failed=_failed(context, firm), more=more)


def _upheld(context: Context, asked: dict[str, Cell]) -> tuple[tuple[Upheld, ...], bool]:
    where: dict[str, Cell] = {"origin": context.store.origin, "public": 1, **asked}
    page = context.store.page(UPHELD, where=where, order=("place",), descending=True, limit=MOST)
    rows = [row for row in page.rows if int(row["place"] or 0) < context.size]

    def named(uri: Cell) -> Named | None:
        return context.named(str(uri)) if uri else None

    found = tuple(
        Upheld(
            seen=context.seen(str(row["record"])), firm=named(row["firm"]), product=named(row["product"]), lot=named(row["lot"]),
            matter=str(row["matter"]), hazard=str(row["hazard"]), harmed=bool(row["harmed"]), at=str(row["at"]),
        )
        for row in rows
    )  # fmt: skip
    return found, page.next is not None


def _failed(context: Context, firm: str) -> tuple[Failed, ...]:
    """Published results of inspections of a firm that did not conform, by the code under which it is registered."""
    try:
        registered = body(context.logged(context.named(firm).record).record, PartyRegistered)
    except (NotFoundError, FormatError):
        return ()
    code = next((one.value for one in registered.identifiers if one.scheme == "usci"), "")
    if not code:
        return ()
    return tuple(
        Failed(draw=one.line.draw, outcome=one.public.row.outcome, at=one.public.at, publication=one.public.publication)
        for one in object_page(context, code).stood
        if one.public is not None and one.public.row.outcome in _FAILED
    )
