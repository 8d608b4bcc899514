"""What every decision of process control asks first: does a record still stand, and may whoever asks act under its plan."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeVar

from openqi.evidence.keys import COUNTERSIGNED
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.records import Body, body
from openqi.records.governance import withdrawal
from openqi.records.metrology import (
    CalibrationCertified,
    Certificate,
    CertificateTranscribed,
    InstrumentRegistered,
    VerificationCertified,
    certificates,
    certificates_subject,
)
from openqi.records.process_control import ControlPlanPublished

B = TypeVar("B", bound=Body)
MOST_RECORDS: Final = 60
"""Records of readings that one decision names: what it read stands in its own record."""


def standing(view: View, record_id: str, kind: type[B]) -> tuple[Record, B]:
    """Return a record of this log, and its body, after checking that its issuer has not withdrawn it.

    Raises:
        NotFoundError: it is not in the log.
        FormatError: it is of another kind.
        RefusedError: it was withdrawn, is of another log, or is no decision where it has to be one.
    """
    record = view.record(record_id)
    found = body(record, kind)
    if view.home(record.id) != view.origin:
        raise RefusedError("record-home", f"record {record.id} is at home in another log, where other people have these names")
    if kind.ROLE is None and record.basis is None:
        raise RefusedError("decided-only", f"record {record.id}: a {record.kind} is only ever decided, and this names no command")
    other = withdrawal(record, view.stream(record_subject(record_id)), view.home)
    if other:
        raise RefusedError("basis-stands", f"record {record.id} was withdrawn by record {other.id}; name one that stands")
    return record, found


def acting(plan_record: Record, plan: ControlPlanPublished, party: str) -> None:
    """Raise RefusedError unless a party may act under a plan: who published it, or a party that it names."""
    if party not in (plan_record.issuer, *plan.parties):
        named = ", ".join((plan_record.issuer, *plan.parties))
        raise RefusedError("own-plan", f"plan {plan.plan} is for {named}; {party} does not act under it")


def certificates_of(view: View, plan: ControlPlanPublished, first_at: str, last_at: str) -> tuple[str, ...]:
    """Return the certificates of a plan's instrument that were in force while readings were taken: the newest one for its quantity.

    () where there is none, it ended before the last reading, or the instrument did not pass: process control goes on with a gauge
    that nobody calibrated, and its records say so. Of several that were performed at one instant all are named.
    """
    subject = certificates_subject(plan.instrument)
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]

    def stands(record: Record) -> bool:
        return withdrawal(record, stream, view.home) is None

    known: tuple[tuple[Record, Certificate], ...] = certificates(
        stream, plan.characteristic.quantity, stands=stands, home=view.home
    )
    before = [
        (record, one)
        for record, one in known
        if one.instrument == plan.instrument and one.performed_at[:-1] <= first_at[:-1] and _checked(view, record, one)
    ]
    newest = [(record, one) for record, one in before if one.performed_at == max(other.performed_at for _, other in before)]
    # The newest one speaks: behind a verification that was not passed no older one is looked for.
    if any(isinstance(one, VerificationCertified) and one.verdict != "passed" for _, one in newest):
        return ()
    days = _interval(plan.instrument, [record for record in stream if stands(record)])
    return tuple(record.id for record, one in newest if last_at[:-1] < _end(one, days)[:-1])


def _interval(instrument: str, stream: Sequence[Record]) -> int | None:
    """Days after which an instrument is calibrated again: what its owner, who registered it first, says last."""
    found: list[InstrumentRegistered] = []
    for record in stream:
        if record.kind == InstrumentRegistered.KIND and record.streams[0] == instrument:
            one = body(record, InstrumentRegistered)
            if record.issuer == one.owner == (found[0].owner if found else record.issuer):
                found.append(one)
    return found[-1].calibration_interval_days if found else None


def _end(certificate: Certificate, days: int | None) -> str:
    """When a certificate no longer serves: a verification says it, of a calibration the owner's interval does, if there is one."""
    stated = None if isinstance(certificate, CalibrationCertified) else certificate.valid_until
    if stated is not None or days is None:
        return stated or "9999-12-31T23:59:59Z"
    return format_instant(parse_instant(certificate.performed_at) + timedelta(days=days))


def _checked(view: View, record: Record, one: Certificate) -> bool:
    """Whether somebody else checked what was copied from paper."""
    if not isinstance(one, CertificateTranscribed):
        return True
    about = view.stream(record_subject(record.id))
    signed = {other.issuer for other in about if other.kind == COUNTERSIGNED and withdrawal(other, about, view.home) is None}
    return one.checked_by in signed and one.checked_by != record.issuer
