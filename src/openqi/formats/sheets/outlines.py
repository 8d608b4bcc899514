"""Characters as outlines: a sheet carries the shapes it needs, so that it needs no font where it is printed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openqi.kernel.errors import DomainError

_TOKEN: Final = re.compile(r"[MmLlHhVvQqCcZz]|-?\d*\.?\d+(?:e-?\d+)?")
_TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}
Segment = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Outline:
    """One character at 1000 units an em, y upwards: how far the next one stands, and its segments M, L, C, Z, absolute."""

    advance: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of the characters of a sheet by character; `font` says what they were drawn from."""

    font: str
    of: Mapping[str, Outline]

    def width(self, text: str) -> float:
        """Return the width of a text at a size of one.

        Raises:
            DomainError: a character has no outline.
        """
        return sum(self.outline(one).advance for one in text) / 1000.0

    def outline(self, character: str) -> Outline:
        """Return the outline of a character; raises DomainError where there is none."""
        found = self.of.get(character)
        if found is None:
            raise DomainError(
                f"{character!r} cannot be printed: {self.font} has no such character; name a folder of fonts that has it"
            )
        return found


def segments_of(path: str) -> tuple[Segment, ...]:
    """Return the segments of an SVG path, absolute, curves of degree 2 as ones of degree 3.

    Raises:
        DomainError: it has other commands than those that outlines need.
    """
    tokens = _TOKEN.findall(path)
    if "".join(tokens) != re.sub(r"[\s,]+", "", path):
        raise DomainError(f"the outline {path[:60]!r} has commands that are not known")
    found: list[Segment] = []
    x = y = begin_x = begin_y = 0.0
    command, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        elif command in ("", "Z", "z"):
            raise DomainError(f"the outline {path[:60]!r} has numbers without a command")
        name, count = command.upper(), _TAKES[command.upper()]
        numbers = [float(one) for one in tokens[at : at + count]]
        at += count
        if command.islower() and name != "Z":
            numbers = [
                one + ((y if place % 2 else x) if name not in "HV" else x if name == "H" else y)
                for place, one in enumerate(numbers)
            ]
        if name == "Z":
            found.append(("Z", ()))
            x, y = begin_x, begin_y
            continue
        if name in "HV":
            numbers = [numbers[0], y] if name == "H" else [x, numbers[0]]
            name = "L"
        if name == "Q":
            (a, b), (c, d) = numbers[:2], numbers[2:]
            numbers = [x + (a - x) * 2 / 3, y + (b - y) * 2 / 3, c + (a - c) * 2 / 3, d + (b - d) * 2 / 3, c, d]
            name = "C"
        if name == "M":
            begin_x, begin_y = numbers
            command = "l" if command == "m" else "L"
        x, y = numbers[-2:]
        found.append((name, tuple(numbers)))
    return tuple(found)
