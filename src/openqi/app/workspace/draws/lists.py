"""Lists of a draw out of tables: who can be drawn, who is left out, who can be sent, who may not go where."""

from dataclasses import dataclass
from typing import Any

from openqi.app.workspace.drawing import ExclusionsDeclared, FrameDeclared, OfficersDeclared
from openqi.app.workspace.draws.cells import Cells
from openqi.app.workspace.workspace import Workspace
from openqi.records.draw_rows import OfficerRow, PermitCell, RecusalRow
from openqi.science.draws.frame import LARGEST, Candidate, Exclusion


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Who can be drawn and who is left out of it, with the bytes of the files that say so."""

    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]
    files: tuple[bytes, ...]


def listed(workspace: Workspace, slot: str, declared: FrameDeclared) -> Listed:
    """Return the list of an entry.

    Raises:
        FormatError: a column is missing, a cell is empty or of another form, an object stands twice, or one is left out that was
            never on the list, or without a reason; with file and line.
    """
    cells = Cells(workspace, slot, declared)
    seen: dict[str, int] = {}
    candidates = []
    for row in cells.rows():
        name = cells.text(row, declared.object)
        if (before := seen.setdefault(name, row)) != row:
            raise cells.error(row, f"{name} stands in line {cells.table.lines[before]} already; one object has one ticket")
        size = 1 if declared.size is None else cells.whole(row, declared.size)
        if size > LARGEST:
            raise cells.error(row, f"column {declared.size!r}: a size is at most 2^40")
        stratum, risk = ("" if one is None else cells.text(row, one) for one in (declared.stratum, declared.risk_class))
        candidates.append(Candidate(name=name, stratum=stratum, risk_class=risk, size=size))
    exclusions: dict[str, Exclusion] = {}
    files = [cells.data]
    for key, one in declared.exclusions.items():
        table = Cells(workspace, slot, one, member="exclusions")
        files.append(table.data)
        for name, found in _excluded(workspace, slot, key, one, table, seen).items():
            if exclusions.setdefault(name, found) is not found:
                raise workspace.at(slot, "exclusions").error(f"{name} is left out twice: {exclusions[name].reason}, {found.reason}")
    return Listed(candidates=tuple(candidates), exclusions=tuple(exclusions.values()), files=tuple(files))


def _excluded(
    workspace: Workspace, slot: str, key: str, declared: ExclusionsDeclared, table: Cells, known: Any
) -> dict[str, Exclusion]:
    if (declared.reason is None) == (declared.because is None):
        place = workspace.at(slot, "exclusions")
        raise place.members.get(key, place).error("say why: `reason`, a column, or `because` for all of them; one of the two")
    found: dict[str, Exclusion] = {}
    for row in table.rows():
        name = table.text(row, declared.object)
        if name not in known:
            raise table.error(row, f"{name} is left out and was not on the list")
        if name in found:
            raise table.error(row, f"{name} is left out twice")
        reason = declared.because or table.text(row, declared.reason or "", "nobody is left out without a reason")
        found[name] = Exclusion(name=name, reason=reason, detail=table.told(row, declared.detail) or "")
    return found


@dataclass(frozen=True, kw_only=True)
class Roll:
    """Who can be sent, and who may not go where, with the bytes of the files that say so."""

    officers: tuple[OfficerRow, ...]
    recusals: tuple[RecusalRow, ...]
    files: tuple[bytes, ...]


def roll(workspace: Workspace, slot: str, declared: OfficersDeclared) -> Roll:
    """Return the officers of an entry, sorted by their numbers.

    Raises:
        FormatError: as `listed`; or an officer has two units, places or workloads, a certificate ends before it begins, or somebody
            is recused who is no officer.
    """
    cells = Cells(workspace, slot, declared)
    found: dict[str, _Held] = {}
    for row in cells.rows():
        own = _held(cells, row, declared)
        before = found.get(own.officer)
        if before is None:
            found[own.officer] = own
            continue
        if (before.unit, before.most, before.east, before.north) != (own.unit, own.most, own.east, own.north):
            raise cells.error(row, f"{own.officer} has another unit, workload or place than in a line above")
        if {*before.certificates} & {*own.certificates} and {*before.permits} & {*own.permits}:
            raise cells.error(row, f"{own.officer} has this certificate twice, with the same permit")
        found[own.officer] = before.with_more(own)
    files, recusals = [cells.data], {}
    for one in declared.recusals.values():
        table = Cells(workspace, slot, one, member="recusals")
        files.append(table.data)
        for row in table.rows():
            pair = (table.text(row, one.officer), table.text(row, one.object))
            if pair[0] not in found:
                raise table.error(row, f"{pair[0]} is no officer of {declared.file}")
            if pair in recusals:
                raise table.error(row, f"{pair[0]} is recused from {pair[1]} twice")
            reason = table.text(row, one.reason, "nobody is recused without a reason")
            recusals[pair] = RecusalRow(object=pair[1], officer=pair[0], reason=reason)
    return Roll(
        officers=tuple(found[name].row() for name in sorted(found)), recusals=tuple(recusals[pair] for pair in sorted(recusals)),
        files=tuple(files),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Held:
    """An officer while the rows of a table are read."""

    officer: str
    unit: str
    most: int
    east: int
    north: int
    certificates: tuple[tuple[str, str], ...]
    permits: tuple[tuple[str, str, str], ...]

    def with_more(self, other: "_Held") -> "_Held":
        """The officer with a further certificate and what it permits."""
        return _Held(
            officer=self.officer, unit=self.unit, most=self.most, east=self.east, north=self.north,
            certificates=tuple(sorted({*self.certificates, *other.certificates})),
            permits=tuple(sorted({*self.permits, *other.permits})),
        )  # fmt: skip

    def row(self) -> OfficerRow:
        """The officer as evidence has it."""
        permits = tuple(PermitCell(first=first, item=item, last=last) for item, first, last in self.permits)
        return OfficerRow(
            certificates=self.certificates, east=self.east, most=self.most, north=self.north, officer=self.officer, permits=permits,
            unit=self.unit,
        )  # fmt: skip


def _held(cells: Cells, row: int, declared: OfficersDeclared) -> _Held:
    first, last = cells.day(row, declared.certificate_from), cells.day(row, declared.certificate_until)
    if last < first:
        raise cells.error(row, f"the certificate ends on {last}, before it begins on {first}")
    most = cells.whole(row, declared.most)
    if most < 1:
        raise cells.error(row, f"column {declared.most!r}: an officer takes at least one visit; else leave the row out")
    east, north = (0 if one is None else cells.whole(row, one, signed=True) for one in (declared.east, declared.north))
    return _Held(
        officer=cells.text(row, declared.officer), unit="" if declared.unit is None else cells.text(row, declared.unit), most=most,
        east=east, north=north, certificates=((first, last),),
        permits=tuple((item, first, last) for item in sorted(cells.several(row, declared.permits))),
    )  # fmt: skip
