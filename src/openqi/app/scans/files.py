"""Files that scans are scored with: scans themselves, what is usual, what is known of units."""

import mmap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from openqi.app.files import read_file
from openqi.app.scans.told import Known, Usual
from openqi.formats.digital_link import check_mark, mark_name
from openqi.formats.scan_files import ScanColumns, read_scans
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import parse_instant
from openqi.science.signals.places import Place

NAME: Final = "ni:///sha-256;"
_MOST: Final = 400_000_000
_MOST_HONEST: Final = 20_000_000
_OPTIONS: Final = Options(max_bytes=_MOST, max_unpacked=2 * _MOST, max_rows=5_000_000, max_cells=25_000_000)


def scans_in(path: Path, places: tuple[Place, ...]) -> ScanColumns:
    """Return the scans of a CSV or Parquet file; raises NotFoundError where there is none, FormatError as `read_scans`."""
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}; check the path")
    names = [one.name for one in places]
    with path.open("rb") as file, ThreadPoolExecutor(2) as pool:
        if not path.stat().st_size:
            raise FormatError(f"{path} is empty; scans have the columns serial, at, place and device")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return read_scans(content, name=path.name, places=names, each=pool.map)


def usual_in(path: Path) -> Usual:
    """Return what is usual: a table with a column serial (or mark) of honest ones, or with moves and how many serials had as many.

    Raises:
        NotFoundError: there is no such file.
        FormatError: it has neither, or a cell is no whole number.
    """
    table = _table(path)
    if {"moves", "serials"} <= {*table.columns}:
        counts: dict[int, int] = {}
        for row, (moves, serials) in enumerate(zip(table.column("moves"), table.column("serials"), strict=True)):
            number = _whole(table, row, moves, 1_000_000)
            counts[number] = counts.get(number, 0) + _whole(table, row, serials, _MOST_HONEST)
        if not 0 < sum(counts.values()) <= _MOST_HONEST:
            raise FormatError(f"{path.name}: {sum(counts.values())} honest serials; 1 to {_MOST_HONEST:,}")
        return Usual(moves=counts, source=path.name)
    return Usual(serials=frozenset(_serials(table)), source=path.name)


def usual_of_marks(path: Path) -> Usual:
    """Return the same for kept scans, whose marks are known by their names only."""
    found = usual_in(path)
    names = {one if one.startswith(NAME) else mark_name(check_mark(one)) for one in found.serials}
    return Usual(moves=found.moves, serials=frozenset(names), source=found.source)


def known_in(path: Path, markets: tuple[str, ...]) -> Known:
    """Return what is known of units: a table with serial (or mark) and begins, ends, market where they are known.

    Raises:
        NotFoundError: there is no such file.
        FormatError: no such column, an instant that is none, or a serial that stands twice.
    """
    table = _table(path)
    serials = _serials(table)
    if len({*serials}) != len(serials):
        raise FormatError(f"{path.name}: a serial stands twice; write what is known of it in one row")
    begins, ends = ({**_instants(table, serials, name)} for name in ("begins", "ends"))
    own = table.column("market") if "market" in table.columns else ()
    named = {serial: frozenset(one.split(";")) for serial, one in zip(serials, own, strict=False) if one}
    return Known(begins=begins, ends=ends, markets=named, everywhere=frozenset(markets))


def _table(path: Path) -> Table:
    return read_table(read_file(path, _MOST), name=path.name, options=_OPTIONS)


def _serials(table: Table) -> list[str]:
    column = table.column("mark" if "mark" in table.columns else "serial")
    for row, cell in enumerate(column):
        if not 0 < len(cell.strip()) <= 300:
            raise FormatError(f"{table.where(row)}: a serial has 1 to 300 characters")
    return [cell.strip() for cell in column]


def _instants(table: Table, serials: list[str], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    if name not in table.columns:
        return found
    for row, (serial, cell) in enumerate(zip(serials, table.column(name), strict=True)):
        if cell.strip():
            try:
                found[serial] = int(parse_instant(cell.strip()).timestamp())
            except FormatError as error:
                raise FormatError(f"{table.where(row)}: {name}: {error}") from error
    return found


def _whole(table: Table, row: int, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most):
        raise FormatError(f"{table.where(row)}: {text[:40]!r} is no whole number from 0 to {most:,}")
    return int(text)
