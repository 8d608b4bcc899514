"""What is required: one limit on one quantity, with its edition, validity and decision rule."""

from typing import ClassVar

from openqi.records import Body, DecimalText, Instant, Text, Uri


class RequirementPublished(Body, frozen=True):
    """One requirement for machines; a new edition is a new record in the same stream. There is no default rule.

    `lower` and `upper` are limits of the quantity in `unit`; at least one is given. `rule` names a decision rule of the
    catalogue. `clause` says where the requirement stands in its source.
    """

    KIND: ClassVar[str] = "standards.requirement-published/1"
    ROLE: ClassVar[str | None] = "standards-body"

    requirement: Uri
    edition: Text
    quantity: Text
    unit: Text
    rule: Text
    clause: Text
    valid_from: Instant
    valid_until: Instant | None = None
    lower: DecimalText | None = None
    upper: DecimalText | None = None

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("a requirement has a lower limit, an upper limit or both")

    def subjects(self) -> tuple[str, ...]:
        return (self.requirement,)
