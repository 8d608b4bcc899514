"""NHTSA, vehicles of the United States: the flat file of recalls, a line a make, model and year, texts repeated in each.

A campaign is the recall. Its texts stand in each of its lines, mostly the same: they become one header, in which each distinct
text stands once, and each line is short. The number in front of a line is given anew with every file, and is no name of it.
"""

import mmap as maps
import re
from collections.abc import Iterator
from mmap import PAGESIZE, mmap
from typing import Final

from openqi.formats.recalls.listed import Fault, UnreadableError, fault, line_at, once, text_of
from openqi.kernel.errors import FormatError
from openqi.records.recall_rows import TakenRecallRow

FIELDS: Final = (
    "RECORD_ID", "CAMPNO", "MAKETXT", "MODELTXT", "YEARTXT", "MFGCAMPNO", "COMPNAME", "MFGNAME", "BGMAN", "ENDMAN", "RCLTYPECD",
    "POTAFF", "ODATE", "INFLUENCED_BY", "MFGTXT", "RCDATE", "DATEA", "RPNO", "FMVSS", "DESC_DEFECT", "CONEQUENCE_DEFECT",
    "CORRECTIVE_ACTION", "NOTES", "RCL_CMPT_ID", "MFR_COMP_NAME", "MFR_COMP_DESC", "MFR_COMP_PTNO", "DO_NOT_DRIVE", "PARK_OUTSIDE",
)  # fmt: skip
OLDER: Final = FIELDS.index("RCL_CMPT_ID") + 1
"""How many fields a line had before those of the component were added."""
LONGEST_LINE: Final = 64_000
_AT_ONCE: Final = 32 * 2**20
_UNNEEDED: Final[int | None] = getattr(maps, "MADV_DONTNEED", None)  # not every system has it
_TEXTS: Final = slice(FIELDS.index("DESC_DEFECT"), FIELDS.index("NOTES") + 1)
_BEGINS: Final = re.compile(rb"[0-9]{1,9}\t[0-9]{2}[A-Z0-9]{1,10}\t")
_COMPONENT: Final = re.compile("[0-9]{27}")
_SHARED: Final = {
    name: FIELDS.index(name)
    for name in ("MFGNAME", "MFGTXT", "RCDATE", "DATEA", "POTAFF", "DESC_DEFECT", "CONEQUENCE_DEFECT", "CORRECTIVE_ACTION", "NOTES")
}
_OWN: Final = {
    name: FIELDS.index(name)
    for name in (
        "CAMPNO", "MAKETXT", "MODELTXT", "YEARTXT", "COMPNAME", "BGMAN", "ENDMAN", "RCL_CMPT_ID", "MFR_COMP_NAME", "MFR_COMP_DESC",
        "MFR_COMP_PTNO", "DO_NOT_DRIVE", "PARK_OUTSIDE",
    )
}  # fmt: skip
_Campaigns = dict[str, tuple[int, dict[str, set[str]], set[tuple[str, ...]]]]
"""Of each campaign its first line, the distinct texts of each member of its header, and what was written of it."""
_HEAD: Final = ("firm", "maker", "published", "units", "defect", "consequence", "remedy", "risk")


def read_nhtsa(data: "bytes | mmap") -> Iterator[TakenRecallRow | Fault]:
    """Yield lines as rows as they come, then a header for each campaign, and lines that could not be read among them.

    A line that is not UTF-8 is read as Windows-1252. Tabs within a text make more fields than there are: where those of the
    component show where the texts end, they stand as one and `unclear` says so; else the line is told as a fault. A line that does
    not begin with its numbers goes on with the one before: there was a line end within a text.

    Args:
        data: the flat file, in memory or mapped to it.

    Raises:
        FormatError: no line of it is one of a recall.

    Source: [NHTSARCL].
    """
    campaigns: _Campaigns = {}
    yield from once(_lines(data, campaigns))
    if not campaigns:
        raise FormatError(f"no line of it is one of a recall: {len(FIELDS)} fields with tabs between, {', '.join(FIELDS[:4])}, …")
    for number, (place, told, _) in campaigns.items():
        yield _header(place, number, told)


def _lines(data: "bytes | mmap", campaigns: _Campaigns) -> Iterator[TakenRecallRow | Fault]:
    for place, raw in _logical(data):
        try:
            yield _line(place, raw, campaigns)
        except UnreadableError as error:
            yield fault(place, str(error), raw[:LONGEST_LINE].decode("utf-8", "replace"))


def _logical(data: "bytes | mmap") -> Iterator[tuple[int, bytes]]:
    """Lines with those that go on with them, each with the number of its first one."""
    start, number, held, since, walked = 0, 0, b"", 1, 0
    size = len(data)
    while start < size:
        end = data.find(b"\n", start)
        end = size if end < 0 else end
        number += 1
        part = data[start : min(end, start + LONGEST_LINE + 1)].rstrip(b"\r")
        start = end + 1
        if start >= walked + _AT_ONCE and _UNNEEDED is not None and isinstance(data, mmap):
            data.madvise(_UNNEEDED, 0, start - start % PAGESIZE)  # what was read is in the file, and need not be in memory
            walked = start
        if held and not _BEGINS.match(part) and len(held) + len(part) <= LONGEST_LINE:
            held = held + b" " + part if part.strip() else held
            continue
        if held:
            yield since, held
        held, since = part, number
    if held.strip():
        yield since, held


def _decoded(raw: bytes) -> tuple[str, list[str]]:
    try:
        return raw.decode(), []
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), ["encoding: read as Windows-1252"]
    except UnicodeDecodeError:
        return raw.decode("latin-1"), ["encoding: no UTF-8 and no Windows-1252"]


def _fields(raw: bytes) -> tuple[list[str], list[str]]:
    """The fields of a line, 29 of them, and what is unclear.

    Raises:
        UnreadableError: it has too few, or so many that nobody knows which is which.
    """
    if len(raw) > LONGEST_LINE:
        raise UnreadableError(f"longer than {LONGEST_LINE} bytes")
    if not _BEGINS.match(raw):
        raise UnreadableError("does not begin with the number of its line and that of a campaign")
    text, unclear = _decoded(raw)
    fields = text.split("\t")
    if len(fields) in (OLDER, len(FIELDS)):
        return fields + [""] * (len(FIELDS) - len(fields)), unclear
    if len(fields) < OLDER:
        raise UnreadableError(f"{len(fields)} fields; a line has {OLDER} or {len(FIELDS)}")
    places = [place for place in range(OLDER - 1, len(fields)) if _COMPONENT.fullmatch(fields[place].strip())]
    after = len(fields) - places[0] - 1 if len(places) == 1 else -1
    if after not in (0, len(FIELDS) - OLDER) or not _plausible(fields):
        raise UnreadableError(f"{len(fields)} fields: a tab stands within one, and nobody knows within which")
    texts = [" ".join(fields[_TEXTS.start : places[0]]), "", "", ""]
    whole = [*fields[: _TEXTS.start], *texts, *fields[places[0] :]]
    return whole + [""] * (len(FIELDS) - len(whole)), [*unclear, "texts: a tab stands within one; they stand here as one"]


def _plausible(fields: list[str]) -> bool:
    """Whether the fields in front of the texts are where they should be: days and numbers look like such."""
    days = (fields[8], fields[9], fields[12], fields[15], fields[16])
    return all(not one.strip() or (len(one.strip()) == 8 and one.strip().isdigit()) for one in days) and (
        not fields[11].strip() or fields[11].strip().isdigit()
    )


def _line(place: int, raw: bytes, campaigns: _Campaigns) -> TakenRecallRow:
    found, unclear = _fields(raw)
    cells = {name: text_of(found[at]) for name, at in _OWN.items()}
    number, year = cells["CAMPNO"], cells["YEARTXT"].replace("9999", "")
    parts = (cells["MAKETXT"], cells["MODELTXT"], year, cells["RCL_CMPT_ID"] or cells["COMPNAME"], cells["MFR_COMP_PTNO"])
    advice = [told for name, told in (("DO_NOT_DRIVE", "do not drive"), ("PARK_OUTSIDE", "park outside")) if _yes(cells[name])]
    line = line_at(
        place, number, "/".join(parts).rstrip("/"), name=cells["MODELTXT"], brand=cells["MAKETXT"], model=year,
        title=cells["COMPNAME"], batch=cells["MFR_COMP_PTNO"],
        hazard="; ".join(filter(None, (cells["MFR_COMP_NAME"], cells["MFR_COMP_DESC"]))), risk="; ".join(advice),
    )  # fmt: skip
    line.unclear += unclear
    line.day("made_from", cells["BGMAN"])
    line.day("made_until", cells["ENDMAN"])
    row = line.row()
    _, told, seen = campaigns.setdefault(number, (place, {}, set()))
    written = (*(found[at] for at in _SHARED.values()), *advice)
    if written not in seen:  # thirteen lines in a row say the same: it is made out once
        seen.add(written)
        _head(told, {name: text_of(found[at]) for name, at in _SHARED.items()}, "; ".join(advice))
    return row


def _head(told: dict[str, set[str]], cells: dict[str, str], advice: str) -> None:
    head = (
        cells["MFGNAME"], cells["MFGTXT"], cells["RCDATE"] or cells["DATEA"], cells["POTAFF"], cells["DESC_DEFECT"],
        cells["CONEQUENCE_DEFECT"], "\n".join(filter(None, (cells["CORRECTIVE_ACTION"], cells["NOTES"]))), advice,
    )  # fmt: skip
    for name, text in zip(_HEAD, head, strict=True):
        if text:
            told.setdefault(name, set()).add(text)


def _yes(text: str) -> bool:
    return text.lower() in ("yes", "y", "true")


def _header(place: int, number: str, told: dict[str, set[str]]) -> TakenRecallRow | Fault:
    texts = {name: "\n".join(sorted(told.get(name, ()))) for name in _HEAD}
    days, units = texts.pop("published").split("\n"), texts.pop("units").replace("\n", "; ")
    line = line_at(place, number, title=number, **texts)
    line.day("published", days[0])
    line.unclear += [f"published: {one}" for one in days[1:]]
    line.units(units)
    try:
        return line.row()
    except UnreadableError as error:
        return fault(place, f"campaign {number}: {error}", "\n".join(texts.values()))
