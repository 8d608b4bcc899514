"""What is required: one limit on one quantity, with its edition, validity and decision rule."""

from typing import ClassVar, Literal

import msgspec

from openqi.kernel.decimals import fraction
from openqi.records import Body, DecimalText, Instant, Names, Text, Uri


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


class ClausePublished(Body, frozen=True):
    """One requirement for machines, with everything that a verdict depends on; nothing of it has a default.

    `lower` and `upper` are limits of the quantity in `unit`. `rule` names a decision rule of the catalogue and `guard_factor` its
    r, where it has one. `comparison` is one of the two methods of GB/T 8170; rounding needs the interval (修约间隔). `source`
    names the document, `clause` the place in it, `condition` under which conditions the quantity is meant.
    """

    KIND: ClassVar[str] = "standards.requirement-published/2"
    ROLE: ClassVar[str | None] = "standards-body"

    requirement: Uri
    edition: Text
    source: Names
    clause: Text
    name: Names
    quantity: Text
    unit: Text
    procedure: Uri
    condition: Text
    rule: Text
    comparison: Literal["full-value", "rounded-value"]
    valid_from: Instant
    guard_factor: DecimalText | None = None
    rounding_interval: DecimalText | None = None
    valid_until: Instant | None = None
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("a requirement has a lower limit, an upper limit or both")
        if self.lower is not None and self.upper is not None and fraction(self.lower) >= fraction(self.upper):
            raise ValueError(f"the limits are out of order: lower {self.lower} is not below upper {self.upper}")
        if (self.comparison == "rounded-value") != (self.rounding_interval is not None):
            raise ValueError("comparison rounded-value needs a rounding interval, and full-value has none")

    def subjects(self) -> tuple[str, ...]:
        return (self.requirement,)


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A number that a decision rule or a distribution is given, by the name that it has there."""

    name: Text
    value: DecimalText


class Prior(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What is known of the items before they are measured: a distribution of the catalogue, in the unit of the limits."""

    distribution: Text
    parameters: tuple[Parameter, ...]
    source: Names


class CriterionPublished(Body, frozen=True):
    """One requirement for machines by a decision rule with parameters, and where it asks for one with a prior.

    As `standards.requirement-published/2`, but `rule` names a rule of the second catalogue, which says what is accepted and what is
    rejected, and so has six outcomes; `parameters` are those that it takes (the guard factor r of `scaled-guard/2` among them).
    """

    KIND: ClassVar[str] = "standards.requirement-published/3"
    ROLE: ClassVar[str | None] = "standards-body"

    requirement: Uri
    edition: Text
    source: Names
    clause: Text
    name: Names
    quantity: Text
    unit: Text
    procedure: Uri
    condition: Text
    rule: Text
    comparison: Literal["full-value", "rounded-value"]
    valid_from: Instant
    parameters: tuple[Parameter, ...] = ()
    prior: Prior | None = None
    rounding_interval: DecimalText | None = None
    valid_until: Instant | None = None
    lower: DecimalText | None = None
    upper: DecimalText | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            raise ValueError("a requirement has a lower limit, an upper limit or both")
        if self.lower is not None and self.upper is not None and fraction(self.lower) >= fraction(self.upper):
            raise ValueError(f"the limits are out of order: lower {self.lower} is not below upper {self.upper}")
        if (self.comparison == "rounded-value") != (self.rounding_interval is not None):
            raise ValueError("comparison rounded-value needs a rounding interval, and full-value has none")
        for given in (self.parameters, () if self.prior is None else self.prior.parameters):
            if len({one.name for one in given}) != len(given):
                raise ValueError(f"a parameter stands twice among {', '.join(one.name for one in given)}; state each once")

    def subjects(self) -> tuple[str, ...]:
        return (self.requirement,)
