"""How visits ended, out of a table: a row a visit; whoever reports names the outcome, so that an empty one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from openqi.app.workspace.draws.cells import Cells
from openqi.app.workspace.inspecting import AssignmentDeclared, VisitResultsDeclared
from openqi.app.workspace.series import moment_of, offset_of
from openqi.app.workspace.workspace import Workspace
from openqi.kernel.errors import DomainError
from openqi.records import Names
from openqi.records.draw_rows import VisitRow
from openqi.records.inspections import Finding
from openqi.science.draws.rates.outcomes import outcome_of

_Found = Literal["conforming", "nonconforming", "corrected", "not-applicable", "not-inspected"]
_FOUND: Final[Mapping[str, _Found]] = MappingProxyType({
    **{one: one for one in get_args(_Found)}, "合格": "conforming", "未发现问题": "conforming", "不合格": "nonconforming",
    "发现问题": "nonconforming", "已改正": "corrected", "不适用": "not-applicable", "未检查": "not-inspected",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VisitRead:
    """One row: how the visit of an object ended. `place` is file and line."""

    object: str
    at: str
    outcome: str
    place: str
    day: str | None = None
    officers: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    disposal: Names | None = None
    correct_by: str | None = None
    remark: Names | None = None


def visit_results(workspace: Workspace, slot: str, declared: VisitResultsDeclared) -> tuple[VisitRead, ...]:
    """Return the visits of a table in its order.

    Raises:
        FormatError: a column is missing, an outcome is none (an empty one is none, and never a pass), a time or day is none, or an
            object stands twice; with file and line.
    """
    cells = Cells(workspace, slot, declared)
    offset = offset_of(workspace, slot, declared.offset)
    found: list[VisitRead] = []
    seen: dict[str, str] = {}
    for row in cells.rows(declared.where):
        name = cells.text(row, declared.object)
        place = cells.table.where(row)
        if seen.setdefault(name, place) != place:
            raise cells.error(row, f"{name} has a result in {seen[name]} already; a visit ends once")
        at = moment_of(cells.table, row, cells.text(row, declared.at), offset)
        if "." in at:
            raise cells.error(row, f"column {declared.at!r}: a visit is told to the second, without parts of it")
        found.append(_visit(cells, row, declared, name, at))
    return tuple(found)


def _visit(cells: Cells, row: int, declared: VisitResultsDeclared, name: str, at: str) -> VisitRead:
    outcome = _outcome(cells, row, declared.outcome)
    disposal, remark = cells.told(row, declared.disposal), cells.told(row, declared.remark)
    day = None if outcome == "not-visited" or cells.told(row, declared.day) is None else cells.day(row, declared.day or "")
    by_day = None if declared.correct_by is None or cells.told(row, declared.correct_by) is None else declared.correct_by
    named = cells.told(row, declared.officers)
    return VisitRead(
        object=name, at=at, outcome=outcome, place=cells.table.where(row), day=day,
        officers=() if named is None or declared.officers is None else cells.several(row, declared.officers),
        findings=tuple(_finding(cells, row, item, column) for item, column in declared.findings.items()),
        disposal=_names(disposal, declared.language), correct_by=None if by_day is None else cells.day(row, by_day),
        remark=_names(remark, declared.language),
    )  # fmt: skip


def _outcome(cells: Cells, row: int, column: str) -> str:
    text = cells.text(row, column, "a visit without an outcome has not ended, leave the row out; an empty one is never a pass")
    try:
        return outcome_of(text).code
    except DomainError as error:
        raise cells.error(row, f"column {column!r}: {error}") from error


def _finding(cells: Cells, row: int, item: str, column: str) -> Finding:
    text = cells.text(row, column, f"say what was found about item {item}, or that it was not-inspected 未检查")
    if text not in _FOUND:
        raise cells.error(row, f"column {column!r} holds {text[:40]!r}; write one of {', '.join(_FOUND)}")
    return Finding(item=item, outcome=_FOUND[text])


def _names(text: str | None, language: str) -> Names | None:
    if text is None:
        return None
    return Names(zh=text) if language == "zh" else Names(en=text)


def visit_days(workspace: Workspace, slot: str, declared: AssignmentDeclared) -> tuple[tuple[VisitRow, ...], bytes]:
    """Return the days of visits of a table, sorted by object, and the bytes of the file.

    Raises:
        FormatError: a column is missing, a day is none, or an object stands twice; with file and line.
    """
    cells = Cells(workspace, slot, declared)
    found: dict[str, VisitRow] = {}
    for row in cells.rows():
        name = cells.text(row, declared.object)
        if name in found:
            raise cells.error(row, f"{name} has a day already; one visit an object")
        east, north = (0 if one is None else cells.whole(row, one, signed=True) for one in (declared.east, declared.north))
        found[name] = VisitRow(day=cells.day(row, declared.day), east=east, north=north, object=name)
    return tuple(found[name] for name in sorted(found)), cells.data


def outcome_at(workspace: Workspace, slot: str, member: str, text: str) -> str:
    """Return the code of an outcome that a member names; raises FormatError with its line."""
    try:
        return outcome_of(text).code
    except DomainError as error:
        raise workspace.at(slot, member).error(str(error)) from error
