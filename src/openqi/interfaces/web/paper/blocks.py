"""What a document is made of: facts, tables, notes and paragraphs, ready to be set in HTML or on paper."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A cell; `room` is what is set behind it and not seen, so that decimal points stand below each other."""

    text: str
    room: str = ""
    strong: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The head of a column; numbers are set to the right."""

    text: str
    number: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Labels with what is said under each, line by line."""

    heading: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table with its caption; `notes` stand below it."""

    heading: str
    caption: str
    head: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One statement that is set apart; `detail` is said below it."""

    heading: str
    tone: Tone
    text: str
    detail: tuple[str, ...] = ()
    kind: Literal["note"] = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prose:
    """Paragraphs, each with a title or none."""

    heading: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    kind: Literal["prose"] = "prose"


Block = Facts | Grid | Note | Prose


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A document in one language.

    Args:
        language: `zh` or `en`.
        kicker: what sort of document it is.
        title: what it is about.
        number: its identifier.
        blocks: in their order; a heading that is empty goes on from the one before.
        foot: what stands at the foot of it: what it was made from.
        day: on which it was made, `2026-11-30`.
    """

    language: str
    kicker: str
    title: str
    number: str
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    day: str


def aligned(texts: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return decimal texts as cells that are as wide behind the point as the longest of them; minus is a minus."""
    behind = [len(point + decimals) for _, point, decimals in (text.partition(".") for text in texts)]
    widest = max(behind, default=0)
    return tuple(
        Cell(text=text.replace("-", "−"), room=("." if not own and widest else "") + "0" * (widest - max(own, 1 if widest else 0)))
        for text, own in zip(texts, behind, strict=True)
    )
