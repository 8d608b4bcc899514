"""Lists that a draw rests on: what may be inspected, who can be drawn, and who can be sent."""

from fractions import Fraction
from typing import ClassVar, Literal

from openqi.kernel.errors import FormatError
from openqi.kernel.instant import parse_instant
from openqi.records import Body, Content, Fractional, Hash, Index, Instant, Items, Names, Part, RecordId, Reference, Text, Uri


def _check_instant(text: str | None) -> None:
    """Raise ValueError where there is no such instant, which a list would begin or end to hold at."""
    try:
        parse_instant(text or "2000-01-01T00:00:00Z")
    except FormatError as error:
        raise ValueError(str(error)) from error


class InspectionItem(Part, frozen=True, kw_only=True):
    """One matter that may be inspected: general ones at a limited ratio, key ones without a ceiling."""

    code: Text
    name: Names
    sort: Literal["general", "key"]
    basis: Names
    objects: Names | None = None
    most_ratio: Fractional | None = None

    def __post_init__(self) -> None:
        if self.most_ratio is None:
            return
        if self.sort == "key":
            raise ValueError("a key item has no ceiling: leave its ratio out")
        found = Fraction(self.most_ratio)
        if str(found) != self.most_ratio or not 0 < found <= 1:
            raise ValueError("a ratio is above 0 and up to 1, in lowest terms, as 1/20")


class ItemListPublished(Body, frozen=True):
    """What may be inspected at random (抽查事项清单): an edition is never changed, the next is a record of its own."""

    KIND: ClassVar[str] = "surveillance.item-list-published/1"
    ROLE: ClassVar[str | None] = "market-surveillance-authority"

    list: Uri
    edition: Text
    name: Names
    items: tuple[InspectionItem, ...]
    valid_from: Instant
    valid_until: Instant | None = None

    def __post_init__(self) -> None:
        codes = [one.code for one in self.items]
        if not codes or len({*codes}) != len(codes):
            raise ValueError("a list has items, each code once")
        for instant in (self.valid_from, self.valid_until):
            _check_instant(instant)
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("a list ends to hold after it begins to")

    def subjects(self) -> tuple[str, ...]:
        return (self.list,)


class Counted(Part, frozen=True, kw_only=True):
    """How many objects bear a label: a stratum, a class, a reason, an outcome; the label may be empty where there is but one."""

    label: str = ""
    objects: Index


class FrameFrozen(Body, frozen=True):
    """Who can be drawn (检查对象名录), frozen: the hash over the whole list, how many, and who was left out, with reasons.

    `document` has a line an object that can be drawn: name, stratum, class and size, tabulators between. `exclusions` likewise has
    those who cannot: name, reason, detail; they stand in the other one no more. `root` is over the list in the order of SHA-256
    of the names, so that it does not hang on the order of the file.
    """

    KIND: ClassVar[str] = "surveillance.frame-frozen/1"

    frame: Uri
    name: Names
    as_of: Instant
    source: Names
    root: Hash
    objects: Index
    document: Content
    strata: tuple[Counted, ...]
    classes: tuple[Counted, ...]
    excluded: Index = 0
    exclusions: Content | None = None
    reasons: tuple[Counted, ...] = ()
    classified: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.frame,)

    def references(self) -> tuple[Reference, ...]:
        return () if self.classified is None else (Reference("classification", self.classified),)


class OfficersFrozen(Body, frozen=True):
    """Who can be sent (执法检查人员名录): a row an officer with certificates, permits and workload, under numbers, not names."""

    KIND: ClassVar[str] = "surveillance.officers-frozen/1"

    roll: Uri
    name: Names
    as_of: Instant
    officers: Items
    units: Index
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.roll,)


class RecusalsFrozen(Body, frozen=True):
    """Who may not go where, and why (回避): sealed, as it says who is kin to whom. A commitment names it without opening it."""

    KIND: ClassVar[str] = "surveillance.recusals-frozen/1"

    roll: Uri
    officers: RecordId
    recusals: Items
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.roll,)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("list of officers", self.officers),)
