"""What `openqi.yaml` can declare of draws: what is inspected, who can be drawn and sent, commitment, randomness, result."""

from typing import Literal

from msgspec import field

from openqi.app.workspace.declaring import Declared
from openqi.records import Names


class InspectionItemDeclared(Declared, frozen=True, kw_only=True):
    """A matter that may be inspected; its name in the file is its code. `most_ratio` as people write it: `5 %`."""

    name: Names
    sort: Literal["general", "key"]
    basis: Names
    objects: Names | None = None
    most_ratio: str | None = None


class ItemListDeclared(Declared, frozen=True, kw_only=True):
    """An edition of the list of what may be inspected at random."""

    uri: str
    edition: str
    name: Names
    items: dict[str, InspectionItemDeclared]
    valid_from: str
    published_by: str
    valid_until: str | None = None


class ExclusionsDeclared(Declared, frozen=True, kw_only=True):
    """A table of objects that cannot be drawn this time: the reason stands in the column `reason`, or is `because` for all."""

    file: str
    object: str
    reason: str | None = None
    because: str | None = None
    detail: str | None = None
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None


class FrameDeclared(Declared, frozen=True, kw_only=True):
    """Who can be drawn, in a table: `object`, `stratum`, `risk_class` and `size` are names of its columns."""

    uri: str
    name: Names
    as_of: str
    source: Names
    file: str
    object: str
    frozen_by: str
    stratum: str | None = None
    risk_class: str | None = None
    size: str | None = None
    exclusions: dict[str, ExclusionsDeclared] = field(default_factory=dict)
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None
    illustrative: bool | None = None


class RecusalsDeclared(Declared, frozen=True, kw_only=True):
    """A table of who may not go where, and why; the three members are names of its columns."""

    file: str
    officer: str
    object: str
    reason: str
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None


class OfficersDeclared(Declared, frozen=True, kw_only=True):
    """Who can be sent, in a table with a row for each certificate of an officer; the members in between are names of its columns.

    `permits` holds codes of items with semicolons between them: what the certificate permits, as long as it holds. Recusals are
    sealed; `seen_by` are the parties who may see them besides who froze them.
    """

    uri: str
    name: Names
    as_of: str
    file: str
    officer: str
    certificate_from: str
    certificate_until: str
    permits: str
    most: str
    frozen_by: str
    unit: str | None = None
    east: str | None = None
    north: str | None = None
    recusals: dict[str, RecusalsDeclared] = field(default_factory=dict)
    seen_by: tuple[str, ...] = ()
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    sheet: str | None = None
    illustrative: bool | None = None


class StratumRuleDeclared(Declared, frozen=True, kw_only=True):
    """How a stratum is drawn. `draw` is `5 %`, `1/20`, or a number of objects; floors and caps are chances by class."""

    design: str
    draw: str | None = None
    floors: dict[str, str] = field(default_factory=dict)
    caps: dict[str, str] = field(default_factory=dict)


class SourceDeclared(Declared, frozen=True, kw_only=True):
    """Public randomness that will be used: whose, which of its events, and before which instant nobody can know it.

    `form` is `drand`, a round of a beacon; `numbers`, drawn numbers, so many in each drum, in `ordered` order where that is
    published; or `bytes`, `taken` saying which.
    """

    source: str
    event: str
    not_before: str
    form: Literal["drand", "numbers", "bytes"]
    numbers: tuple[int, ...] = ()
    ordered: bool = False
    taken: Names | None = None


class SendingDeclared(Declared, frozen=True, kw_only=True):
    """How officers are sent: how many a visit, of different units, how far at most in metres, how many stand in."""

    each: int = 2
    different_units: bool = False
    reach: int | None = None
    substitutes: int = 2


class DrawDeclared(Declared, frozen=True, kw_only=True):
    """A draw before its randomness exists: it is committed to by the first build that finds it, and never again."""

    uri: str
    name: Names
    purpose: str
    frame: str
    strata: dict[str, StratumRuleDeclared]
    sources: dict[str, SourceDeclared]
    visits_from: str
    visits_until: str
    committed_by: str
    targeted: bool = False
    hidden: bool = False
    item_list: str | None = None
    items: tuple[str, ...] = ()
    officers: str | None = None
    sending: SendingDeclared = SendingDeclared()
    publication_limit: str | None = None
    parties: tuple[str, ...] = ()
    replaces: str | None = None
    illustrative: bool | None = None


class CancelledDrawDeclared(Declared, frozen=True, kw_only=True):
    """A draw that was committed to and will not be carried out, and why."""

    draw: str
    reason: Names
    cancelled_by: str


class RandomnessDeclared(Declared, frozen=True, kw_only=True):
    """The value of a source: `beacon`, a file as a drand relay answers; `numbers`, `1 3 9 17 21 30 + 16`; or `hex`."""

    draw: str
    source: str
    published_by: str
    published_at: str | None = None
    beacon: str | None = None
    numbers: str | None = None
    hex: str | None = None
    read_at: str | None = None


class MadeDrawDeclared(Declared, frozen=True, kw_only=True):
    """A draw that is made, out of the randomness that its commitment named."""

    draw: str
    randomness: tuple[str, ...]
    made_by: str


class ShownDrawDeclared(Declared, frozen=True, kw_only=True):
    """A hidden draw that is shown after its visits."""

    made: str
    shown_by: str
