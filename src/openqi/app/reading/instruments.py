"""An instrument on one page: its certificates with every point, when it is due again, and which readings were taken with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.judged import decimal_text
from openqi.app.reading.naming import Named
from openqi.evidence.keys import COUNTERSIGNED
from openqi.evidence.record import record_subject
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.records import Names
from openqi.records.conformity import ReadingsReported
from openqi.records.metrology import (
    CERTIFICATES,
    Calibrated,
    CalibrationCertified,
    Certificate,
    CertificateTranscribed,
    Indicates,
    InstrumentRegistered,
    Verified,
    results_of,
)

How = Literal["calibration", "verification", "transcribed calibration", "transcribed verification"]


@dataclass(frozen=True, kw_only=True)
class ErrorPoint:
    """One point of a calibration: indicated, true, their difference (the error of indication), and how sure it is."""

    indicated: str
    reference: str
    error: str
    expanded_uncertainty: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a certificate says of one quantity: points of a calibration, or the error that a verification permits."""

    quantity: str
    unit: str
    coverage_factor: str = ""
    points: tuple[ErrorPoint, ...] = ()
    lower: str = ""
    upper: str = ""
    maximum_permissible_error: str = ""


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """A certificate of an instrument.

    `serves_until` is when it no longer serves: after the owner's interval, or at the end that a verification states
    (`end_stated`). `checked` says whether whoever is said to have checked a transcription has signed it.
    """

    seen: Seen
    certificate: Named
    number: str
    how: How
    issued_by: Named | None
    issued_by_name: Names | None
    performed_at: str
    serves_until: str
    end_stated: bool
    overdue: bool
    accuracy_class: str
    results: tuple[Result, ...]
    standards: tuple[Seen, ...]
    realises: str
    illustrative: bool
    transcribed_by: Named | None
    checked_by: Named | None
    checked: bool
    document: str


@dataclass(frozen=True, kw_only=True)
class Used:
    """Readings that were taken with an instrument."""

    seen: Seen
    subject: Named
    quantity: str
    measured_from: str
    measured_until: str
    count: int


@dataclass(frozen=True, kw_only=True)
class InstrumentPage:
    """Everything that is known of an instrument."""

    instrument: Named
    registered: Seen
    owner: Named
    serial: str
    interval_days: int
    indicates: tuple[Indicates, ...]
    certificates: tuple[CertificateView, ...]
    used: tuple[Used, ...]

    @property
    def newest(self) -> CertificateView | None:
        """The certificate that was performed last, of those that stand."""
        standing = [one for one in self.certificates if one.seen.state not in ("withdrawn", "failed")]
        return max(standing, key=lambda one: one.performed_at, default=None)


def instrument_page(context: Context, uri: str) -> InstrumentPage:
    """Return what is known of an instrument.

    Raises:
        NotFoundError: the log knows no such instrument.
    """
    return context.kept("instrument", uri, lambda: _page(context, uri))


def _page(context: Context, uri: str) -> InstrumentPage:
    stream = context.stream(uri)
    registered: list[tuple[str, InstrumentRegistered]] = []
    for logged in stream:
        if logged.record.kind != InstrumentRegistered.KIND:
            continue
        stated = context.body(logged.record.id, InstrumentRegistered)
        if stated is not None and stated.instrument == uri:
            registered.append((logged.record.id, stated))
    if not registered:
        raise NotFoundError(f"the log knows no instrument {uri[:200]}")
    record_id, newest = registered[-1]
    certificates = []
    for logged in stream:
        if (kind := CERTIFICATES.get(logged.record.kind)) is not None:
            found = context.body(logged.record.id, kind)
            if found is not None and found.instrument == uri:
                certificates.append(_certificate(context, logged.record.id, found, newest))
    return InstrumentPage(
        instrument=context.named(uri),
        registered=context.seen(record_id),
        owner=context.named(newest.owner),
        serial=newest.serial,
        interval_days=newest.calibration_interval_days,
        indicates=newest.indicates,
        certificates=tuple(reversed(certificates)),
        used=tuple(
            one
            for logged in reversed(stream)
            if logged.record.kind == ReadingsReported.KIND and (one := _used(context, logged.record.id)) is not None
        ),
    )


def _used(context: Context, record_id: str) -> Used | None:
    stated = context.body(record_id, ReadingsReported)
    if stated is None:
        return None
    return Used(
        seen=context.seen(record_id),
        subject=context.named(stated.subject),
        quantity=stated.quantity,
        measured_from=stated.measured_from,
        measured_until=stated.measured_until,
        count=stated.items.count,
    )


def _certificate(context: Context, record_id: str, stated: Certificate, instrument: InstrumentRegistered) -> CertificateView:
    seen = context.seen(record_id)
    copied = stated if isinstance(stated, CertificateTranscribed) else None
    calibrated = isinstance(stated, CalibrationCertified) or (copied is not None and bool(copied.calibrated))
    until = None if isinstance(stated, CalibrationCertified) else stated.valid_until
    ends = until or _after(stated.performed_at, instrument.calibration_interval_days)
    plain: How = "calibration" if calibrated else "verification"
    copy: How = "transcribed calibration" if calibrated else "transcribed verification"
    return CertificateView(
        seen=seen,
        certificate=context.named(stated.certificate),
        number=stated.number,
        how=plain if copied is None else copy,
        issued_by=seen.issuer if copied is None else None,
        issued_by_name=None if copied is None else copied.issued_by,
        performed_at=stated.performed_at,
        serves_until=ends,
        end_stated=until is not None,
        overdue=ends[:10] < context.today.isoformat(),
        accuracy_class="" if isinstance(stated, CalibrationCertified) else stated.accuracy_class or "",
        results=tuple(map(_result, results_of(stated))),
        standards=tuple(map(context.seen, getattr(stated, "standards", ()))),
        realises=(stated.realises or "") if isinstance(stated, CalibrationCertified) else "",
        illustrative=stated.illustrative,
        transcribed_by=None if copied is None else seen.issuer,
        checked_by=None if copied is None else context.named(copied.checked_by),
        checked=copied is not None and _signed_by(context, record_id, copied.checked_by),
        document="" if stated.document is None else stated.document.sha256,
    )


def _after(performed_at: str, days: int) -> str:
    return format_instant(parse_instant(performed_at) + timedelta(days=days))


def _signed_by(context: Context, record_id: str, party: str) -> bool:
    """Whether a second signature of that party over the record lies in the log and holds."""
    signed = [one.record for one in context.stream(record_subject(record_id)) if one.record.kind == COUNTERSIGNED]
    return any(one.issuer == party and context.seen(one.id).state == "signature checked" for one in signed)


def _result(found: Calibrated | Verified) -> Result:
    if isinstance(found, Verified):
        return Result(
            quantity=found.quantity,
            unit=found.unit,
            lower=found.lower,
            upper=found.upper,
            maximum_permissible_error=found.maximum_permissible_error,
        )
    points = [
        ErrorPoint(
            indicated=point.indicated,
            reference=point.reference,
            error=difference(point.indicated, point.reference),
            expanded_uncertainty=point.expanded_uncertainty,
        )
        for point in found.points
    ]
    return Result(quantity=found.quantity, unit=found.unit, coverage_factor=found.coverage_factor, points=tuple(points))


def difference(indicated: str, reference: str) -> str:
    """Return the error of indication, with as many decimals as the finer of the two texts."""
    places = max(len(text.partition(".")[2]) for text in (indicated, reference))
    text = decimal_text(fraction(indicated) - fraction(reference))
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}" if places else whole
