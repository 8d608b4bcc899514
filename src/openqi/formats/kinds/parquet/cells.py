"""From an Arrow column to cell texts: what is exact is written out, and nothing is rounded that was not said to be."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final

from openqi.formats.table import MAX_CELL, Options
from openqi.kernel.errors import FormatError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS: Final = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def texts(column: Any, header: str, name: str, options: Options) -> list[str]:
    """Return the cell texts of a column (`pyarrow.ChunkedArray`), "" for null.

    Text and integers are as they are; decimals keep their scale; dates are `YYYY-MM-DD`; instants are
    `YYYY-MM-DDThh:mm:ssZ`, with the digits of their unit where there is a fraction of a second; floats are rounded, half
    to even, to the decimals that `options.decimals` states, and a zero has no sign.

    Raises:
        FormatError: floats without stated decimals, NaN or infinite; times without zone; booleans, bytes and other types;
            a text longer than 131,072 characters or with a NUL.
        pyarrow.ArrowInvalid: the column is damaged.
    """
    # Arrow reads a damaged file as if its indices and texts were right, and only looks when it is asked to.
    column.validate(full=True)
    cells: list[str] = []
    for chunk in column.chunks:
        cells += _chunk(chunk, header, f"{name}:", len(cells), options)
    return cells


def _chunk(chunk: Any, header: str, place: str, before: int, options: Options) -> list[str]:
    import pyarrow as pa  # type: ignore[import-untyped]

    if pa.types.is_dictionary(chunk.type):
        # Each distinct cell is written once, and the rows share it.
        distinct = _chunk(chunk.dictionary, header, place, before, options)
        return ["" if index is None else distinct[index] for index in chunk.indices.to_pylist()]
    write = writer(chunk.type, header, place, options)
    if pa.types.is_timestamp(chunk.type):
        chunk = chunk.cast(pa.int64())
    elif pa.types.is_floating(chunk.type):
        chunk = chunk.cast(pa.float64())  # exact
    return [*_written(write, chunk.to_pylist(), header, place, before)]


def _written(write: Callable[[Any], str], values: Iterable[Any], header: str, place: str, before: int) -> Iterable[str]:
    for row, value in enumerate(values, before + 1):
        try:
            yield "" if value is None else write(value)
        except (FormatError, OverflowError) as error:
            raise FormatError(f"{place}{row}: column {header!r}: {error}") from error


def writer(kind: Any, header: str, place: str, options: Options) -> Callable[[Any], str]:
    """Return what writes the values of a type (`pyarrow.DataType`) as texts; raises FormatError for a type that is not read."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return writer(kind.value_type, header, place, options)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return _text
    if types.is_integer(kind) or types.is_null(kind):
        return str
    if types.is_decimal(kind):
        return lambda value: format(value, "f")
    if types.is_date(kind):
        return lambda value: str(value.isoformat())
    if types.is_floating(kind):
        decimals = options.decimals.get(header)
        if decimals is None or not 0 <= decimals <= 15:
            hint = "state how many decimals, 0 to 15, the gauge reports, or write a decimal or text column"
            raise FormatError(f"{place}1: column {header!r} holds binary floats ({kind}), which do not say what was read; {hint}")
        return lambda value: _rounded(value, decimals)
    if types.is_timestamp(kind) and kind.tz is not None:
        return lambda value: _instant(value, _DIGITS[kind.unit])
    hint = "write instants with the zone UTC" if types.is_timestamp(kind) else "write text, integers, decimals, dates or instants"
    raise FormatError(f"{place}1: column {header!r} is of type {kind}; {hint}")


def _text(value: str) -> str:
    if len(value) > MAX_CELL or "\0" in value:
        raise FormatError(f"a text of {len(value)} characters; at most {MAX_CELL} are read, and no NUL")
    return value


def _rounded(value: float, decimals: int) -> str:
    if not isfinite(value):
        raise FormatError(f"{value} is no measured value; leave the cell empty where there is none")
    text = f"{value:.{decimals}f}"
    return text if text.strip("-0.") else text.removeprefix("-")


def _instant(value: int, digits: int) -> str:
    seconds, fraction = divmod(value, 10**digits)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return f"{text}.{fraction:0{digits}d}Z" if fraction else f"{text}Z"
