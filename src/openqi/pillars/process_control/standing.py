"""What every decision of process control asks first: does a record still stand, and may whoever asks act under its plan."""

from typing import Final, TypeVar

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.keys import COUNTERSIGNED
from openqi.evidence.record import Record, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.records import Body, Items, as_json, body
from openqi.records.governance import withdrawal
from openqi.records.metrology import Certificate, CertificateTranscribed, VerificationCertified, certificates, certificates_subject
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


def rows_of(view: View, items: Items) -> list[bytes]:
    """Return the rows that a record commits to, each as its canonical bytes.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
    """
    return rows_of_batch(parse_batch(as_json(items)), view.blob(items.rows.sha256))


def certificates_of(view: View, plan: ControlPlanPublished, first_at: str) -> tuple[str, ...]:
    """Return the certificates of a plan's instrument that were in force when readings began: the newest one for its quantity.

    () where there is none: process control goes on with a gauge that nobody calibrated, and its records say so. Of several that
    were performed at one instant all are named.
    """
    subject = certificates_subject(plan.instrument)
    stream = [one for one in view.stream(subject) if view.home(one.id) == view.origin]
    known: tuple[tuple[Record, Certificate], ...] = certificates(
        stream, plan.characteristic.quantity, stands=lambda one: withdrawal(one, stream, view.home) is None, home=view.home
    )
    serving = [
        (record, one)
        for record, one in known
        if one.instrument == plan.instrument and one.performed_at[:-1] <= first_at[:-1] and _serves(view, record, one)
    ]
    newest = max((one.performed_at for _, one in serving), default="")
    return tuple(record.id for record, one in serving if one.performed_at == newest)


def _serves(view: View, record: Record, one: Certificate) -> bool:
    """Whether an instrument passed, and somebody else checked what was copied from paper."""
    if isinstance(one, VerificationCertified):
        return one.verdict == "passed"
    if isinstance(one, CertificateTranscribed):
        about = view.stream(record_subject(record.id))
        signed = {other.issuer for other in about if other.kind == COUNTERSIGNED and withdrawal(other, about, view.home) is None}
        return one.checked_by in signed and one.checked_by != record.issuer
    return True
