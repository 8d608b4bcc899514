"""Results and verdicts: what was measured on an item, one or many at a time, and whether it conforms to a requirement."""

from typing import ClassVar, Literal

import msgspec

from openqi.evidence.record import record_subject
from openqi.records import Body, Content, DecimalText, Index, Instant, Items, Names, RecordId, Reference, Text, Uri


class ResultReported(Body, frozen=True):
    """A laboratory measured a quantity of an item. No result stands without its expanded uncertainty."""

    KIND: ClassVar[str] = "conformity.result-reported/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    item: Uri
    quantity: Text
    value: DecimalText
    unit: Text
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText
    method: Text
    measured_at: Instant
    instruments: tuple[Uri, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.item, *self.instruments)


class ResultsReported(Body, frozen=True):
    """A laboratory measured one quantity on many items of a lot; each row is {item, value}, the rest is common to all."""

    KIND: ClassVar[str] = "conformity.results-reported/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    lot: Uri
    quantity: Text
    unit: Text
    expanded_uncertainty: DecimalText
    coverage_factor: DecimalText
    method: Text
    measured_at: Instant
    items: Items
    instruments: tuple[Uri, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.lot, *self.instruments)


class ResultJudged(Body, frozen=True):
    """A result was judged by a requirement. The acceptance limits are those that the rule gave, in the requirement's unit."""

    KIND: ClassVar[str] = "conformity.result-judged/1"

    item: Uri
    result: RecordId
    requirement: RecordId
    rule: Text
    verdict: Literal["conforming", "nonconforming"]
    value: DecimalText
    unit: Text
    acceptance_lower: DecimalText | None = None
    acceptance_upper: DecimalText | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.item,)


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """At which value of an input quantity an instrument was used: its certificate is read at this point."""

    quantity: Text
    value: DecimalText
    unit: Text
    instrument: Uri


class ReadingsReported(Body, frozen=True):
    """A laboratory read one quantity off an instrument on one or many items, as indicated: nothing is corrected yet.

    Each row is {item, value} and, where the procedure compares two readings, reference. `simulated` says how, where no
    measurement took place. `document` is the file that the rows were taken from.
    """

    KIND: ClassVar[str] = "conformity.readings-reported/1"
    ROLE: ClassVar[str | None] = "testing-laboratory"

    subject: Uri
    quantity: Text
    unit: Text
    procedure: RecordId
    condition: Text
    instrument: Uri
    settings: tuple[Setting, ...]
    measured_from: Instant
    measured_until: Instant
    items: Items
    document: Content | None = None
    simulated: Text | None = None
    remark: Names | None = None

    def __post_init__(self) -> None:
        if self.measured_until < self.measured_from:
            raise ValueError(f"measured until {self.measured_until}, which is before {self.measured_from}")

    def subjects(self) -> tuple[str, ...]:
        return (self.subject, self.instrument, *(setting.instrument for setting in self.settings))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("procedure", self.procedure),)


class ReadingsJudged(Body, frozen=True):
    """Readings were corrected by the certificates in force, given an uncertainty, and judged by a requirement.

    Each row is {expandedUncertainty, indicated, item, value, verdict}; values are in the unit of the requirement, U has k = 2.
    """

    KIND: ClassVar[str] = "conformity.readings-judged/1"

    subject: Uri
    readings: RecordId
    requirement: RecordId
    procedure: RecordId
    instruments: tuple[RecordId, ...]
    certificates: tuple[RecordId, ...]
    rule: Text
    unit: Text
    items: Items
    conforming: Index
    nonconforming: Index

    def subjects(self) -> tuple[str, ...]:
        return (self.subject,)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("requirement", self.requirement),
            Reference("readings", self.readings),
            *(Reference("instrument", name) for name in self.instruments),
            *(Reference("certificate of the instrument", name) for name in self.certificates),
        )


def registration_subject(product: str) -> str:
    """Return the subject in whose stream it lies who makes a product, apart from its certificates and lots."""
    return f"{product}#registration"


class ProductRegistered(Body, frozen=True):
    """A maker makes a product, under a URI and names."""

    KIND: ClassVar[str] = "conformity.product-registered/1"
    ROLE: ClassVar[str | None] = "manufacturer"

    product: Uri
    name: Names

    def subjects(self) -> tuple[str, ...]:
        return (self.product, registration_subject(self.product))


class LotFormed(Body, frozen=True):
    """A maker formed a lot of a product; each row is {item}."""

    KIND: ClassVar[str] = "conformity.lot-formed/1"
    ROLE: ClassVar[str | None] = "manufacturer"

    lot: Uri
    product: Uri
    name: Names
    formed_at: Instant
    items: Items
    simulated: Text | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.lot, self.product)


class PlanPublished(Body, frozen=True):
    """A single sampling plan: how many items are drawn, and how many of them may be nonconforming."""

    KIND: ClassVar[str] = "conformity.plan-published/1"
    ROLE: ClassVar[str | None] = "conformity-assessment-body"

    plan: Uri
    sample_size: Index
    acceptance_number: Index
    rejection_number: Index
    source: Names

    def __post_init__(self) -> None:
        if not self.acceptance_number < self.rejection_number <= self.sample_size:
            raise ValueError("a plan has acceptance number < rejection number <= sample size")
        if self.rejection_number != self.acceptance_number + 1:
            raise ValueError("a single plan rejects at one more than it accepts")

    def subjects(self) -> tuple[str, ...]:
        return (self.plan,)


class LotDecided(Body, frozen=True):
    """A lot was accepted or rejected by the verdicts on a sample that a published seed drew; each row is {item, verdict}."""

    KIND: ClassVar[str] = "conformity.lot-decided/1"

    lot: Uri
    formed: RecordId
    judged: RecordId
    plan: RecordId
    seed: Text
    sample: Items
    nonconforming: Index
    verdict: Literal["accepted", "rejected"]

    def subjects(self) -> tuple[str, ...]:
        return (self.lot, record_subject(self.formed))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("lot", self.formed), Reference("verdicts", self.judged), Reference("sampling plan", self.plan))


class CertificateIssued(Body, frozen=True):
    """A certification body attests that a product and its lots conform, within a scope that covered it on that day.

    `mark_issuers` are the parties that may issue marks under it, besides the body itself.
    """

    KIND: ClassVar[str] = "conformity.certificate-issued/1"

    certificate: Uri
    number: Text
    holder: Uri
    product: Uri
    scope: RecordId
    requirements: tuple[Uri, ...]
    type_tests: tuple[RecordId, ...]
    lots: tuple[RecordId, ...]
    mark_issuers: tuple[Uri, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.certificate, self.product, self.holder)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("scope of accreditation", self.scope),
            *(Reference("type test", name) for name in self.type_tests),
            *(Reference("lot decision", name) for name in self.lots),
        )


class MarksIssued(Body, frozen=True):
    """Marks were issued under a certificate. Each row is {item, mark}: a mark stands there as the hash of its URI only."""

    KIND: ClassVar[str] = "conformity.marks-issued/1"

    certificate: Uri
    issued: RecordId
    product: Uri
    items: Items

    def subjects(self) -> tuple[str, ...]:
        return (self.certificate, self.product)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("certificate of conformity", self.issued),)
