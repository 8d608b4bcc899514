"""Verdicts on what the measurement model of a procedure gave: values with their own uncertainty, and outcomes."""

from typing import ClassVar, Literal

import msgspec

from openqi.records import Body, DecimalText, Index, Items, ModelDigest, RecordId, Reference, Text, Uri


class OutcomeCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """How many items came to one outcome."""

    outcome: Literal["pass", "conditionalPass", "conditionalFail", "fail", "noPass", "noFail"]
    count: Index


class MeasuredJudged(Body, frozen=True):
    """Readings went through the measurement model of their procedure, got an uncertainty each, and were judged by a requirement.

    Each row is {expandedUncertainty, indicated, item, value, verdict} and what else `MeasuredRow` has; values are in the unit of
    the requirement. `model_digest` is the SHA-256 of the model's text. U has the coverage factor that stands here, or that of its
    row for the coverage probability that stands here.
    """

    KIND: ClassVar[str] = "conformity.readings-judged/2"

    subject: Uri
    readings: RecordId
    requirement: RecordId
    procedure: RecordId
    model_digest: ModelDigest
    instruments: tuple[RecordId, ...]
    certificates: tuple[RecordId, ...]
    rule: Text
    unit: Text
    items: Items
    conforming: Index
    nonconforming: Index
    undecided: Index = 0
    outcomes: tuple[OutcomeCount, ...] = ()
    coverage_factor: DecimalText | None = None
    coverage_probability: DecimalText | None = None

    def subjects(self) -> tuple[str, ...]:
        return (self.subject,)

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("requirement", self.requirement),
            Reference("readings", self.readings),
            *(Reference("instrument", name) for name in self.instruments),
            *(Reference("certificate of the instrument", name) for name in self.certificates),
        )
