"""Sends officers to those who were drawn, from the seed of the draw, and checks who was sent."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from openqi.app.draws.drawing import Made
from openqi.app.draws.explaining import draw_of
from openqi.app.draws.folder import ASSIGNMENT, MAX_LIST, TEAMS, Loaded, document, first_difference, loaded, written
from openqi.app.files import read_file, write_file
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError, RefusedError, VerificationError
from openqi.science.draws.assignment.assigned import Assignment, assigned
from openqi.science.draws.assignment.people import Apart, Officer, Permit, Recusal, Rules, Visit
from openqi.science.draws.drawing import Draw

FORMAT: Final = "openqi draw assignment 1"
MAX_BYTES: Final = 256 * 2**20
OPTIONS: Final = Options(max_bytes=MAX_BYTES, max_unpacked=2**30)
_SPAN: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:/|\.\.|至|~)\s*(\d{4}-\d{2}-\d{2})")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """Who may be sent where, as tables state it."""

    visits: tuple[Visit, ...]
    officers: tuple[Officer, ...]
    recusals: tuple[Recusal, ...]
    apart: tuple[Apart, ...]
    rules: Rules


def read_sent(officers: Path, visits: Path, recusals: Path | None, apart: Path | None, rules: Rules) -> Sent:
    """Return what tables say of officers, visits, recusals and officers who may not go together.

    Raises:
        FormatError: a column is not there or a cell is not what it should be; says where.
    """
    return Sent(
        officers=_rows(officers, _officer),
        visits=_rows(visits, _visit),
        recusals=() if recusals is None else _rows(recusals, _recusal),
        apart=() if apart is None else _rows(apart, _apart),
        rules=rules,
    )


def assign(folder: Path, sent: Sent) -> Assignment:
    """Send officers to those whom the draw of a folder has drawn, and write who goes.

    Raises:
        RefusedError: there is no draw, an assignment is there already, or a visit is to nobody who was drawn.
        ShortageError: it cannot be done.
    """
    if (folder / ASSIGNMENT).exists():
        raise RefusedError("assigned-once", f"{folder / ASSIGNMENT} is there already: officers are sent once")
    base = loaded(folder)
    draw = draw_of(base)
    found = _assigned(draw, sent)
    table = _table(found)
    write_file(folder / TEAMS, table)
    write_file(folder / ASSIGNMENT, written(_document(base, draw, sent, found, table)))
    return found


def checked_assignment(made: Made) -> tuple[Assignment, str]:
    """Return the assignment of a folder, made again, and how many teams it has.

    Raises:
        VerificationError: another one comes out; names the first thing that differs.
    """
    folder = made.loaded.folder
    stated = document(folder / ASSIGNMENT, FORMAT)
    try:
        sent = Sent(
            visits=tuple(msgspec.convert(stated["visits"], list[Visit])),
            officers=tuple(msgspec.convert(stated["officers"], list[Officer])),
            recusals=tuple(msgspec.convert(stated["recusals"], list[Recusal])),
            apart=tuple(msgspec.convert(stated["apart"], list[Apart])),
            rules=msgspec.convert(stated["rules"], Rules),
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise FormatError(f"{ASSIGNMENT}: a member is missing or no such value: {error}") from error
    found = _assigned(made.draw, sent)
    table = _table(found)
    computed = _document(made.loaded, made.draw, sent, found, table)
    if (differs := first_difference(stated, computed)) is not None:
        raise VerificationError("assignment", f"{ASSIGNMENT}: {differs[0]} is {differs[1]}, and {differs[2]} comes out")
    if read_file(folder / TEAMS, MAX_LIST) != table:
        raise VerificationError("assignment", f"{TEAMS} is not what comes out; compare it with {ASSIGNMENT}")
    return found, f"{len(found.teams)} teams"


def _assigned(draw: Draw, sent: Sent) -> Assignment:
    names, asked = set(draw.names()), {one.name for one in sent.visits}
    if strangers := sorted(asked - names):
        raise RefusedError("visits-drawn", f"{strangers[0]} was not drawn; {len(strangers)} visits are to such: leave them out")
    if missing := sorted(names - asked):
        raise RefusedError("visits-drawn", f"{missing[0]} was drawn and has no visit, as {len(missing)} of those drawn: add them")
    return assigned(
        sent.visits, sent.officers, sent.recusals, sent.rules, seed=draw.seed, purpose=draw.plan.purpose, apart=sent.apart
    )  # fmt: skip


def _document(base: Loaded, draw: Draw, sent: Sent, found: Assignment, table: bytes) -> dict[str, Any]:
    stated = {
        "rules": sent.rules,
        "officers": sorted(sent.officers, key=lambda one: one.name),
        "visits": sorted(sent.visits, key=lambda one: one.name),
        "recusals": sorted(sent.recusals, key=lambda one: (one.officer, one.visit, one.reason)),
        "apart": sorted(sent.apart, key=lambda one: (one.officer, one.other, one.reason)),
        "changes": found.changes,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(stated))  # lists for tuples, as the file has them
    head = {"format": FORMAT, "commitment": base.commitment.hex(), "seed": draw.seed.hex()}
    return head | plain | {"teams": {"file": TEAMS, "teams": len(found.teams), "sha256": sha256(table).hexdigest()}}


def _table(found: Assignment) -> bytes:
    """Who goes where as CSV, a line a visit; officers and substitutes in drawn order."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("name", "officers", "substitutes", "metres", "left", "joined"))
    changes = {one.visit: one for one in found.changes}
    for team in found.teams:
        change = changes.get(team.visit)
        moved = ("", "") if change is None else (";".join(change.left), ";".join(change.joined))
        table.writerow((team.visit, ";".join(team.officers), ";".join(team.substitutes), team.metres, *moved))
    return text.getvalue().encode()


def _rows(path: Path, read: Callable[[Table, int], R]) -> tuple[R, ...]:
    table = read_table(read_file(path, MAX_BYTES), name=path.name, options=OPTIONS)
    return tuple(read(table, row) for row in range(len(table.lines)))


def _officer(table: Table, row: int) -> Officer:
    permits = []
    for entry in _entries(table, "permits", row):
        item, _, span = entry.partition(" ")
        first, last = _span(table, "permits", row, span, entry)
        permits.append(Permit(item=item, first_day=first, last_day=last))
    return Officer(
        name=_text(table, "officer", row),
        unit=_optional(table, "unit", row),
        certificates=tuple(_span(table, "certificates", row, one, one) for one in _entries(table, "certificates", row)),
        permits=tuple(permits),
        most=_whole(table, "most", row),
        east=_metres(table, "east", row),
        north=_metres(table, "north", row),
    )


def _visit(table: Table, row: int) -> Visit:
    return Visit(
        name=_text(table, "name", row),
        day=_day(table, "day", row, _text(table, "day", row)),
        items=tuple(_entries(table, "items", row)),
        east=_metres(table, "east", row),
        north=_metres(table, "north", row),
    )


def _recusal(table: Table, row: int) -> Recusal:
    texts = {name: _text(table, column, row) for name, column in (("officer", "officer"), ("visit", "name"), ("reason", "reason"))}
    return Recusal(**texts)


def _apart(table: Table, row: int) -> Apart:
    return Apart(**{name: _text(table, name, row) for name in ("officer", "other", "reason")})


def _text(table: Table, name: str, row: int) -> str:
    if not (cell := table.column(name)[row].strip()):
        raise FormatError(f"{table.where(row)}: column {name} is empty; what is missing is not made up")
    return cell


def _optional(table: Table, name: str, row: int) -> str:
    return table.columns[name][row].strip() if name in table.columns else ""


def _entries(table: Table, name: str, row: int) -> list[str]:
    """The entries of a cell, with a semicolon between."""
    return [one.strip() for one in re.split("[;；]", _text(table, name, row)) if one.strip()]


def _span(table: Table, name: str, row: int, text: str, entry: str) -> tuple[int, int]:
    if (found := _SPAN.fullmatch(text.strip())) is None:
        raise FormatError(f"{table.where(row)}: column {name}: {entry[:60]!r} has no days; write 2026-01-01/2026-12-31")
    return _day(table, name, row, found[1]), _day(table, name, row, found[2])


def _day(table: Table, name: str, row: int, text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise FormatError(f"{table.where(row)}: column {name}: {text[:40]!r} is no day; write 2026-12-01") from None


def _whole(table: Table, name: str, row: int) -> int:
    cell = _text(table, name, row)
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", cell):
        raise FormatError(f"{table.where(row)}: column {name}: {cell[:40]!r} is no whole number")
    return int(cell)


def _metres(table: Table, name: str, row: int) -> int:
    """A place on the grid; a table has both columns or neither."""
    if name not in table.columns:
        other = "north" if name == "east" else "east"
        if other in table.columns:
            raise FormatError(f"{table.name}:1: there is a column {other} and none {name}; give both or neither")
        return 0
    cell = _text(table, name, row)
    if not re.fullmatch(r"-?(0|[1-9][0-9]{0,9})", cell):
        raise FormatError(f"{table.where(row)}: column {name}: {cell[:40]!r} is no whole number of metres")
    return int(cell)
