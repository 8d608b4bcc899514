"""Recalls as evidence (缺陷召回): own ones with their lines, progress and end, and foreign ones as they were taken in."""

from typing import ClassVar, Literal

from openqi.records import Body, Content, Day, DecimalText, Index, Instant, Items, Names, Part, RecordId, Reference, Text, Uri

Remedy = Literal["repair", "replacement", "refund", "disposal", "software-update", "information"]
RiskLevel = Literal["serious", "high", "medium", "low"]
Layout = Literal["safety-gate", "cpsc", "nhtsa", "fda", "usda"]


def recalls_subject(about: str) -> str:
    """Return the subject in whose stream lie the recalls of a firm or product, apart from its other business."""
    return f"{about}#recalls"


def progress_subject(recall: str) -> str:
    """Return the subject in whose stream lies how far a recall has come; the recall itself stays complete."""
    return f"{recall}#progress"


class RecallLine(Part, frozen=True, kw_only=True):
    """One line of a recall: which goods, made when, how many were made and are recalled. What is not known is left out."""

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


class RecallPublished(Body, frozen=True):
    """A recall: header, lines and firm. An edition is never changed; the next names the one that it `replaces`.

    `on_market` says since when and where it was sold; `injuries` and `complaints` are what the firm knows of, none left out.
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
    ordered_by: Uri | None = None
    complaints: Index = 0
    injuries: Index = 0
    pictures: tuple[Content, ...] = ()
    because: tuple[RecordId, ...] = ()
    replaces: RecordId | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        numbers = [one.number for one in self.lines]
        if not 1 <= len(numbers) <= 100 or len({*numbers}) != len(numbers):
            raise ValueError("a recall has 1 to 100 lines, each number once")

    def subjects(self) -> tuple[str, ...]:
        products = [one.product for one in self.lines if one.product is not None]
        lots = [one for line in self.lines for one in line.lots]
        return (self.recall, *dict.fromkeys(recalls_subject(one) for one in (self.firm, *products, *lots)))

    def references(self) -> tuple[Reference, ...]:
        before = () if self.replaces is None else (Reference("edition before", self.replaces),)
        return (*(Reference("because of", one) for one in self.because), *before)


class RecallProgressReported(Body, frozen=True):
    """How far a recall has come: how many units were told of, returned, repaired, destroyed, each since its beginning.

    `items` are rows {mark, state} of the units that are known one by one.
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

    def subjects(self) -> tuple[str, ...]:
        return (progress_subject(self.recall),)

    def references(self) -> tuple[Reference, ...]:
        return (Reference("recall", self.published),)


class RecallEnded(Body, frozen=True):
    """A recall has ended: how many units of how many were reached, by the reports, and what of them could not be."""

    KIND: ClassVar[str] = "surveillance.recall-ended/1"

    recall: Uri
    published: RecordId
    at: Instant
    recalled: Index
    reached: Index
    share: DecimalText
    summary: Names

    def subjects(self) -> tuple[str, ...]:
        return (self.recall, progress_subject(self.recall))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("recall", self.published),)


class RecallsTaken(Body, frozen=True):
    """Recalls of a public list were taken in: a row each with its own number, line and the SHA-256 of its content.

    What was taken before and is the same stands in no row; what is other now is `changed`, what is new `added`. Nothing is removed:
    a list that no longer names a recall is no recall that has ended.
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
    refused: Index = 0

    def subjects(self) -> tuple[str, ...]:
        return (self.register,)
