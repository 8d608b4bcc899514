"""What stands behind readings: the instrument, and for each input the certificate that was in force when they were taken."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import partial

from openqi.evidence.keys import COUNTERSIGNED
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.kernel.quantity import Quantity
from openqi.records import body
from openqi.records.conformity import ReadingsReported
from openqi.records.governance import withdrawal
from openqi.records.metrology import (
    Calibrated,
    CalibrationCertified,
    Certificate,
    CertificateTranscribed,
    Indicates,
    InstrumentRegistered,
    ProcedurePublished,
    VerificationCertified,
    Verified,
    certificates,
    certificates_subject,
    results_of,
)
from openqi.science.calibration.certificate import CalibrationPoint, calibrated_influence, verified_influence
from openqi.science.uncertainty.model import Influence


@dataclass(frozen=True, kw_only=True)
class Influences:
    """What the readings rest on: instrument and certificate records, what the instrument indicates, and the calibrated inputs.

    `own` is the influence of the indicated quantity itself, which depends on each reading; None where the procedure has no such
    input.
    """

    instruments: tuple[str, ...]
    certificates: tuple[str, ...]
    indicates: Indicates
    fixed: tuple[Influence, ...]
    own: Callable[[Fraction], Influence] | None

    def at(self, value: Fraction) -> tuple[Influence, ...]:
        """Return the influences on a reading of that value."""
        return self.fixed if self.own is None else (*self.fixed, self.own(value))


def influences_of(view: View, readings: ReadingsReported, procedure: ProcedurePublished, reader: str, *, whole: bool) -> Influences:
    """Return what stands behind readings.

    Args:
        view: what can be read.
        readings: as they were reported.
        procedure: by which they were taken.
        reader: who reported them; the owner of the instruments.
        whole: whether one certificate must have been in force for all of them.

    Raises:
        RefusedError: an instrument is not registered or does not indicate the quantity, inputs and settings do not fit, or no
            certificate was in force for an input when the readings were taken.
        DomainError: a setting is outside of what was calibrated.
    """
    instrument, registered = instrument_of(view, readings.instrument, reader)
    indicates = next((one for one in registered.indicates if one.quantity == readings.quantity), None)
    if indicates is None:
        raise RefusedError("instrument-indicates", f"{readings.instrument} does not indicate {readings.quantity}")
    if not procedure.inputs:
        raise RefusedError(
            "calibrated-input", f"procedure {procedure.procedure} names no input; no verdict stands on no certificate"
        )
    settings = {setting.quantity: setting for setting in readings.settings}
    wanted = set(procedure.inputs) - {readings.quantity}
    if wanted != set(settings) or len(settings) != len(readings.settings):
        asked, given = ", ".join(sorted(wanted)) or "none", ", ".join(sorted(settings)) or "none"
        raise RefusedError("settings-fit", f"procedure {procedure.procedure} has the inputs {asked}; the readings state {given}")
    instruments, chosen, fixed = [instrument.id], [], []
    for quantity in sorted(wanted):
        setting = settings[quantity]
        owner, its = instrument_of(view, setting.instrument, reader)
        record, certificate = certificate_in_force(view, its, quantity, readings, whole=whole)
        at = Quantity(value=setting.value, unit=setting.unit)
        certified = influence_at(certificate, quantity, lambda unit, at=at: at.converted(unit))  # type: ignore[misc]
        fixed.append(_with_drift(certified, its, quantity, at))
        instruments.append(owner.id)
        chosen.append(record.id)
    own = None
    if readings.quantity in procedure.inputs:
        record, certificate = certificate_in_force(view, registered, readings.quantity, readings, whole=whole)
        own = partial(own_influence, certificate, readings.quantity, readings.unit)
        chosen.append(record.id)
    return Influences(
        instruments=tuple(dict.fromkeys(instruments)),
        certificates=tuple(dict.fromkeys(chosen)),
        indicates=indicates,
        fixed=tuple(fixed),
        own=own,
    )


def _with_drift(influence: Influence, instrument: InstrumentRegistered, quantity: str, at: Quantity) -> Influence:
    """The influence of a set input with what may have changed in its instrument since it was calibrated."""
    indicates = next((one for one in instrument.indicates if one.quantity == quantity), None)
    if indicates is None:
        return influence
    value = at.converted(indicates.unit)
    absolute = fraction(indicates.absolute_stability) / value if value else Fraction(0)
    return replace(
        influence, relative_variance=influence.relative_variance + fraction(indicates.relative_stability) ** 2 + absolute**2
    )


def own_influence(certificate: Certificate, quantity: str, unit: str, value: Fraction) -> Influence:
    """Return what a certificate of the quantity that is read says at a reading, in the unit of the readings.

    Raises:
        RefusedError: readings and certificate have different units.
        DomainError: the certificate says nothing there.
    """
    found = next(one for one in results_of(certificate) if one.quantity == quantity)
    if found.unit != unit:
        raise RefusedError("one-unit", f"readings in {unit}, their certificate in {found.unit}; state the readings in {found.unit}")
    return influence_at(certificate, quantity, lambda _: value)


def instrument_of(view: View, instrument: str, reader: str) -> tuple[Record, InstrumentRegistered]:
    """Return an instrument as its owner registered it.

    Raises:
        RefusedError: nobody registered it, or the reader does not own it.
    """
    found: list[tuple[Record, InstrumentRegistered]] = []
    for record in _standing(view, instrument):
        if record.kind == InstrumentRegistered.KIND and record.streams[0] == instrument:
            registered = body(record, InstrumentRegistered)
            # Its owner speaks for it: whoever registered it first, and nobody after that.
            if record.issuer == registered.owner == (found[0][1].owner if found else record.issuer):
                found.append((record, registered))
    if not found:
        raise RefusedError("instrument-registered", f"no instrument is registered as {instrument} by its owner")
    if found[-1][1].owner != reader:
        raise RefusedError("own-instrument", f"{instrument} is {found[-1][1].owner}'s; readings of it by {reader} say nothing")
    return found[-1]


def _standing(view: View, instrument: str) -> list[Record]:
    # What another log says of an instrument was stated in roles that nobody here has granted.
    records = [record for record in view.stream(certificates_subject(instrument)) if view.home(record.id) == view.origin]
    return [record for record in records if withdrawal(record, records, view.home) is None]


def certificate_in_force(
    view: View, instrument: InstrumentRegistered, quantity: str, readings: ReadingsReported, *, whole: bool
) -> tuple[Record, Certificate]:
    """Return the newest certificate before the readings were begun, if it still served when they ended.

    Raises:
        RefusedError: there is none, it no longer served, it was not passed or not checked, or with `whole` there is another one
            between the readings.
    """
    standing = {record.id for record in _standing(view, instrument.instrument)}
    stream = view.stream(certificates_subject(instrument.instrument))
    known = certificates(stream, quantity, stands=lambda record: record.id in standing, home=view.home)
    known = tuple(one for one in known if one[1].instrument == instrument.instrument)
    between = [one.number for _, one in known if readings.measured_from < one.performed_at <= readings.measured_until]
    if between and whole:
        why = f"{instrument.instrument} was calibrated between the two readings (certificate {between[0]})"
        raise RefusedError("one-calibration", f"{why}, so that they do not share their factor; report them as two readings")
    before = [one for one in known if one[1].performed_at <= readings.measured_from]
    period = f"{readings.measured_from} to {readings.measured_until}"
    if not before:
        why = f"no certificate for {quantity} of {instrument.instrument} was in force from {period}"
        raise RefusedError("certificate-in-force", f"{why}; name one that was performed before")
    newest = max(certificate.performed_at for _, certificate in before)
    (record, certificate), *more = [one for one in before if one[1].performed_at == newest]
    if any(other != certificate for _, other in more):
        numbers = ", ".join(one.number for _, one in [(record, certificate), *more])
        why = f"certificates {numbers} for {quantity} of {instrument.instrument} were all performed at {newest}"
        raise RefusedError("one-certificate", f"{why}; let the one that counts say which it replaces, or withdraw the others")
    end = _end(certificate, instrument)
    if readings.measured_until >= end:
        why = f"certificate {certificate.number} for {quantity} of {instrument.instrument} served until {end}"
        raise RefusedError("calibration-interval", f"{why}; the readings were taken from {period}")
    if isinstance(certificate, VerificationCertified) and certificate.verdict != "passed":
        raise RefusedError("verification-passed", f"certificate {certificate.number}: the instrument did not pass")
    if isinstance(certificate, CertificateTranscribed):
        _check_checked(view, record, certificate)
    return record, certificate


def _end(certificate: Certificate, instrument: InstrumentRegistered) -> str:
    """When a certificate no longer serves: the owner's interval for a calibration, the end that it states for a verification."""
    stated = None if isinstance(certificate, CalibrationCertified) else certificate.valid_until
    if stated is not None:
        return stated
    return format_instant(parse_instant(certificate.performed_at) + timedelta(days=instrument.calibration_interval_days))


def _check_checked(view: View, record: Record, certificate: CertificateTranscribed) -> None:
    about = view.stream(record_subject(record.id))
    signed = {other.issuer for other in about if other.kind == COUNTERSIGNED and withdrawal(other, about, view.home) is None}
    if certificate.checked_by not in signed or certificate.checked_by == record.issuer:
        why = f"the transcription of certificate {certificate.number} was not signed by {certificate.checked_by}, who checked it"
        raise RefusedError("transcription-checked", f"{why}; whoever copied it does not check it")


def influence_at(certificate: Certificate, quantity: str, at: Callable[[str], Fraction]) -> Influence:
    """Return the influence at a point; `at` gives the point in the unit of the certificate.

    Raises:
        DomainError: the certificate says nothing there.
    """
    found = next(one for one in results_of(certificate) if one.quantity == quantity)
    try:
        if isinstance(found, Verified):
            error, lower, upper = map(fraction, (found.maximum_permissible_error, found.lower, found.upper))
            return verified_influence(error, lower, upper, at(found.unit))
        return calibrated_influence(_points(found), at(found.unit), fraction(found.coverage_factor))
    except DomainError as error:
        raise DomainError(f"certificate {certificate.number}, {quantity} in {found.unit}: {error}") from error


def _points(calibrated: Calibrated) -> tuple[CalibrationPoint, ...]:
    return tuple(
        CalibrationPoint(
            indicated=fraction(point.indicated),
            reference=fraction(point.reference),
            expanded_uncertainty=fraction(point.expanded_uncertainty),
        )
        for point in calibrated.points
    )
