"""Draws as they are decided: commitment, randomness, result, cancellation; the lists beside them are in `draw_lists`."""

from hashlib import sha256
from typing import ClassVar, Final, Literal

from openqi.records import (
    Body,
    Content,
    Day,
    Fractional,
    Hash,
    HexText,
    Index,
    Instant,
    Items,
    Names,
    Number,
    Part,
    RecordId,
    Reference,
    Small,
    Text,
    Uri,
)  # fmt: skip

AUTHORITY: Final = "market-surveillance-authority"


def draws_subject(organiser: str) -> str:
    """Return the subject in whose stream lie all commitments of an organiser: a draw that was never carried out is seen there."""
    return f"{organiser}#draws"


def commitment_subject(draw: str, organiser: str) -> str:
    """Return the subject in whose stream lies the one commitment of an organiser to a draw, apart from those of others."""
    return f"{draw}#commitment/{sha256(organiser.encode()).hexdigest()[:32]}"


def closing_subject(draw: str, committed: str) -> str:
    """Return the subject in whose stream the cancellation of a draw lies, if there is one."""
    return f"{draw}#cancelled/{committed}"


def randomness_subject(draw: str, committed: str, source: str, event: str) -> str:
    """Return the subject in whose stream lie the values of one named source, apart from those of other sources."""
    named = sha256(len(source.encode()).to_bytes(4, "big") + source.encode() + event.encode()).hexdigest()[:32]
    return f"{draw}#randomness/{committed}/{named}"


def made_subject(draw: str, committed: str) -> str:
    """Return the subject in whose stream lies who was drawn."""
    return f"{draw}#made/{committed}"


def shown_subject(draw: str, committed: str) -> str:
    """Return the subject in whose stream a hidden draw lies once it is shown."""
    return f"{draw}#shown/{committed}"


class ClassBound(Part, frozen=True, kw_only=True):
    """The least or greatest chance of a class."""

    risk_class: str
    chance: Fractional


class StratumStated(Part, frozen=True, kw_only=True):
    """How a stratum is drawn: by which design, how many or which part, between which chances of its classes."""

    design: Text
    stratum: str = ""
    size: Index | None = None
    ratio: Fractional | None = None
    floors: tuple[ClassBound, ...] = ()
    caps: tuple[ClassBound, ...] = ()


class StratumExpected(Part, frozen=True, kw_only=True):
    """How many objects a stratum has, and how many of them will be drawn: on average, where the design draws no fixed number."""

    stratum: str = ""
    objects: Index
    drawn: Fractional


class SourceNamed(Part, frozen=True, kw_only=True):
    """Public randomness that will be used: whose, which of its events, and before which instant nobody can know it.

    `form` says how bytes come of it: a round of a beacon; drawn numbers, `numbers` of them in each group, `ordered` where their
    order counts; or other bytes, `taken` saying which. Whoever could choose that later would choose among draws.
    """

    source: Text
    event: Text
    not_before: Instant
    form: Literal["drand", "numbers", "bytes"]
    numbers: tuple[Small, ...] = ()
    ordered: bool = False
    taken: Names | None = None

    def __post_init__(self) -> None:
        if (self.form == "numbers") != bool(self.numbers) or 0 in self.numbers:
            raise ValueError("drawn numbers say how many of them each group has, and nothing else does")
        if (self.form == "bytes") != (self.taken is not None):
            raise ValueError("other bytes say how they are taken, and nothing else does")
        if self.ordered and self.form != "numbers":
            raise ValueError("only drawn numbers have an order")


class Sending(Part, frozen=True, kw_only=True):
    """How officers are sent: how many a visit, whether of different units, how far at most in metres, how many stand in."""

    each: Small = 2
    different_units: bool = False
    reach: Index | None = None
    substitutes: Small = 2


class DrawCommitted(Body, frozen=True):
    """A draw before its randomness exists (抽取承诺): list, officers, rules, sources and program, under one hash.

    `targeted` where the list was narrowed (定向). With `key` visits are unannounced: what is drawn stays hidden until its proof is
    shown. Who stands under `parties` reports visits, besides the organiser who committed. `recusals` are sealed and named unread:
    whoever names a record had it before, and what is said in public rests on nothing that is sealed.
    """

    KIND: ClassVar[str] = "surveillance.draw-committed/1"

    draw: Uri
    organiser: Uri
    name: Names
    purpose: Text
    frame: RecordId
    strata: tuple[StratumStated, ...]
    expected: tuple[StratumExpected, ...]
    sources: tuple[SourceNamed, ...]
    version: Text
    commitment: Hash
    visits_from: Day
    visits_until: Day
    targeted: bool = False
    key: Hash | None = None
    item_list: RecordId | None = None
    items: tuple[Text, ...] = ()
    officers: RecordId | None = None
    recusals: RecordId | None = None
    sending: Sending | None = None
    publication_limit: RecordId | None = None
    parties: tuple[Uri, ...] = ()
    replaces: RecordId | None = None
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.draw, draws_subject(self.organiser), commitment_subject(self.draw, self.organiser))

    def references(self) -> tuple[Reference, ...]:
        named = (
            ("list of objects", self.frame), ("list of items", self.item_list), ("list of officers", self.officers),
            ("limit of publication", self.publication_limit), ("cancelled draw", self.replaces),
        )  # fmt: skip
        return tuple(Reference(capacity, record) for capacity, record in named if record is not None)


class DrawCancelled(Body, frozen=True):
    """A draw that was committed to will not be carried out, and why; `randomness_known` where it could have been known by then."""

    KIND: ClassVar[str] = "surveillance.draw-cancelled/1"

    draw: Uri
    organiser: Uri
    committed: RecordId
    reason: Names
    randomness_known: bool

    def subjects(self) -> tuple[str, ...]:
        return (self.draw, draws_subject(self.organiser), closing_subject(self.draw, self.committed))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("commitment", self.committed),)


class RandomnessPublished(Body, frozen=True):
    """The value of a source that a commitment had named, when it came about, and what was checked of it.

    `value` is what is mixed: SHA-256 of a beacon's signature, drawn numbers as text. `not_checked` is never empty silently.
    `corrects` are values of this source that were published and withdrawn before.
    """

    KIND: ClassVar[str] = "surveillance.randomness-published/1"

    draw: Uri
    committed: RecordId
    source: Text
    event: Text
    value: HexText
    published_at: Instant
    form: Literal["drand", "numbers", "bytes"]
    numbers: Text | None = None
    signature: HexText | None = None
    previous: HexText | None = None
    read_at: Text | None = None
    document: Content | None = None
    checked: tuple[Text, ...] = ()
    not_checked: tuple[Text, ...] = ()
    corrects: tuple[RecordId, ...] = ()

    def subjects(self) -> tuple[str, ...]:
        return (self.draw, randomness_subject(self.draw, self.committed, self.source, self.event))

    def references(self) -> tuple[Reference, ...]:
        return (Reference("commitment", self.committed), *(Reference("withdrawn value", one) for one in self.corrects))


class DrawnFact(Part, frozen=True, kw_only=True):
    """What tickets were compared with, by its name, as the float nearest to the fraction that decided."""

    name: Text
    value: Number


class StratumDrawn(Part, frozen=True, kw_only=True):
    """A stratum after the draw: its objects, how many were drawn, and what tickets were compared with."""

    stratum: str = ""
    design: Text
    objects: Index
    drawn: Index
    facts: tuple[DrawnFact, ...] = ()


class DrawMade(Body, frozen=True):
    """Who was drawn (抽取结果): a function of commitment and randomness; a row an object, in drawn order within its stratum.

    Of a hidden draw only the parties see it, until `surveillance.draw-shown/1` shows the proof of its seed. `corrects` are
    results that were made and withdrawn before.
    """

    KIND: ClassVar[str] = "surveillance.draw-made/1"

    draw: Uri
    committed: RecordId
    randomness: tuple[RecordId, ...]
    seed: Hash
    items: Items
    strata: tuple[StratumDrawn, ...]
    hidden: bool = False
    proof: HexText | None = None
    corrects: tuple[RecordId, ...] = ()
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.draw, made_subject(self.draw, self.committed))

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("commitment", self.committed), *(Reference("randomness", one) for one in self.randomness),
            *(Reference("withdrawn draw", one) for one in self.corrects),
        )  # fmt: skip


class DrawShown(Body, frozen=True):
    """A hidden draw is shown after its visits: the proof of its seed under the key in the commitment, and who was drawn."""

    KIND: ClassVar[str] = "surveillance.draw-shown/1"

    draw: Uri
    committed: RecordId
    made: RecordId
    randomness: tuple[RecordId, ...]
    seed: Hash
    proof: HexText
    items: Items
    strata: tuple[StratumDrawn, ...]
    illustrative: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (self.draw, shown_subject(self.draw, self.committed))

    def references(self) -> tuple[Reference, ...]:
        return (
            Reference("commitment", self.committed), *(Reference("randomness", one) for one in self.randomness),
            Reference("hidden draw", self.made),
        )  # fmt: skip
