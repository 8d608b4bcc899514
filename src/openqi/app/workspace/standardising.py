"""What `openqi.yaml` can declare of standards that firms declare themselves, and of holding them against results."""

from typing import Literal

from msgspec import field

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class GradeDeclared(Declared, frozen=True, kw_only=True):
    """What a grade asks for."""

    lower: str | None = None
    upper: str | None = None


class IndicatorDeclared(Declared, frozen=True, kw_only=True):
    """One declared value; what begins with `recommended` is what a recommended standard says of the same quantity."""

    name: Names
    quantity: str
    unit: str
    concerns: Literal["function", "performance", "safety", "health", "environment"]
    method: str
    lower: str | None = None
    upper: str | None = None
    grade: str | None = None
    recommended_standard: str | None = None
    recommended_clause: str | None = None
    recommended_unit: str | None = None
    recommended_lower: str | None = None
    recommended_upper: str | None = None
    grades: dict[str, GradeDeclared] = field(default_factory=dict)


class OwnStandardDeclared(Declared, frozen=True, kw_only=True):
    """A standard that a firm declares for a product of its own."""

    uri: str
    number: str
    name: Names
    product: str
    declared_by: str
    valid_from: str
    indicators: dict[str, IndicatorDeclared]
    valid_until: str | None = None
    replaces: str | None = None
    illustrative: bool | None = None


class OwnStandardCheckDeclared(Declared, frozen=True, kw_only=True):
    """A declared standard held against all results on the lots of its product, and on what else is named."""

    own_standard: str
    checked_by: str
    also: tuple[str, ...] = ()
    since: str | None = None
