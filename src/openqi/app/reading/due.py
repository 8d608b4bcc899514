"""Which instruments are due: for each quantity the certificate that serves longest, and how long still, the most urgent first."""

from dataclasses import dataclass
from datetime import date

from openqi.app.reading.context import Context
from openqi.app.reading.entries import every_thing
from openqi.app.reading.instruments import CertificateView, InstrumentPage, instrument_page
from openqi.app.reading.naming import Named
from openqi.kernel.errors import NotFoundError


@dataclass(frozen=True, kw_only=True)
class Due:
    """One quantity of one instrument.

    Args:
        certificate: performed last of those that speak of the quantity and stand; None where there is none.
        days_left: until it no longer serves, by the owner's interval or the end that a verification states; negative where it is
            late, None where there is no certificate.
    """

    instrument: Named
    owner: Named
    serial: str
    quantity: str
    certificate: CertificateView | None
    days_left: int | None

    @property
    def late(self) -> bool:
        """Whether it serves no longer, or nothing ever served."""
        return self.days_left is None or self.days_left < 0


def due_list(context: Context, *, within: int | None = None) -> tuple[Due, ...]:
    """Return each quantity that the certificates of an instrument speak of, of every instrument registered in public.

    The most urgent come first. Of an instrument that never had a certificate each quantity that it indicates is told.

    Args:
        context: the log.
        within: only what is late or ends within so many days; None for all.
    """
    found: list[Due] = []
    for uri in every_thing(context.store, "instrument"):
        try:
            found += _of(instrument_page(context, uri), context.today)
        except NotFoundError:  # its registration may not be shown
            continue
    chosen = [one for one in found if within is None or one.days_left is None or one.days_left <= within]
    return tuple(sorted(chosen, key=lambda one: (one.days_left is not None, one.days_left or 0, one.instrument.uri, one.quantity)))


def _of(page: InstrumentPage, today: date) -> list[Due]:
    standing = [one for one in page.certificates if one.seen.state not in ("withdrawn", "failed")]
    # What is calculated from other quantities has no certificate of its own; only of an instrument without any all are told.
    spoken = dict.fromkeys(result.quantity for one in page.certificates for result in one.results)
    rows = []
    for quantity in sorted(spoken) or [one.quantity for one in page.indicates]:
        speaking = [one for one in standing if any(result.quantity == quantity for result in one.results)]
        newest = max(speaking, key=lambda one: one.performed_at, default=None)
        left = None if newest is None else (date.fromisoformat(newest.serves_until[:10]) - today).days
        rows.append(
            Due(
                instrument=page.instrument, owner=page.owner, serial=page.serial, quantity=quantity, certificate=newest,
                days_left=left,
            )
        )  # fmt: skip
    return rows
