"""What `openqi.yaml` can declare of licensed marks."""

from typing import Literal

from openqi.app.workspace.declaring import Declared
from openqi.records import Names
from openqi.records.licences import MarkState


class MarkRuleDeclared(Declared, frozen=True, kw_only=True):
    """The rule of a mark; `pledge` is an entry of `pledges`, `requirements` are clauses."""

    uri: str
    edition: str
    name: Names
    sort: Literal["integrity-verification", "consistently-passing"]
    longest_days: int
    valid_from: str
    published_by: str
    pledge: str | None = None
    requirements: tuple[str, ...] = ()
    tests: int = 0
    over_days: int = 0
    newest_within: int = 0
    laboratories: int = 0
    valid_until: str | None = None
    illustrative: bool | None = None


class MarkLicenceDeclared(Declared, frozen=True, kw_only=True):
    """A licence by a rule, for a product of a party; `signature` is an entry of `pledge_signatures`."""

    uri: str
    number: str
    rule: str
    holder: str
    product: str
    valid_from: str
    valid_until: str
    licensed_by: str
    most: int | None = None
    markets: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    signature: str | None = None
    confidence: str = "0.95"
    illustrative: bool | None = None


class LicensedMarksDeclared(Declared, frozen=True, kw_only=True):
    """So many marks under a licence; a build makes them once and keeps them in a private file."""

    licence: str
    gtin: str
    count: int
    issued_by: str
    use_until: str | None = None
    lot: str | None = None


class MarkStateDeclared(Declared, frozen=True, kw_only=True):
    """What became of marks of an issue: of those in `file`, one a line, or of all; `because` is an entry such as `lots/NAME`."""

    marks: str
    state: MarkState
    at: str
    stated_by: str
    reason: Names | None = None
    file: str | None = None
    because: str | None = None
