"""Files of scans, millions of rows: which serial, when, in which place, by which device, as columns of numbers with their names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

COLUMNS: Final = ("serial", "at", "place", "device")
MOST_ROWS: Final = 200_000_000
LONGEST: Final = 300
_SECONDS: Final = 2**33


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ScanColumns:
    """Scans as they stood in a file.

    Args:
        serial, at, place, device: numbers, int64 columns of one length; seconds since 1970; a device below 0 is not known.
        serials: names by number.
        places: names by number.
    """

    serial: Any
    at: Any
    place: Any
    device: Any
    serials: Sequence[str]
    places: Sequence[str]

    def __len__(self) -> int:
        return len(self.at)


def read_scans(data: Any, *, name: str, places: Sequence[str], each: Callable[..., Iterable[Any]] = map) -> ScanColumns:
    """Return the scans of a CSV or Parquet file with the columns serial (or mark), at, place and, where known, device.

    Args:
        data: the bytes, or a memory map.
        name: of the file, for errors; a suffix `.parquet` says what it is.
        places: names of places in the order of their numbers.
        each: runs a function over columns like `map`; that of a pool of threads does it at once.

    Raises:
        FormatError: no such table, or a cell that is empty, too long, no time, or a place that is not named; says where.
    """
    import pyarrow as pa

    try:
        buffer = pa.py_buffer(data)
        table = _parquet(buffer, name) if name.lower().endswith(".parquet") else _csv(buffer, name)
        return _columns(table, name, places, each)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{name}: {(str(error).splitlines() or [type(error).__name__])[0][:300]}") from error


def _columns(table: "pa.Table", name: str, places: Sequence[str], each: Callable[..., Iterable[Any]]) -> ScanColumns:
    if not 0 < table.num_rows <= MOST_ROWS:
        raise FormatError(f"{name}: {table.num_rows} scans; 1 to {MOST_ROWS:,} are read")
    first = 1 if name.lower().endswith(".parquet") else 2
    numbered = {one: place for place, one in enumerate(places)}
    place, found = _named(table.column("place"), name, "place", first)
    words = [one for one in ("serial", "device") if one in table.column_names]
    told = dict(zip(words, each(lambda one: _worded(table.column(one), name, one, first), words), strict=True))
    serial, serials = told["serial"]
    return ScanColumns(
        serial=serial, at=_times(table.column("at"), name, first), place=_renumbered(place, found, numbered, name, first),
        device=told["device"][0] if "device" in told else serial * 0 - 1, serials=serials, places=tuple(places),
    )  # fmt: skip


def _worded(column: "pa.ChunkedArray", name: str, what: str, first: int) -> tuple[Any, Any]:
    if what != "device":
        return _named(column, name, what, first)
    words = _dictionary(column, name, what)  # an empty cell is a device that is not known
    return words.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype("int64"), None


def columns_of(serial: Any, at: Any, place: Any, device: Any, *, serials: Sequence[str], places: Sequence[str]) -> ScanColumns:
    """Return scans as columns out of arrays of 64-bit whole numbers."""
    import pyarrow as pa

    columns = [
        pa.Array.from_buffers(pa.int64(), len(one), [None, pa.py_buffer(one)]).to_numpy() for one in (serial, at, place, device)
    ]
    return ScanColumns(serial=columns[0], at=columns[1], place=columns[2], device=columns[3], serials=serials, places=tuple(places))


def _csv(buffer: Any, name: str) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    head = bytes(memoryview(buffer)[:4096]).split(b"\n")
    headers = [one.strip().strip('"') for one in head[0].decode("utf-8-sig", "replace").split(",")]
    cells = head[1].split(b",") if len(head) > 1 else []
    at = headers.index("at") if "at" in headers else -1
    whole = 0 <= at < len(cells) and cells[at].strip().strip(b'"').isdigit()
    words = pa.binary()  # only names, once each, are looked at as text
    types: Mapping[str, Any] = {
        "serial": words, "mark": words, "place": words, "device": words, "at": pa.int64() if whole else pa.timestamp("s", tz="UTC"),
    }  # fmt: skip
    wanted = _wanted(headers, name)
    convert = csv.ConvertOptions(column_types=types, include_columns=wanted, null_values=[""], strings_can_be_null=True)
    read = csv.ReadOptions(block_size=1 << 24)
    return _called(csv.read_csv(pa.BufferReader(buffer), read_options=read, convert_options=convert), wanted)


def _parquet(buffer: Any, name: str) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import parquet

    told = parquet.read_metadata(pa.BufferReader(buffer))
    columns = {told.schema.column(place).path for place in range(told.num_columns)}
    # Names stay in their dictionary, in which one that is long may stand for millions of rows.
    words = sorted(columns & {"serial", "mark", "place", "device"})
    file = parquet.ParquetFile(pa.BufferReader(buffer), metadata=told, read_dictionary=words)
    if file.metadata.num_rows > MOST_ROWS:
        raise FormatError(f"{name}: {file.metadata.num_rows} scans; at most {MOST_ROWS:,} are read")
    wanted = _wanted(file.schema_arrow.names, name)
    return _called(file.read(columns=wanted), wanted)


def _wanted(headers: Sequence[str], name: str) -> list[str]:
    serial = "serial" if "serial" in headers else "mark"
    missing = [one for one in (serial, "at", "place") if headers.count(one) != 1]
    if missing:
        raise FormatError(f"{name}:1: needs each of the columns serial (or mark), at and place once; look at {missing[0]!r}")
    return [serial, "at", "place", *(["device"] if "device" in headers else [])]


def _called(table: "pa.Table", wanted: Sequence[str]) -> "pa.Table":
    return table.select(wanted).rename_columns(["serial", *wanted[1:]])


def _named(column: "pa.ChunkedArray", name: str, what: str, first: int) -> tuple[Any, Sequence[str]]:
    """Numbers and names of a column of words; no cell is empty."""
    import pyarrow as pa
    from pyarrow import compute

    if column.null_count:
        row = compute.index(compute.is_null(column), pa.scalar(True)).as_py()
        raise FormatError(f"{name}:{row + first}: no {what}; a scan has a serial, a time and a place")
    words = _dictionary(column, name, what)
    names = words.dictionary.cast(pa.string())
    names.validate(full=True)  # Parquet may say of any bytes that they are text
    longest = compute.max(compute.utf8_length(names)).as_py()
    if longest > LONGEST or not compute.min(compute.utf8_length(names)).as_py():
        raise FormatError(f"{name}: a {what} has 1 to {LONGEST} characters, one has {longest}")
    return words.indices.to_numpy(zero_copy_only=False).astype("int64"), _Names(names)


class _Names(Sequence[str]):
    """Names that stay where they are: of millions of serials only those that are told become text."""

    def __init__(self, names: Any) -> None:
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self._names[place].to_pylist()
        return self._names[int(place)].as_py()

    def numbers(self, wanted: Sequence[str]) -> list[int]:
        """Where some names stand, -1 for one that is not there."""
        import pyarrow as pa
        from pyarrow import compute

        found = compute.index_in(pa.array(wanted, pa.string()), self._names)
        return [-1 if one is None else one for one in found.to_pylist()]


def _dictionary(column: "pa.ChunkedArray", name: str, what: str) -> Any:
    import pyarrow as pa

    packed = pa.types.is_dictionary(column.type)
    kind = column.type.value_type if packed else column.type
    if not any(one(kind) for one in (pa.types.is_binary, pa.types.is_string, pa.types.is_large_string, pa.types.is_integer)):
        raise FormatError(f"{name}: the column {what} holds {kind}; write text")
    if packed:
        return _once(column, text=what != "device" and pa.types.is_integer(kind))
    if what != "device" and pa.types.is_integer(kind):
        column = column.cast(pa.string())
    whole = column.dictionary_encode().combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _once(column: "pa.ChunkedArray", *, text: bool) -> Any:
    """A dictionary with each name once, in the order in which they come: one of a file may repeat some, and have others in vain."""
    import pyarrow as pa

    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    names = whole.dictionary.cast(pa.string()) if text else whole.dictionary
    places = whole.indices
    # Dictionaries that were merged to a longer one name each thing once already, and it is the longest work of all.
    if len(names) <= len(column.chunk(0).dictionary):
        once = names.dictionary_encode()
        names, places = once.dictionary, once.indices.take(places)
    used = places.dictionary_encode()
    return pa.DictionaryArray.from_arrays(used.indices, names.take(used.dictionary))


def _times(column: "pa.ChunkedArray", name: str, first: int) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    if column.null_count:
        row = compute.index(compute.is_null(column), pa.scalar(True)).as_py()
        raise FormatError(f"{name}:{row + first}: no time; write 2026-11-30T08:00:00Z, or seconds since 1970")
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64())
    if not pa.types.is_integer(column.type):
        raise FormatError(f"{name}: the column at holds {column.type}; write 2026-11-30T08:00:00Z, or seconds since 1970")
    seconds = column.cast(pa.int64())
    ends = compute.min_max(seconds).as_py()
    if ends["min"] < 0 or ends["max"] >= _SECONDS:
        raise FormatError(
            f"{name}: a time is {ends['min'] if ends['min'] < 0 else ends['max']} seconds since 1970; until the year 2242"
        )
    return seconds.combine_chunks().to_numpy(zero_copy_only=False) if not isinstance(seconds, pa.Array) else seconds.to_numpy()


def _renumbered(place: Any, found: Sequence[str], numbered: Mapping[str, int], name: str, first: int) -> Any:
    """Numbers of places as the list of places has them."""
    import pyarrow as pa

    table = []
    for number, one in enumerate(found):
        if one not in numbered:
            row = int((place == number).argmax()) + first
            raise FormatError(f"{name}:{row}: the place {one[:80]!r} is not in the list of places")
        table.append(numbered[one])
    return pa.array(table, pa.int64()).to_numpy()[place]
