"""What stands on a label and where: its code in a corner, the texts beside it or below, all inside of the label."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from openqi.formats.codes import mark_matrix
from openqi.formats.digital_link import parse_digital_link
from openqi.formats.sheets.layouts import PADDING, QUIET, USUAL_MODULE, Code, Layout, checked_module
from openqi.formats.sheets.outlines import Outlines
from openqi.kernel.errors import DomainError

LARGEST, SMALLEST = 2.8, 1.2
"""Millimetres of an em: text is set as large as fits between them."""
_LEADING: Final = 1.3
_ASCENT: Final = 0.88


@dataclass(frozen=True, kw_only=True, slots=True)
class Printing:
    """How marks are printed.

    Args:
        layout: of the page.
        code: which code.
        module: side of a module, millimetres.
        lines: texts that stand on every label, such as what the mark is called and the lot.
        outlines: of every character.
        readable: whether GTIN and serial stand there for people to read.
    """

    layout: Layout
    code: Code
    lines: tuple[str, ...]
    outlines: Outlines
    module: float = USUAL_MODULE
    readable: bool = True

    def __post_init__(self) -> None:
        """Raise DomainError for a module that is not allowed."""
        checked_module(self.module)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: where its baseline begins, from the upper left corner of the page, and its size; millimetres."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a page: the upper left module of its code, the side of a module, its rows, its texts; millimetres."""

    mark: str
    x: float
    y: float
    module: float
    rows: tuple[bytes, ...]
    texts: tuple[Text, ...]


def characters_of(lines: Sequence[str]) -> str:
    """Return every character that labels with these lines may need, each once, in order."""
    return "".join(sorted({*"".join(lines), *_READABLE}))


_READABLE: Final = "()0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._ "


def page_of(marks: Iterable[str], printing: Printing) -> tuple[Label, ...]:
    """Return the labels of one page.

    Args:
        marks: as many as the page holds at most.
        printing: how.

    Raises:
        FormatError: no mark in its one spelling.
        DomainError: code or texts do not fit the label.
    """
    return tuple(_label(mark, printing, *printing.layout.place(number)) for number, mark in enumerate(marks))


def _label(mark: str, printing: Printing, left: float, top: float) -> Label:
    rows = mark_matrix(mark, printing.code)
    wide, high = printing.layout.label
    quiet = QUIET[printing.code] * printing.module
    side = len(rows) * printing.module + 2 * quiet
    if side > min(wide, high) + 1e-6:
        raise DomainError(
            f"the code of {mark} is {side:.1f} mm with its quiet zone, the label {wide:g} x {high:g} mm: "
            f"take larger labels, smaller modules or --code datamatrix"
        )
    lines = (*printing.lines, *(_readable(mark) if printing.readable else ()))
    if wide - side >= high - side:  # texts beside the code, the two together in the middle
        texts = _set(lines, printing.outlines, (left + side + PADDING, top), (wide - side - 2 * PADDING, high))
        spare = wide - side - (PADDING + _widest(texts, printing.outlines) if texts else 0.0)
        right, down = spare / 2, (high - side) / 2
        texts = tuple(replace(one, x=one.x + right) for one in texts)
    else:
        texts = _set(lines, printing.outlines, (left + PADDING, top + side), (wide - 2 * PADDING, high - side - PADDING))
        right, down = (wide - side) / 2, 0.0
    return Label(mark, left + right + quiet, top + down + quiet, printing.module, rows, texts)


def _readable(mark: str) -> tuple[str, ...]:
    """GTIN and serial with their application identifiers, the serial in pieces that a person can copy."""
    parts = parse_digital_link(mark)
    serial = parts.serial
    half = (len(serial) + 1) // 2 if len(serial) > 10 else len(serial)
    return (f"(01){parts.gtin}", f"(21){serial[:half]}", *([serial[half:]] if serial[half:] else []))


def _widest(texts: Sequence[Text], outlines: Outlines) -> float:
    return max(one.size * outlines.width(one.text) for one in texts)


def _set(lines: Sequence[str], outlines: Outlines, corner: tuple[float, float], room: tuple[float, float]) -> tuple[Text, ...]:
    """Lines as large as fit into a room, one below the other, in the middle of its height."""
    if not lines:
        return ()
    (x, top), (wide, high) = corner, room
    widest = max(outlines.width(line) for line in lines)
    size = min(LARGEST, wide / max(widest, 1e-9), high / (len(lines) * _LEADING))
    size = int(size * 100.0 + 1e-9) / 100.0  # a hundredth of a millimetre, so that the same label is the same everywhere
    if size < SMALLEST:
        raise DomainError(
            f"{max(lines, key=outlines.width)!r} and {len(lines) - 1} more lines do not fit into {max(wide, 0):.1f} x "
            f"{max(high, 0):.1f} mm at {SMALLEST} mm a character: take larger labels or smaller modules, or leave texts out"
        )
    begin = top + (high - len(lines) * _LEADING * size) / 2
    return tuple(Text(x, begin + (number * _LEADING + _ASCENT) * size, size, line) for number, line in enumerate(lines))
