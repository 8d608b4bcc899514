"""Recalls as evidence (缺陷召回): own ones with their lines, progress and end, and foreign ones as they were taken in."""

from typing import ClassVar, Final, Literal

from openqi.records import (
    Body,
    Content,
    Day,
    DecimalText,
    Index,
    Instant,
    Items,
    Names,
    Part,
    RecordId,
    Reference,
    Small,
    Text,
    Uri,
)  # fmt: skip

Remedy = Literal["repair", "replacement", "refund", "disposal", "software-update", "information"]
RiskLevel = Literal["serious", "high", "medium", "low"]
Layout = Literal["safety-gate", "cpsc", "nhtsa", "fda", "usda"]
Fate = Literal["returned", "repaired", "destroyed"]
"""How a unit was reached, each unit once: taken back from its holder, made safe at the holder's, or destroyed there."""
MOST_SUBJECTS: Final = 60
"""Most products and lots that one recall names; a record lies in at most 64 streams."""


def recalls_subject(about: str) -> str:
    """Return the subject in whose stream lie the recalls of a firm or product, apart from its other business."""
    return f"{about}#recalls"


def progress_subject(recall: str) -> str:
    """Return the subject in whose stream lies how far a recall has come; the recall itself stays complete."""
    return f"{recall}#progress"


class RecallLine(Part, frozen=True, kw_only=True):
    """One line of a recall: which goods, made when, how many were made and are recalled. What is not known is left out.

    A line that names a product and neither lots, batches nor days is of all of that product.
    """

    number: Text
    name: Names
    product: Uri | None = None
    lots: tuple[Uri, ...] = ()
    models: tuple[Text, ...] = ()
    batches: tuple[Text, ...] = ()
    gtins: tuple[Text, ...] = ()
    made_from: Day | None = None
    made_until: Day | None = None
    made: Index | None = None
    recalled: Index | None = None

    def __post_init__(self) -> None:
        if self.made is not None and self.recalled is not None and self.recalled > self.made:
            raise ValueError(f"line {self.number}: {self.recalled} are recalled of {self.made} that were made")
        if self.made_from is not None and self.made_until is not None and self.made_until < self.made_from:
            raise ValueError(f"line {self.number}: made from {self.made_from} until {self.made_until}, which lies before")


class RecallPublished(Body, frozen=True):
    """A recall: header, lines and firm. An edition is never changed; the next names the one that it `replaces`.

    `sold` says since when and where it was sold; `injuries` and `complaints` are what the firm knows of, none left out; `learned`
    is the day on which it learned of the defect. `narrowed` says why an edition has fewer goods than the one before, or
    offers or tells less: a remedy, the risk, injuries and complaints, its days.
    """

    KIND: ClassVar[str] = "surveillance.recall-published/1"

    recall: Uri
    number: Text
    firm: Uri
    name: Names
    lines: tuple[RecallLine, ...]
    defect: Names
    consequence: Names
    risk: RiskLevel
    remedies: tuple[Remedy, ...]
    what_to_do: Names
    contact: Names
    sold: Names
    begins: Day
    ends: Day | None = None
    edition: Small = 1
    ordered_by: Uri | None = None
    learned: Day | None = None
    complaints: Index = 0
    injuries: Index = 0
    pictures: tuple[Content, ...] = ()
    because: tuple[RecordId, ...] = ()
    replaces: RecordId | None = None
    narrowed: Names | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        numbers = [one.number for one in self.lines]
        if not 1 <= len(numbers) <= 100 or len({*numbers}) != len(numbers):
            raise ValueError("a recall has 1 to 100 lines, each number once")
        if len(self.goods()) > MOST_SUBJECTS:
            raise ValueError(
                f"a recall names at most {MOST_SUBJECTS} products and lots; name further lots as batches of their line"
            )
        if not self.remedies or len({*self.remedies}) != len(self.remedies):
            raise ValueError("a recall names what is offered, each remedy once")
        if (self.edition == 1) != (self.replaces is None) or self.edition == 0:
            raise ValueError("the first edition replaces none, and each further one names the one before")

    def goods(self) -> tuple[str, ...]:
        """Return the products and lots that the lines name, each once."""
        products = [one.product for one in self.lines if one.product is not None]
        return tuple(dict.fromkeys([*products, *(one for line in self.lines for one in line.lots)]))

    def subjects(self) -> tuple[str, ...]:
        return (self.recall, *dict.fromkeys(recalls_subject(one) for one in (self.firm, *self.goods())))

    def references(self) -> tuple[Reference, ...]:
        before = () if self.replaces is None else (Reference("edition before", self.replaces),)
        return (*(Reference("because of", one) for one in self.because), *before)


class RecallProgressReported(Body, frozen=True):
    """How far a line of a recall has come: how many units were told of, and how many were reached, each since its beginning.

    A unit is counted once, as what it was reached by first: `returned`, `repaired` or `destroyed`; so no number ever falls.
    `items` are rows {mark, state} of units that are known one by one and stand in no report before.
    """

    KIND: ClassVar[str] = "surveillance.recall-progress-reported/1"

    recall: Uri
    published: RecordId
    line: Text
    at: Instant
    returned: Index
    repaired: Index
    destroyed: Index
    told: Index | None = None
    items: Items | None = None
    illustrative: bool = False

    @property
    def reached(self) -> int:
        """How many units were reached."""
        return self.returned + self.repaired + self.destroyed

    def subjects(self) -> tuple[str, ...]:
        return (progress_subject(self.recall),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("recall", self.published),)


class LineReached(Part, frozen=True, kw_only=True):
    """How many units of a line were reached by its last report; `recalled` is absent where nobody knows how many there are."""

    line: Text
    reached: Index
    recalled: Index | None = None


class RecallEnded(Body, frozen=True):
    """A recall has ended: how many units of how many were reached, by the reports, and what could not be reached.

    `share` is cut, not rounded, so that what is not all never reads as all; it and `recalled` are absent where nobody knows how
    many units there are of each line.
    """

    KIND: ClassVar[str] = "surveillance.recall-ended/1"

    recall: Uri
    published: RecordId
    at: Instant
    reached: Index
    lines: tuple[LineReached, ...]
    summary: Names
    recalled: Index | None = None
    share: DecimalText | None = None
    not_reached: Names | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.recall, progress_subject(self.recall))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("recall", self.published),)


class RecallsTaken(Body, frozen=True):
    """Recalls of a public list were taken in: a row a line of a recall, with the SHA-256 of its content.

    What was taken before and is the same stands in no row; what is other now is `changed`, what is new `added`. Nothing is removed:
    a list that no longer names a recall is no recall that has ended. `refused` are lines that could not be read; they are kept
    apart in `faults`, each with its reason, its place and what stood there.
    """

    KIND: ClassVar[str] = "surveillance.recalls-taken/1"

    register: Uri
    layout: Layout
    document: Content
    taken_at: Instant
    items: Items
    listed: Index
    added: Index
    changed: Index
    same: Index = 0
    refused: Index = 0
    faults: Content | None = None
    before: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.register,)

    def references(self) -> tuple[Reference, ...]:
        return () if self.before is None else (Reference("taken before", self.before),)
