"""Officers and recusals as files that people keep: a line each, tabulators between."""

from collections.abc import Iterable, Iterator
from typing import Final

from openqi.kernel.errors import FormatError
from openqi.records.draw_rows import OfficerRow, PermitCell, RecusalRow

OFFICER: Final = ("officer", "unit", "certificates", "permits", "most visits", "east", "north")
RECUSAL: Final = ("officer", "object", "reason")
LONGEST_NUMBER: Final = 12


def officers_of(document: bytes) -> list[OfficerRow]:
    """Return the officers of a file.

    Args:
        document: UTF-8, a line an officer: number, unit, certificates, permits, visits at most, metres east and north. Spans of
            days are written 2026-01-01/2026-12-31, several with semicolons between; a permit is an item, a space and its span.

    Raises:
        FormatError: bytes that are no such lines; the message says which.
    """
    found = []
    for number, (officer, unit, certificates, permits, most, east, north) in _lines(document, OFFICER):
        found.append(
            OfficerRow(
                officer=officer,
                unit=unit,
                certificates=tuple(_span(part, number) for part in _parts(certificates)),
                permits=tuple(_permit(part, number) for part in _parts(permits)),
                most=_whole(most, number, OFFICER[4]),
                east=_whole(east or "0", number, OFFICER[5]),
                north=_whole(north or "0", number, OFFICER[6]),
            )
        )
    return found


def recusals_of(document: bytes) -> list[RecusalRow]:
    """Return the recusals of a file.

    Args:
        document: UTF-8, a line a recusal: number of the officer, object, reason; or of two officers who may not go together:
            officer, nothing, reason, the other officer.

    Raises:
        FormatError: bytes that are no such lines; the message says which.
    """
    found = []
    for _, (officer, name, reason, *other) in _lines(document, RECUSAL, more=1):
        found.append(RecusalRow(officer=officer, object=name, reason=reason, other=other[0] if other else ""))
    return found


def officer_listing(officers: Iterable[OfficerRow]) -> bytes:
    """Return the file of officers; `officers_of` gives them back."""
    return "".join(
        "\t".join(
            (
                one.officer,
                one.unit,
                "; ".join(f"{first}/{last}" for first, last in one.certificates),
                "; ".join(f"{permit.item} {permit.first}/{permit.last}" for permit in one.permits),
                str(one.most),
                str(one.east),
                str(one.north),
            )
        )
        + "\n"
        for one in officers
    ).encode()


def recusal_listing(recusals: Iterable[RecusalRow]) -> bytes:
    """Return the file of recusals; `recusals_of` gives them back."""
    return "".join(
        f"{one.officer}\t{one.object}\t{one.reason}" + (f"\t{one.other}\n" if one.other else "\n") for one in recusals
    ).encode()


def _lines(document: bytes, columns: tuple[str, ...], *, more: int = 0) -> Iterator[tuple[int, list[str]]]:
    try:
        text = document.decode()
    except UnicodeDecodeError as error:
        number = document.count(b"\n", 0, error.start) + 1
        raise FormatError(f"line {number} is no UTF-8") from error
    if not text.endswith("\n") or "\r" in text or text.startswith("\ufeff"):
        raise FormatError("lines end with a line feed alone, the last one too, and no byte order mark stands before the first")
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        parts = line.split("\t")
        if not len(columns) <= len(parts) <= len(columns) + more:
            raise FormatError(f"line {number} has {len(parts)} columns, wanted are, with tabs between: {', '.join(columns)}")
        yield number, parts


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []


def _span(text: str, number: int) -> tuple[str, str]:
    first, stroke, last = text.partition("/")
    if not stroke or not first or not last:
        raise FormatError(f"line {number}: {text[:40]!r} is no span of days; write it as 2026-01-01/2026-12-31")
    return first, last


def _permit(text: str, number: int) -> PermitCell:
    item, space, span = text.rpartition(" ")
    if not space or not item.strip():
        raise FormatError(f"line {number}: {text[:40]!r} is no permit; write an item, a space and a span of days")
    first, last = _span(span, number)
    return PermitCell(item=item.strip(), first=first, last=last)


def _whole(text: str, number: int, column: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > LONGEST_NUMBER:
        raise FormatError(f"line {number}: {column} is {text[:20]!r}; write a whole number")
    return int(text)
