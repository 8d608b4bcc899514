"""How a spreadsheet shows a number: as many decimals as its format has, and a day where its format is one of dates.

A format that shows more than the number is refused: a percentage is not the number that is stored, and a unit in a format
("2.04 mm") is text that stands in no cell.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import Final

from openqi.kernel.errors import FormatError

_PIECE: Final = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]?|[_*].|General|AM/PM|A/P|上午/下午|[Ee][+-]|.', re.IGNORECASE | re.DOTALL)
_NUMBER: Final = re.compile(r"(?P<whole>[0#?,]*)(?:\.(?P<part>[0#?]*))?(?P<power>E[+-][0#?]+)?")
_CONDITION: Final = re.compile(r"\[[<>=]")
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DOUBLE: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_UP)
_MOST_DIGITS: Final = 15
_MAX_DECIMALS: Final = 30
_LAST_DAY: Final = 2_958_466
_MILLISECONDS: Final = 86_400_000
_DATE, _TIME = "yyyy-mm-dd", "h:mm:ss"

# What workbooks name by number only. 27 to 36 and 50 to 58 are dates and times of the East Asian languages, with different
# codes in each: the value says whether it is a day or a time. 5 to 8, 41 to 44 are currencies and accounts of every country.
BUILT_IN: Final = (
    {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"}
    | dict.fromkeys((5, 6, 7, 8, 41, 42, 43, 44), '"currency"0')
    | dict.fromkeys((14, 15, 16, 17, *range(27, 37), *range(50, 59)), _DATE)
    | dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), _TIME)
    | {22: f"{_DATE} {_TIME}", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)"}
    | {46: "[h]:mm:ss", 48: "##0.0E+0", 49: "@"}
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of a format: for all numbers, or for those above, below or at zero. `refusal` says why it cannot be read."""

    refusal: str = ""
    general: bool = False
    date: bool = False
    time: bool = False
    power: bool = False
    whole: int = 1
    least: int = 0
    most: int = 0


@dataclass(frozen=True, kw_only=True)
class Display:
    """A number format."""

    sections: tuple[Section, ...]

    def section(self, value: float) -> Section:
        """Return the section for a value."""
        count = len(self.sections)
        if value < 0 and count > 1:
            return self.sections[1]
        return self.sections[2 if value == 0 and count > 2 else 0]


GENERAL: Final = Display(sections=(Section(general=True),))


def display_of(code: str | None) -> Display:
    """Return what a format code means; None is a code that nobody knows. Never raises: most formats of a workbook stand unused."""
    if code is None:
        return Display(sections=(Section(refusal="has a number format that is not known"),))
    sections: list[list[str]] = [[]]
    for piece in _PIECE.findall(code):
        if piece == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return Display(sections=tuple(_section(pieces, index) for index, pieces in enumerate(sections[:3])))


def _section(pieces: list[str], index: int) -> Section:
    body = text = brackets = ""
    for piece in pieces:
        if piece[0] == '"':
            text += piece.strip('"')
        elif piece[0] == "\\":
            text += piece[1:]
        elif piece[0] == "[":
            brackets += piece
            text += piece[2:-1].partition("-")[0] if piece.startswith("[$") else ""
        elif piece[0] not in "_*":
            body += piece.upper()
    if _ELAPSED.search(brackets):
        return Section(refusal="shows an elapsed time, which may be more than a day; store it as a number with a unit")
    if _CONDITION.search(brackets):
        return Section(refusal="has a format with conditions")
    if "GENERAL" in body or "@" in body:
        return _unless(text, Section(general=True))
    if re.search("[YMDHS]", body):
        return Section(date=bool(re.search("[YD]", body)) or not re.search("[HS]", body), time=bool(re.search("[HS]", body)))
    return _number_section(body, text, brackets, index)


def _number_section(body: str, text: str, brackets: str, index: int) -> Section:
    signs = "-+() " if index == 1 else "+ "
    if not re.search("[0#?]", body):
        return Section(refusal="has a format that hides the number")
    if "%" in body:
        return Section(refusal="shows a percentage, which is not the number that is stored; store what is shown")
    if "/" in body:
        return Section(refusal="shows a fraction; show decimals")
    if "DBNUM" in brackets.upper():
        return Section(refusal="shows the number in words; show digits")
    found = _NUMBER.fullmatch(body.strip(signs))
    if text.strip(signs):
        return _unless(text.strip(signs), Section())
    if found is None:
        return Section(refusal="has a format that shows something else than the number; use one like 0.00")
    whole, part = found["whole"], found["part"] or ""
    if whole.endswith(",") or len(part) > _MAX_DECIMALS:
        return Section(refusal="shows thousands or millions of the number that is stored, or too many decimals; show the number")
    digits = whole.replace(",", "").lstrip("#?")
    power = bool(found["power"])
    if power and (whole != "0" or "#" in part or "?" in part):
        return Section(refusal="shows a power of ten in an unusual way; use 0.00E+00 with as many zeros as there are decimals")
    return Section(power=power, whole=max(1, len(digits)), least=len(part.rstrip("#?")), most=len(part))


def _unless(text: str, section: Section) -> Section:
    if text.strip():
        return Section(refusal=f"has a format that adds the text {text.strip()[:20]!r}; put units and text in the header")
    return section


def shown(text: str, display: Display, *, from_1904: bool) -> str:
    """Return a number of a workbook as it is shown, without thousands separators.

    `General` gives the shortest decimal that means the stored number; a fixed number of decimals is rounded from 15
    significant digits, half away from zero, as spreadsheets do; a power of ten is written out; a zero has no sign, and every
    number below zero has a minus whatever the format puts there. Days are `YYYY-MM-DD`, with `Thh:mm:ss` where the format
    shows a time or the value has one; times alone are `hh:mm:ss`; milliseconds are added where there are some.

    Args:
        text: the number as it is stored.
        display: the format of the cell.
        from_1904: days are counted from 1904, not from 1900.

    Raises:
        FormatError: not a number, more than 15 digits, a day before March 1900, or a format that does not show the number.
    """
    if not _DOUBLE.fullmatch(text):
        raise FormatError(f"holds {text[:40]!r}, which is no number")
    value = float(text)
    section = display.section(value)
    if section.refusal:
        raise FormatError(section.refusal)
    if section.date or section.time:
        return _moment(value, section, from_1904=from_1904)
    if not isfinite(value) or abs(value) >= 10**_MOST_DIGITS:
        raise FormatError(
            f"holds a number of more than {_MOST_DIGITS} digits, which has lost its last ones; store identifiers as text"
        )
    return _general(value) if section.general else _fixed(value, section)


def _general(value: float) -> str:
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _fixed(value: float, section: Section) -> str:
    number = Decimal(f"{value:.{_MOST_DIGITS}g}")
    place = number.adjusted() - section.most if section.power else -section.most
    rounded = number.quantize(Decimal((0, (1,), place)), context=_EXACT) if number else Decimal((0, (0,), -section.most))
    whole, _, part = format(abs(rounded), "f").partition(".")
    part = part if section.power else part[: section.least] + part[section.least :].rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole.rjust(section.whole, '0')}" + (f".{part}" if part else "")


def _moment(value: float, section: Section, *, from_1904: bool) -> str:
    first, last = (0, _LAST_DAY - 1462) if from_1904 else (61, _LAST_DAY)  # they count 29 February 1900, which never was
    alone = section.time and not section.date and 0 <= value < 1
    milliseconds = round(value * _MILLISECONDS) if 0 <= value < _LAST_DAY else -1
    if alone and milliseconds == _MILLISECONDS:
        raise FormatError("shows a time that rounds to the next day; write it as text")
    if not alone and not first * _MILLISECONDS <= milliseconds < last * _MILLISECONDS:
        raise FormatError("shows a day before 1900-03-01 or after 9999-12-31, or no day at all; write the day as text")
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
    moment = start + timedelta(milliseconds=milliseconds)
    time = f"{moment:%H:%M:%S}" + (f".{moment.microsecond // 1000:03d}" if moment.microsecond else "")
    if alone:
        return time
    return f"{moment:%Y-%m-%d}T{time}" if section.time or milliseconds % _MILLISECONDS else f"{moment:%Y-%m-%d}"
