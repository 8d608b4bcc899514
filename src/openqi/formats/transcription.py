"""Certificates that exist on paper only, transcribed by a person into a table; what they say is stated, not proved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from openqi.formats.dcc.document import CalibrationTable
from openqi.kernel.decimals import decimal
from openqi.kernel.errors import FormatError
from openqi.kernel.quantity import Quantity
from openqi.kernel.units import unit_of

VERIFICATION_COLUMNS: Final = ("field", "value", "unit")
_HEAD: Final = ("certificate", "serial", "calibrated_at")
_POINT: Final = ("quantity", "unit", "indicated", "reference", "expanded_uncertainty", "coverage_factor")
CALIBRATION_COLUMNS: Final = (*_HEAD, *_POINT)
_WITH_UNIT: Final = ("lower", "upper", "maximum_permissible_error")
_FIELDS: Final = ("certificate", "kind", "serial", "verified_at", "valid_until", "class", "quantity", *_WITH_UNIT, "verdict")
_MAY_STAND: Final = ("instrument", "laboratory", "document", "note")
_VERDICTS: Final[Mapping[str, Literal["pass", "fail"]]] = {"pass": "pass", "合格": "pass", "fail": "fail", "不合格": "fail"}
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Columns(Protocol):
    """A table of text cells: `columns` by name, all of one length, and the line of the file that each row stands in."""

    @property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """Return the cells of each column."""
        ...

    @property
    def lines(self) -> Sequence[int]:
        """Return the line of each row."""
        ...

    @property
    def name(self) -> str:
        """Return the name of the file, for errors."""
        ...


@dataclass(frozen=True, kw_only=True)
class TranscribedVerification:
    """A verification certificate (检定证书) as transcribed: within its limits, its error does not exceed what is permitted.

    Args:
        verified_at: day as `2026-01-20`; so is `valid_until`, the last day.
        accuracy_class: the class as the certificate names it.
        lower: least value of the range, decimal text in `unit`; `upper` is the greatest.
        maximum_permissible_error: magnitude, a difference in `unit`: 0.35 stands for ±0.35.
        instrument, laboratory, document, note: as transcribed, None where they are not.
    """

    certificate: str
    serial: str
    verified_at: str
    valid_until: str
    accuracy_class: str
    quantity: str
    unit: str
    lower: str
    upper: str
    maximum_permissible_error: str
    verdict: Literal["pass", "fail"]
    instrument: str | None
    laboratory: str | None
    document: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class TranscribedCalibration:
    """A calibration certificate as transcribed: one table for each quantity, in the order of the file."""

    certificate: str
    serial: str
    calibrated_at: str
    tables: tuple[CalibrationTable, ...]


Transcription = TranscribedVerification | TranscribedCalibration


@dataclass(frozen=True, kw_only=True)
class _Cell:
    text: str
    unit: str
    place: str

    def error(self, what: str) -> FormatError:
        return FormatError(f"{self.place}: {what}")

    def number(self, *, unit: str, difference: bool = False) -> Quantity:
        try:
            return Quantity(value=self.text, unit=unit, difference=difference)
        except FormatError as error:
            raise self.error(str(error)) from error

    def day(self) -> str:
        try:
            date.fromisoformat(self.text if _DATE.fullmatch(self.text) else "")
        except ValueError as error:
            raise self.error(f"{self.text[:40]!r} is no date; write for example 2026-01-20") from error
        return self.text


def read_transcription(table: Columns) -> Transcription:
    """Return the certificate that a table transcribes.

    A verification has the columns `field, value, unit` and a row for each field; a calibration has a row for each point:
    `certificate, serial, calibrated_at, quantity, unit, indicated, reference, expanded_uncertainty, coverage_factor`.

    Raises:
        FormatError: other columns, or a row that is missing, doubled, unknown or not of its form; names file and line.
    """
    names = set(table.columns)
    if not table.lines or any(len(cells) != len(table.lines) for cells in table.columns.values()):
        raise FormatError(f"{table.name}:1: has no rows, or columns of different length; give every row all its cells")
    if names == set(VERIFICATION_COLUMNS):
        return _verification(table)
    if names == set(CALIBRATION_COLUMNS):
        return _calibration(table)
    raise FormatError(
        f"{table.name}:1: columns {', '.join(sorted(names))[:200]}; a verification has {', '.join(VERIFICATION_COLUMNS)}, "
        f"a calibration {', '.join(CALIBRATION_COLUMNS)}"
    )


def _verification(table: Columns) -> TranscribedVerification:
    cells = _fields(table)
    kind, verdict = cells["kind"], cells["verdict"]
    if kind.text != "verification":
        raise kind.error(f"kind {kind.text[:40]!r}; a table of fields transcribes a verification")
    if verdict.text not in _VERDICTS:
        raise verdict.error(f"verdict {verdict.text[:40]!r}; write one of {', '.join(_VERDICTS)}")
    lower, upper, permitted = _limits(cells)
    if cells["valid_until"].day() < cells["verified_at"].day():
        raise cells["valid_until"].error(f"{cells['valid_until'].text} is before the day of verification")
    return TranscribedVerification(
        certificate=cells["certificate"].text,
        serial=cells["serial"].text,
        verified_at=cells["verified_at"].text,
        valid_until=cells["valid_until"].text,
        accuracy_class=cells["class"].text,
        quantity=cells["quantity"].text,
        unit=lower.unit,
        lower=lower.value,
        upper=upper.value,
        maximum_permissible_error=permitted.value,
        verdict=_VERDICTS[verdict.text],
        **{name: cells[name].text if name in cells else None for name in _MAY_STAND},
    )


def _limits(cells: Mapping[str, _Cell]) -> tuple[Quantity, Quantity, Quantity]:
    """Both ends of the range, and the maximum permissible error in it."""
    lower, upper = (cells[name].number(unit=cells[name].unit) for name in ("lower", "upper"))
    limit = cells["maximum_permissible_error"]
    permitted = limit.number(unit=limit.unit, difference=True)
    if upper.unit != lower.unit:
        raise cells["upper"].error(f"unit {upper.unit!r} beside lower in {lower.unit!r}; write both in one unit")
    if decimal(lower.value) >= decimal(upper.value):
        raise cells["upper"].error(f"upper {upper.value} is not above lower {lower.value}")
    one, other = unit_of(permitted.unit), unit_of(lower.unit)  # K serves beside Cel: as a difference they are the same
    if (one.dimension, one.factor, one.pi) != (other.dimension, other.factor, other.pi):
        raise limit.error(f"unit {permitted.unit!r} beside limits in {lower.unit!r}; write it in their unit")
    if decimal(permitted.value) <= 0:
        raise limit.error(f"maximum permissible error {permitted.value}: write its magnitude, 0.35 for ±0.35")
    return lower, upper, permitted


def _fields(table: Columns) -> dict[str, _Cell]:
    """The rows by field, each once, with a unit exactly where one belongs."""
    found: dict[str, _Cell] = {}
    names, values, units = (table.columns[column] for column in VERIFICATION_COLUMNS)
    for line, name, value, unit in zip(table.lines, names, values, units, strict=True):
        cell = _Cell(text=value, unit=unit, place=f"{table.name}:{line}")
        if name not in {*_FIELDS, *_MAY_STAND}:
            raise cell.error(f"field {name[:40]!r} is not known; fields are {', '.join((*_FIELDS, *_MAY_STAND))}")
        if name in found:
            raise cell.error(f"field {name} stands twice; keep one")
        if not value:
            raise cell.error(f"field {name} is empty; write what the certificate says, or leave the certificate out")
        if bool(unit) != (name in _WITH_UNIT):
            raise cell.error(f"field {name} {'has no unit' if not unit else 'takes no unit'}")
        found[name] = cell
    missing = [name for name in _FIELDS if name not in found]
    if missing:
        raise FormatError(f"{table.name}:{table.lines[-1]}: no row for {', '.join(missing)}; transcribe them too")
    return found


def _calibration(table: Columns) -> TranscribedCalibration:
    rows = [
        {column: _Cell(text=table.columns[column][index], unit="", place=f"{table.name}:{line}") for column in CALIBRATION_COLUMNS}
        for index, line in enumerate(table.lines)
    ]
    first = rows[0]
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        for column, cell in row.items():
            if not cell.text:
                raise cell.error(f"{column} is empty; write what the certificate says, or leave the point out")
            if column in _HEAD and cell.text != first[column].text:
                raise cell.error(f"{column} {cell.text[:40]!r} beside {first[column].text[:40]!r}; one file, one certificate")
        groups.setdefault(row["quantity"].text, []).append(index)
    return TranscribedCalibration(
        certificate=first["certificate"].text,
        serial=first["serial"].text,
        calibrated_at=first["calibrated_at"].day(),
        tables=tuple(_points([rows[index] for index in indices], table.lines[indices[0]]) for indices in groups.values()),
    )


def _points(rows: Sequence[Mapping[str, _Cell]], line: int) -> CalibrationTable:
    """The points of one quantity, which share unit and coverage factor."""
    unit, factor = rows[0]["unit"].text, rows[0]["coverage_factor"].text
    for row in rows:
        for column, said in (("unit", unit), ("coverage_factor", factor)):
            if row[column].text != said:
                raise row[column].error(
                    f"{column} {row[column].text[:40]!r} beside {said[:40]!r}; one for all points of a quantity"
                )
        for column in ("indicated", "reference"):
            row[column].number(unit=unit)
        if decimal(row["expanded_uncertainty"].number(unit=unit, difference=True).value) <= 0:
            raise row["expanded_uncertainty"].error("an expanded uncertainty is > 0; a point without one is left out")
        if decimal(row["coverage_factor"].number(unit="1").value) < 1:
            raise row["coverage_factor"].error("a coverage factor is at least 1")
    columns = ("indicated", "reference", "expanded_uncertainty")
    indicated, reference, expanded = (tuple(row[column].text for row in rows) for column in columns)
    return CalibrationTable(
        quantity=rows[0]["quantity"].text,
        unit=unit,
        indicated=indicated,
        reference=reference,
        expanded_uncertainties=expanded,
        coverage_factor=factor,
        coverage_probability=None,
        line=line,
    )
