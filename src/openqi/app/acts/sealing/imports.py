"""Many acts out of one table: each row is a form, all are looked at before any is sealed, and each is sealed once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from openqi.app.acts.acts import Act, act_of
from openqi.app.acts.audience import Audience
from openqi.app.acts.fields import Field
from openqi.app.acts.forms import read_form
from openqi.app.acts.problems import FieldsError, Problem, built
from openqi.app.acts.sealing.outcomes import Refusal, refusal_of
from openqi.app.acts.sealing.papers import Papers
from openqi.app.acts.sealing.writing import Writing, hat_worn, readers_of
from openqi.app.acts.uploads import Columns, Upload, own_names
from openqi.app.ledger import Ledger
from openqi.app.people.visitor import Visitor
from openqi.app.prepared import Prepared
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.view import NotingView
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import ConflictError, FormatError, OpenQIError, RefusedError
from openqi.records.governance import withdrawal
from openqi.store.desk import writing as tables

MOST: Final = 2_000
"""Rows of one table; more are sent as several."""
State = Literal["seals", "refused", "wrong", "there", "sealed"]
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What a row will do, or did: it `seals`, is `refused` by a rule, `wrong` in a field, `there` already, or `sealed`."""

    line: int
    state: State
    problems: tuple[Problem, ...] = ()
    refusal: Refusal | None = None
    records: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Import:
    """A table that was read and waits to be sealed."""

    id: str
    act: str
    file: str
    zone: str
    audience: Audience
    lines: tuple[int, ...]
    rows: tuple[Row, ...]
    changed_at: str


def importable(act: Act) -> bool:
    """Return whether an act can come as a row of a table: all that it requires fits into cells."""
    return not any(field.form in ("rows", "content") and field.required for field in act.fields)


def table_fields(act: Act) -> tuple[tuple[str, Field], ...]:
    """Return the columns of a table of an act, each with its field; of a list of groups the first row."""
    return tuple(_columns(act.fields, ""))


def _columns(fields: Sequence[Field], path: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        here = path + field.name
        if field.simple or field.many:
            yield here, field
        elif field.form in ("group", "names"):
            yield from _columns(field.fields, here + ".")
        elif field.form == "list" and field.item is not None:
            yield from _columns(field.item.fields, here + ".0.")


class Imports:
    """Tables of acts.

    Args:
        writing: permits, decides and seals each row.
        papers: keeps tables between preview and seal.
    """

    def __init__(self, writing: Writing, papers: Papers) -> None:
        self._writing, self._papers = writing, papers

    def open(
        self, visitor: Visitor, act: Act, upload: Upload, *, audience: Audience, zone: str, columns: Columns = own_names
    ) -> Import:
        """Return a table that was read; nothing is sealed.

        Raises:
            FormatError: no table, a column is no field, or there are too many rows; with file and line.
            RefusedError: the act cannot come as a table.
        """
        table, rows = rows_of_table(act, upload, columns)
        content = {
            "file": table.name, "lines": list(table.lines), "rows": rows, "zone": zone, "reach": audience.reach,
            "also": list(audience.also),
        }  # fmt: skip
        return _import(self._papers.put("import", visitor, act.name, content))

    def get(self, visitor: Visitor, name: str) -> Import:
        """Return a table that was read; raises NotFoundError."""
        return _import(self._papers.get("import", visitor, name))

    def drop(self, visitor: Visitor, name: str) -> None:
        """Forget a table; what was sealed of it stays."""
        self._papers.drop("import", visitor, name)

    def preview(self, visitor: Visitor, told: Import) -> tuple[RowOutcome, ...]:
        """Return what each row will do, decided on the log as it is now; of rows that were sealed before, that they were."""
        hat, known, view = hat_worn(visitor), self._known(visitor, told), self._writing.ledger.view()
        found: list[RowOutcome] = []
        again = repeated(told.lines, told.rows)
        for line, row in zip(told.lines, told.rows, strict=True):
            noted = known.get(_token(told, line, row))
            if noted is not None and noted.state == "sealed":
                found.append(RowOutcome(line=line, state="sealed", records=noted.records))
            elif line in again:
                found.append(again[line])
            else:
                found.append(
                    looked_at(
                        self._writing.ledger, act_of(told.act), line, row, zone=told.zone, audience=told.audience, party=hat.party,
                        hand=hat.kid or "", view=view,
                    )
                )  # fmt: skip
        return tuple(found)

    def seal(self, visitor: Visitor, told: Import, *, go_on: bool = False, most: int = 50) -> tuple[RowOutcome, ...]:
        """Return what every row did or will do, after sealing the next ones that can be; come back for those that are left.

        Args:
            visitor: whose table it is.
            told: the table.
            go_on: also seal the good rows of a table that has others; else one of those keeps all from being sealed.
            most: rows to seal now.

        Raises:
            RefusedError: a row is wrong or refused, and `go_on` was not asked for; nothing was sealed.
        """
        act = act_of(told.act)
        outcomes = list(self.preview(visitor, told))
        bad = [one for one in outcomes if one.state in ("wrong", "refused")]
        if bad and not go_on:
            raise RefusedError(
                "whole-table", f"{len(bad)} rows would not seal, line {bad[0].line} first; mend them, or ask to go on"
            )
        waiting = [place for place, one in enumerate(outcomes) if one.state == "seals"][:most]
        for place in waiting:
            line, row = told.lines[place], told.rows[place]
            try:
                arguments = read_form(act.fields, row, told.zone)
                token = _token(told, line, row)
                sealed = self._writing.seal(act, arguments, visitor, told.audience, token=token)
                outcomes[place] = RowOutcome(line=line, state="sealed", records=tuple(one.id for one in sealed.records))
            except ConflictError as error:
                outcomes[place] = RowOutcome(line=line, state="seals", refusal=refusal_of(error))
            except OpenQIError as error:
                outcomes[place] = RowOutcome(line=line, state="refused", refusal=refusal_of(error))
                if not go_on:
                    break
        return tuple(outcomes)

    def _known(self, visitor: Visitor, told: Import) -> Mapping[str, tables.Noted]:
        names = [_token(told, line, row) for line, row in zip(told.lines, told.rows, strict=True)]
        with self._writing.desk.reading() as connection:
            return tables.noted_all(connection, visitor.account, names)


def repeated(lines: Sequence[int], rows: Sequence[Row]) -> Mapping[int, RowOutcome]:
    """Return the lines whose row is the same as an earlier one's: a table that was pasted twice is not sealed twice."""
    first: dict[frozenset[tuple[str, str]], int] = {}
    found = {}
    for line, row in zip(lines, rows, strict=True):
        before = first.setdefault(frozenset(row.items()), line)
        if before != line:
            twice = Problem(where="", rule="twice", told={"line": before}, detail=f"it is the same as line {before}")
            found[line] = RowOutcome(line=line, state="wrong", problems=(twice,))
    return found


def looked_at(
    ledger: Ledger, act: Act, line: int, row: Row, *, zone: str, audience: Audience, party: str, hand: str, view: NotingView
) -> RowOutcome:
    """Return what a row of a table would do, decided on a view."""
    try:
        asked = built(act, read_form(act.fields, row, zone))
        readers = readers_of(ledger, act, asked, party, audience)
        prepared = ledger.prepared(asked, party=party, hand=hand, visible_to=readers, view=view)
        there = _there(ledger, prepared)
    except FieldsError as error:
        return RowOutcome(line=line, state="wrong", problems=error.problems)
    except OpenQIError as error:
        return RowOutcome(line=line, state="refused", refusal=refusal_of(error))
    return RowOutcome(line=line, state="there" if there else "seals", records=there)


def _there(ledger: Ledger, prepared: Prepared) -> tuple[str, ...]:
    """The record of the same party that says the same already and stands."""
    stated, store = prepared.stated[0], ledger.store
    story = [logged.record for logged in store.stream(stated.streams[0])]
    for record in story:
        same = (record.kind, record.issuer, record.body) == (stated.kind, prepared.party, stated.body)
        if same and withdrawal(record, story, lambda name: store.logged(name).origin) is None:
            return (record.id,)
    return ()


def rows_of_table(act: Act, upload: Upload, columns: Columns = own_names) -> tuple[Table, list[Row]]:
    """Return a table and each of its rows as the form that it fills in.

    Raises:
        FormatError: no table, a column is no field, or there are no or too many rows; with file and line.
        RefusedError: the act cannot come as a table.
    """
    if not importable(act):
        raise RefusedError("one-by-one", f"{act.name} carries a file of its own each time; fill in its form")
    table = read_table(upload.data, name=upload.name[:200], options=Options(max_rows=MOST, max_columns=200))
    found = dict(_matched(act, list(table.columns), table.name, columns))
    rows: list[Row] = [dict(_row(found, table.columns, place)) for place in range(len(table.lines))]
    if not rows:
        raise FormatError(f"{table.name}:1: the table has no rows")
    return table, rows


def _matched(act: Act, headers: Sequence[str], file: str, columns: Columns) -> Iterator[tuple[str, tuple[str, Field]]]:
    """Header → path and field."""
    by_label: dict[str, tuple[str, Field]] = {}
    for path, field in table_fields(act):
        for label in (path, *columns(path)):
            by_label.setdefault(label.strip().casefold(), (path, field))
    taken: dict[str, str] = {}
    for header in headers:
        found = by_label.get(header.strip().casefold()) or _further(act, header.strip())
        if found is None:
            known = ", ".join(path for path, _ in table_fields(act))
            raise FormatError(f"{file}:1: column {header[:80]!r} is no field of this act; the fields are {known}")
        if found[0] in taken:
            raise FormatError(f"{file}:1: the columns {taken[found[0]]!r} and {header[:80]!r} are both {found[0]}; keep one")
        taken[found[0]] = header
        yield header, found


def _further(act: Act, header: str) -> tuple[str, Field] | None:
    """A column of the second and later rows of a list, `points.1.indicated`."""
    parts = header.split(".")
    first = ".".join("0" if part.isascii() and part.isdigit() and len(part) < 4 else part for part in parts)
    field = dict(table_fields(act)).get(first)
    return None if field is None else (header, field)


def _row(found: Mapping[str, tuple[str, Field]], columns: Mapping[str, Sequence[str]], place: int) -> Iterator[tuple[str, str]]:
    for header, (path, field) in found.items():
        text = columns[header][place]
        if field.many:
            parts = [part.strip() for part in text.replace("\n", ";").split(";")]
            yield from ((f"{path}.{number}", part) for number, part in enumerate(part for part in parts if part))
        elif field.form == "flag":
            yield path, "yes" if text.strip().casefold() in ("yes", "true", "1", "是") else text.strip() and _no(text)
        elif text.strip():
            yield path, text


def _no(text: str) -> str:
    return "" if text.strip().casefold() in ("no", "false", "0", "否") else text


def _token(told: Import, line: int, row: Row) -> str:
    content = canonical_bytes({"act": told.act, "import": told.id, "line": line, "row": dict(row)}, limit=1_000_000)
    return f"row-{sha256(content).hexdigest()}"


def _import(paper: tables.Paper) -> Import:
    told: Mapping[str, Any] = paper.content
    return Import(
        id=paper.id, act=paper.act, file=told["file"], zone=told["zone"], lines=tuple(told["lines"]), rows=tuple(told["rows"]),
        audience=Audience(reach=told["reach"], also=tuple(told["also"])), changed_at=paper.changed_at,
    )  # fmt: skip
