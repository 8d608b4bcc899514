"""The list of coarse places by which scans are told: a table of towns with middle and reach."""

from pathlib import Path
from typing import Final

from openqi.app.files import read_file
from openqi.formats.table import Table, read_table
from openqi.kernel.errors import FormatError
from openqi.science.signals.places import MOST_PLACES, Place

_MOST: Final = 4_000_000


def read_places(path: Path) -> tuple[Place, ...]:
    """Return the places of a table with the columns name, latitude, longitude and reach (km), and market where there is one.

    Raises:
        NotFoundError: there is no such file.
        FormatError: a column is missing, a cell is no number or out of range, or a name stands twice; says which line.
    """
    table = read_table(read_file(path, _MOST), name=path.name)
    columns = [table.column(one) for one in ("name", "latitude", "longitude", "reach")]
    markets = table.column("market") if "market" in table.columns else [""] * len(table.lines)
    if not 0 < len(table.lines) <= MOST_PLACES:
        raise FormatError(f"{path.name}: {len(table.lines)} places; 1 to {MOST_PLACES}")
    found: dict[str, Place] = {}
    for row, cells in enumerate(zip(*columns, markets, strict=True)):
        name, market = cells[0].strip(), cells[4].strip()
        if not 0 < len(name) <= 100 or name in found:
            raise FormatError(f"{table.where(row)}: a place has a name of its own, of 1 to 100 characters, not {name[:100]!r}")
        limits = ((1, 90.0, -90.0), (2, 180.0, -180.0), (3, 20_000.0, 0.0))
        latitude, longitude, reach = (_number(table, row, cells[place], most, least) for place, most, least in limits)
        found[name] = Place(name=name, latitude=latitude, longitude=longitude, reach=reach, market=market)
    return tuple(found.values())


def _number(table: Table, row: int, text: str, most: float, least: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (text.isascii() and least <= number <= most):
        raise FormatError(f"{table.where(row)}: {text[:40]!r} is no number from {least:g} to {most:g}")
    return number
