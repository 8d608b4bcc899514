"""What `openqi.yaml` can declare of recalls: editions with their lines, how far they came, their end."""

from openqi.app.workspace.declaring import Declared
from openqi.records import Names
from openqi.records.recalls import Remedy, RiskLevel


class RecallLineDeclared(Declared, frozen=True, kw_only=True):
    """A line of a recall; its name in the file is its number. `product` and `lots` are entries, the rest stands as it is."""

    name: Names
    product: str | None = None
    lots: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    made_from: str | None = None
    made_until: str | None = None
    made: int | None = None
    recalled: int | None = None


class RecallDeclared(Declared, frozen=True, kw_only=True):
    """An edition of a recall. `firm` and `published_by` are parties: where they differ, it is ordered by an authority.

    The next edition is an entry of its own, which names the one that it `replaces`; one with fewer goods says why under `narrowed`.
    """

    uri: str
    number: str
    firm: str
    name: Names
    lines: dict[str, RecallLineDeclared]
    defect: Names
    consequence: Names
    risk: RiskLevel
    remedies: tuple[Remedy, ...]
    what_to_do: Names
    contact: Names
    sold: Names
    begins: str
    published_by: str
    ends: str | None = None
    learned: str | None = None
    complaints: int = 0
    injuries: int = 0
    replaces: str | None = None
    narrowed: Names | None = None
    illustrative: bool | None = None


class RecallProgressDeclared(Declared, frozen=True, kw_only=True):
    """How many units of a line of a recall were reached since its beginning, each unit once."""

    recall: str
    line: str
    at: str
    reported_by: str
    returned: int = 0
    repaired: int = 0
    destroyed: int = 0
    told: int | None = None


class EndedRecallDeclared(Declared, frozen=True, kw_only=True):
    """A recall has ended, with what was not reached where that is not everything."""

    recall: str
    at: str
    summary: Names
    ended_by: str
    not_reached: Names | None = None
