"""The baseline that a user names, a table or JSON, as what parts are held to; and one that is learned from readings."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file
from openqi.engines.engine import Engine, Part
from openqi.engines.plant.baseline import NUMBERS, Baseline, baseline_of, read_baseline
from openqi.engines.plant.learning import LearnPart
from openqi.formats.table import read_table
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError, NotFoundError

_MAX_BYTES: Final = 64 * 2**20


def baseline_file(path: Path, *, text: bool) -> Baseline:
    """Return the baseline in a Parquet, CSV, XLSX or JSON file.

    Args:
        path: of the file.
        text: whether the readings call streams by texts; else by whole numbers.

    Raises:
        FormatError: it is none, or streams are called otherwise than in the readings.
        NotFoundError: there is no such file.
    """
    if path.suffix.lower() == ".parquet":
        if not path.is_file():
            raise NotFoundError(f"there is no file {path}; check the path")
        found = read_baseline(path)
    elif path.suffix.lower() == ".json":
        found = baseline_of(_json_columns(path), path.name)
    else:
        found = baseline_of(_table_columns(path, text=text), path.name)
    if isinstance(found.streams[0], str) != text:
        kind = ("whole numbers", "texts")
        raise FormatError(f"{path.name}: streams are {kind[not text]} here, and {kind[text]} in the readings; write them alike")
    return found


def _json_columns(path: Path) -> dict[str, list[Any]]:
    try:
        rows = json.loads(read_file(path, _MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path.name}: not JSON: {error}") from error
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise FormatError(f"{path.name}: a baseline in JSON is a list of objects, one a stream")
    names = [name for name in ("stream", *NUMBERS, "unit") if any(name in row for row in rows)]
    return {name: [row.get(name) for row in rows] for name in names}


def _table_columns(path: Path, *, text: bool) -> dict[str, list[Any]]:
    table = read_table(read_file(path, _MAX_BYTES), name=path.name)
    columns: dict[str, list[Any]] = {}
    for name in ("stream", *NUMBERS, "unit"):
        if name in table.columns:
            kind = str if name == "unit" or (name == "stream" and text) else float
            columns[name] = [_cell(cell, kind, table.where(row), name) for row, cell in enumerate(table.columns[name])]
    return columns


def _cell(cell: str, kind: type, where: str, name: str) -> Any:
    if kind is str:
        return cell
    if not cell.strip():
        return None
    try:
        exact = fraction(cell)
    except FormatError as error:
        raise FormatError(f"{where}: column {name}: {error}") from None
    if name != "stream":
        return float(exact)
    if exact.denominator != 1:
        raise FormatError(f"{where}: column stream: {cell!r}; the readings call streams by whole numbers")
    return int(exact)


def learned(parts: Sequence[Part], engine: Engine, workers: int, estimator: str) -> Baseline:
    """Return centre and sigma of every stream as phase I estimates them from readings.

    Args:
        parts: the readings.
        engine: that runs.
        workers: at once.
        estimator: of sigma, as the engine's `ESTIMATORS` has them; the centre is the mean.

    Raises:
        FormatError: a file is damaged or in disorder.
        DomainError: a stream has too few readings.
    """
    columns: dict[str, list[Any]] = {"stream": [], "centre": [], "sigma": [], "unit": []}
    for found in engine.map(LearnPart(estimator=estimator), parts, workers):
        for name, column in columns.items():
            column.extend(found[name])
    return baseline_of(columns, "what was learned")
