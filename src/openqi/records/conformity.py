"""Results and verdicts: what was measured on an item, one or many at a time, and whether it conforms to a requirement."""

from typing import Annotated, ClassVar, Literal

import msgspec

from openqi.records import END, Body, DecimalText, Index, Instant, RecordId, Text, Uri


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


class Rows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The blob that holds one canonical row a line."""

    media_type: Literal["application/x-ndjson"]
    sha256: RecordId
    size: Index


class Items(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Many items as one: how many, the Merkle root over their rows, and the blob of the rows."""

    count: Index
    root: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END)]
    rows: Rows


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
