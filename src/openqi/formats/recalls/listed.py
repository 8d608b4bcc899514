"""What is read of a list of recalls: rows, lines that could not be read, and how cells of lists become members of rows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from unicodedata import is_normalized, normalize

import msgspec

from openqi.formats.recalls.days import day_of, span_of
from openqi.kernel.errors import FormatError
from openqi.kernel.identifier import check_gs1_key
from openqi.records.recall_rows import TakenRecallRow

LONGEST: Final = 12_000
"""Most characters of one text; a longer one is told as unclear and kept with the faults, whole."""
MOST_FAULT: Final = 4_000
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\u200b\u2028\u2029\ufeff]|[\ud800-\udfff]")
_CODES: Final = re.compile(r"[0-9A-Za-z]{6,}")
_WHOLE: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15}")
_BLANK: Final = frozenset({"", "null", "none", "n/a", "na", "unknown", "not specified"})
_LONGEST_BLANK: Final = max(map(len, _BLANK))
_encode: Final = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A line that could not be read: its place in the list, why, and what stood there, cut where it is long."""

    place: int
    why: str
    text: str


class UnreadableError(Exception):
    """A line cannot be read; caught by its reader, which goes on with the next."""


def text_of(value: Any) -> str:
    """Return a cell as text without ends and unseen characters; what is missing, null or blank is ""."""
    if value == "" or value is None or isinstance(value, (bool, dict)):  # most cells are empty
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, map(text_of, value)))
    told = value if isinstance(value, str) else str(value)
    if not told.isascii() or not told.isprintable():
        told = _UNSEEN.sub(" ", told if is_normalized("NFC", told) else normalize("NFC", told))
    if "  " in told or told[:1] == " " or told[-1:] == " " or not told.isprintable():
        told = " ".join(told.split())
    return "" if len(told) <= _LONGEST_BLANK and told.lower() in _BLANK else told


def gtins_of(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the GTINs in a cell, and whether all that stands there is one; a code with another check digit is none."""
    codes = _CODES.findall(text.replace("-", ""))
    found = []
    for code in codes:
        try:
            found.append(check_gs1_key("GTIN", code))
        except FormatError:
            continue
    return tuple(dict.fromkeys(found)), len(found) == len(codes) and bool(codes or not text)


def units_of(text: str) -> int | None:
    """Return the number that a text is, and nothing else: "About 10,000" is none."""
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else None


def content_of(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a line says: cells that say something, in the order of their names. null and "" say the same."""
    return sha256(_encode({name: value for name, value in values.items() if value})).hexdigest()


@dataclass(kw_only=True)
class Line:
    """A line of a list as its cells, and what of it became unclear on the way into a row."""

    place: int
    header: str
    line: str = ""
    cells: dict[str, Any]
    unclear: list[str]

    def row(self) -> TakenRecallRow:
        """Return the row.

        Raises:
            UnreadableError: it has no number, or a text is longer than a row may be.
        """
        if not self.header:
            raise UnreadableError("no number of the recall")
        told = {name: value for name, value in self.cells.items() if value not in ("", (), None)}
        long = [name for name, value in told.items() if isinstance(value, str) and len(value) > LONGEST]
        if long or len(self.header) + len(self.line) > MOST_FAULT // 4:
            raise UnreadableError(f"longer than {LONGEST} characters: {', '.join(long) or 'number'}")
        key = f"{self.header} {self.line}" if self.line else self.header
        return TakenRecallRow(
            content=content_of(told), header=self.header, key=key, line=self.line, place=self.place,
            unclear=tuple(sorted({*self.unclear})), **told,
        )  # fmt: skip

    def day(self, name: str, text: str) -> None:
        """Put a day into a member, or tell that its spelling is unclear."""
        if text:
            found = day_of(text)
            if found is None:
                self.unclear.append(f"{name}: {text[:100]}")
            else:
                self.cells[name] = found

    def made(self, text: str) -> None:
        """Put days of making in."""
        span = span_of(text)
        self.cells |= {"made_from": span.first, "made_until": span.last}
        if not span.clear:
            self.unclear.append(f"made: {text[:400]}")

    def units(self, text: str) -> None:
        """Put a number of units in, and the text where it is not that alone."""
        if text:
            number = units_of(text)
            self.cells |= {"units": number} if number is not None else {"units_text": text}

    def gtins(self, text: str) -> None:
        """Put GTINs in, or tell that something else stands there."""
        found, clear = gtins_of(text)
        self.cells["gtins"] = found
        if not clear:
            self.unclear.append(f"gtins: {text[:200]}")


def line_at(place: int, header: str, line: str = "", **cells: Any) -> Line:
    """Return a line with some cells."""
    return Line(place=place, header=header, line=line, cells=cells, unclear=[])


def fault(place: int, why: str, text: str) -> Fault:
    """Return a fault."""
    return Fault(place=place, why=why, text=_UNSEEN.sub(" ", text[:MOST_FAULT]))


def once(found: Iterable[TakenRecallRow | Fault]) -> Iterator[TakenRecallRow | Fault]:
    """Yield rows each under a name of its own: a repeated line once, another one of the same name with its content behind it."""
    seen: dict[str, str] = {}
    for one in found:
        if isinstance(one, Fault):
            yield one
            continue
        row = one
        if seen.get(row.key, row.content) != row.content:
            line = f"{row.line or 'line'}~{row.content[:12]}"
            row = msgspec.structs.replace(row, line=line, key=f"{row.header} {line}")
        if row.key in seen:
            yield fault(row.place, f"repeats {row.key}", row.title or row.name)
        else:
            seen[row.key] = row.content
            yield row


def json_list(data: bytes, *within: str) -> list[Any]:
    """Return the list that a JSON text is, or has under one of some names.

    Raises:
        FormatError: it is no JSON, or no list of recalls.
    """
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"the list is no JSON: {error}") from error
    for name in within:
        if isinstance(found, dict) and isinstance(found.get(name), list):
            found = found[name]
    if not isinstance(found, list):
        raise FormatError(f"the list is no JSON list of recalls{' or has none under ' + ', '.join(within) if within else ''}")
    return found
