"""Days as lists of recalls spell them. A spelling that can mean two days is none: it is told as unclear, never guessed."""

import re
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH: Final = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1)
}
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.]{4,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_CHINESE: Final = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_DOTTED: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_EITHER: Final = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_NAMED: Final = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3,9}),? ([0-9]{4})")
_AMERICAN: Final = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}), ?([0-9]{4})")
_SPAN: Final = re.compile(r"(?:.{0,60}\bbetween )?(.{6,24}?)(?: (?:-|–|to|and) )(.{6,24}?)\.?", re.IGNORECASE)
_FIRST_YEAR: Final = 1900


class Days(NamedTuple):
    """The first and last day of a span; "" where there is none, and `clear` where nothing was left out that a text had."""

    first: str
    last: str
    clear: bool


@lru_cache(maxsize=65_536)
def day_of(text: str) -> str | None:
    """Return the one day that a text can mean, as `2026-03-31`; None where it means none or more than one.

    `20260331`, ISO 8601 with or without a time, `2026年3月31日`, `31.3.2026` (with dots the day is first), `31 March 2026`,
    `March 31, 2026`, and `31/03/2026` where the day is above twelve or both numbers are the same.

    Args:
        text: as a list has it; at most a few dozen characters are looked at.
    """
    told = " ".join(text[:60].split())
    if (found := _COMPACT.fullmatch(told) or _ISO.fullmatch(told) or _CHINESE.fullmatch(told)) is not None:
        return _day(*map(int, found.groups()))
    if (found := _DOTTED.fullmatch(told)) is not None:
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if (found := _NAMED.fullmatch(told)) is not None:
        return _day(int(found[3]), _MONTH.get(found[2].lower(), 0), int(found[1]))
    if (found := _AMERICAN.fullmatch(told)) is not None:
        return _day(int(found[3]), _MONTH.get(found[1].lower(), 0), int(found[2]))
    if (found := _EITHER.fullmatch(told)) is not None:
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        if one != other and max(one, other) <= len(_MONTHS):
            return None
        return _day(year, min(one, other), max(one, other))
    return None


def span_of(text: str) -> Days:
    """Return the days from which until which, as a text says it: `8.6.2020 - 12.3.2022`, `between 4 May 2020 and 6 May 2021`.

    Args:
        text: as a list has it.
    """
    told = " ".join(text.split())
    if not told:
        return Days("", "", clear=True)
    if (one := day_of(told)) is not None:
        return Days(one, one, clear=True)
    found = _SPAN.fullmatch(told)
    if found is None:
        return Days("", "", clear=False)
    first, last = day_of(found[1]) or "", day_of(found[2]) or ""
    if first and last and first > last:
        return Days("", "", clear=False)
    return Days(first, last, clear=bool(first and last))


def _day(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat() if year >= _FIRST_YEAR else None
    except ValueError:
        return None
