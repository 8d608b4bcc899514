"""Instruments, the procedures that they are used by, and the certificates that say how far to trust them."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Literal, TypeAlias

import msgspec

from openqi.evidence.record import Record
from openqi.records import Body, Content, DecimalText, Instant, Names, RecordId, Reference, Text, Uri, of_json


def certificates_subject(instrument: str) -> str:
    """Return the subject in whose stream an instrument and its certificates lie, apart from all that is measured with it."""
    return f"{instrument}#certificates"


class Indicates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A quantity that an instrument indicates.

    `resolution` is its last step, in `unit`. `relative_stability` and `absolute_stability` (in `unit`) are standard uncertainties
    for what may change between two calibrations, as the owner states them.
    """

    quantity: Text
    unit: Text
    resolution: DecimalText
    relative_stability: DecimalText = "0"
    absolute_stability: DecimalText = "0"


class InstrumentRegistered(Body, frozen=True):
    """A laboratory has an instrument. The interval after which it is calibrated again is the owner's, not the certificate's."""

    KIND: ClassVar[str] = "metrology.instrument-registered/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    instrument: Uri
    name: Names
    owner: Uri
    serial: Text
    indicates: tuple[Indicates, ...]
    calibration_interval_days: int
    illustrative: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.calibration_interval_days <= 36_500:
            raise ValueError("a calibration interval has 1 to 36,500 days")

    def subjects(self) -> tuple[str, ...]:
        return (self.instrument, self.owner, certificates_subject(self.instrument))


class ProcedurePublished(Body, frozen=True):
    """How a quantity is measured: the measurement model of the catalogue, and the quantities whose calibration enters it."""

    KIND: ClassVar[str] = "metrology.procedure-published/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    procedure: Uri
    edition: Text
    name: Names
    quantity: Text
    unit: Text
    model: Text
    inputs: tuple[Text, ...]
    source: Names | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.procedure,)


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One point of a calibration: what the instrument indicated, what was true, and how sure that is."""

    indicated: DecimalText
    reference: DecimalText
    expanded_uncertainty: DecimalText


class Calibrated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The calibration of one quantity, its points in rising order of what was indicated."""

    quantity: Text
    unit: Text
    coverage_factor: DecimalText
    points: tuple[Point, ...]


class Verified(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a verification found to keep within its maximum permissible error, between two indications."""

    quantity: Text
    unit: Text
    lower: DecimalText
    upper: DecimalText
    maximum_permissible_error: DecimalText


class CalibrationCertified(Body, frozen=True):
    """A calibration certificate (校准证书). It does not expire of itself: how long it serves is the owner's interval.

    `references` are the certificates of the standards that were used; `realises` names the SI unit that a national institute
    realises itself. `replaces` is the certificate that this one corrects.
    """

    KIND: ClassVar[str] = "metrology.calibration-certified/1"
    ROLE: ClassVar[str | None] = "calibration-laboratory"

    certificate: Uri
    number: Text
    instrument: Uri
    performed_at: Instant
    calibrated: tuple[Calibrated, ...]
    document: Content | None = None
    standards: tuple[RecordId, ...] = ()
    realises: Text | None = None
    illustrative: bool = False
    replaces: RecordId | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.instrument, self.certificate, certificates_subject(self.instrument))

    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference("reference standard", name) for name in self.standards)


class VerificationCertified(Body, frozen=True):
    """A verification certificate (检定证书): class, maximum permissible error, and an end that the law gives (有效期)."""

    KIND: ClassVar[str] = "metrology.verification-certified/1"
    ROLE: ClassVar[str | None] = "verification-body"

    certificate: Uri
    number: Text
    instrument: Uri
    performed_at: Instant
    valid_until: Instant
    accuracy_class: Text
    verdict: Literal["passed", "failed"]
    verified: tuple[Verified, ...]
    document: Content | None = None
    illustrative: bool = False
    replaces: RecordId | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.instrument, self.certificate, certificates_subject(self.instrument))


class CalibrationCertifiedFully(CalibrationCertified, frozen=True, kw_only=True):
    """A calibration certificate whose document, a DCC, is all of it: page, PDF and XML come out of the same record.

    It says what /1 says, and more. `laboratory_code` is that of the accreditation or licence (CNAS L0001). `procedures` name the
    documents that were followed (JJF 1007-2007), `decision_rules` those by which verdicts in it were decided. `evaluations` are
    the records of the uncertainties (`metrology.uncertainty-evaluated/1`), each with its budget.
    """

    KIND: ClassVar[str] = "metrology.calibration-certified/2"

    customer: Names
    procedures: tuple[Text, ...]
    laboratory_code: Text | None = None
    decision_rules: tuple[Text, ...] = ()
    evaluations: tuple[RecordId, ...] = ()

    def __post_init__(self) -> None:
        if self.document is None:
            raise ValueError("a calibration certificate of this kind has its DCC as `document`")
        if not self.procedures:
            raise ValueError("a calibration certificate names the procedure that was followed")

    def references(self) -> tuple[Reference, ...]:
        return (*super().references(), *(Reference("uncertainty evaluation", name) for name in self.evaluations))


class Regulation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A verification regulation (检定规程): its number (JJG 205), its edition (2005), what it is called."""

    number: Text
    edition: Text
    name: Names


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A condition under which was verified: between two values that may be the same."""

    quantity: Text
    unit: Text
    lower: DecimalText
    upper: DecimalText


class VerificationItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """An item of verification (检定项目) and what it came to; `clause` is that of the regulation."""

    name: Names
    verdict: Literal["passed", "failed", "not-applicable"]
    clause: Text


class VerificationCertifiedFully(VerificationCertified, frozen=True, kw_only=True):
    """A verification certificate (检定证书) with its regulation, conditions, items and standards. It says what /1 says, and more.

    One that did not pass is a notice of that (检定结果通知书) and serves no day: it ends when it was performed.
    """

    KIND: ClassVar[str] = "metrology.verification-certified/2"

    regulation: Regulation
    conditions: tuple[Condition, ...]
    items: tuple[VerificationItem, ...]
    standards: tuple[RecordId, ...] = ()

    def __post_init__(self) -> None:
        if not self.items or all(one.verdict == "not-applicable" for one in self.items):
            raise ValueError("a verification has items that were verified")
        if (self.verdict == "failed") != any(one.verdict == "failed" for one in self.items):
            raise ValueError("a verification is failed where an item is, and only there")
        if (self.valid_until > self.performed_at) != (self.verdict == "passed"):
            raise ValueError("one that passed is valid until later than it was performed; one that failed, until then")

    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference("reference standard", name) for name in self.standards)


class CertificateTranscribed(Body, frozen=True):
    """A certificate on paper, as a laboratory copied it by hand; whoever checked the copy signs it a second time.

    It is only stated: nothing proves what the paper says. Either `calibrated` or `verified` is given, not both.
    """

    KIND: ClassVar[str] = "metrology.certificate-transcribed/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    certificate: Uri
    number: Text
    instrument: Uri
    issued_by: Names
    performed_at: Instant
    document: Content
    transcript: Content
    checked_by: Uri
    calibrated: tuple[Calibrated, ...] = ()
    verified: tuple[Verified, ...] = ()
    valid_until: Instant | None = None
    accuracy_class: Text | None = None
    illustrative: bool = False
    replaces: RecordId | None = None

    def __post_init__(self) -> None:
        if bool(self.calibrated) == bool(self.verified):
            raise ValueError("a transcription is of a calibration or of a verification")
        if self.calibrated and (self.valid_until is not None or self.accuracy_class is not None):
            raise ValueError("a calibration certificate has no end and no class of its own; the owner's interval is its end")
        if self.verified and (self.valid_until is None or self.accuracy_class is None):
            raise ValueError("a verification certificate states its class and until when it is valid")

    def subjects(self) -> tuple[str, ...]:
        return (self.instrument, self.certificate, certificates_subject(self.instrument))


Certificate: TypeAlias = CalibrationCertified | VerificationCertified | CertificateTranscribed
CERTIFICATES: dict[str, type[Certificate]] = {
    kind.KIND: kind
    for kind in (
        CalibrationCertified, CalibrationCertifiedFully, VerificationCertified, VerificationCertifiedFully, CertificateTranscribed,
    )
}  # fmt: skip


def certificates(
    records: Iterable[Record], quantity: str, *, stands: Callable[[Record], bool], home: Callable[[str], str]
) -> tuple[tuple[Record, Certificate], ...]:
    """Return the certificates of an instrument that speak of a quantity and still stand, in log order.

    Args:
        records: the stream of `certificates_subject`.
        quantity: as instruments and certificates name it.
        stands: whether a record was not withdrawn.
        home: origin of a record; nobody corrects a certificate of another log.
    """
    found: dict[str, tuple[Record, Certificate]] = {}
    for record in records:
        kind = CERTIFICATES.get(record.kind)
        if kind is None or not stands(record):
            continue
        body: Certificate = of_json(record.body, kind)
        old = found.get(body.replaces or "")
        # Nobody corrects another's certificate.
        if old is not None and old[0].issuer == record.issuer and home(old[0].id) == home(record.id):
            del found[old[0].id]
        if quantity in {one.quantity for one in (*results_of(body),)}:
            found[record.id] = (record, body)
    return tuple(found.values())


def results_of(body: Certificate) -> tuple[Calibrated | Verified, ...]:
    """Return what a certificate says, quantity by quantity."""
    calibrated = () if isinstance(body, VerificationCertified) else body.calibrated
    return (*calibrated, *(() if isinstance(body, CalibrationCertified) else body.verified))
