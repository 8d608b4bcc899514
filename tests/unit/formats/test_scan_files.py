"""Files of scans: CSV and Parquet say the same, and what is no scan is told with its line."""

import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from openqi.formats.scan_files import read_scans
from openqi.kernel.errors import FormatError

PLACES = ["北京", "上海"]
TEXT = """serial,at,place,device,note
A,2026-01-01T00:00:00Z,上海,x,1
B,2026-01-01T00:01:00Z,北京,,2
A,2026-01-02T00:00:00Z,上海,y,3
"""


def told(columns) -> list[tuple[str, int, str, int]]:
    return [
        (columns.serials[serial], int(at), columns.places[place], int(device))
        for serial, at, place, device in zip(columns.serial, columns.at, columns.place, columns.device, strict=True)
    ]


EXPECTED = [("A", 1767225600, "上海", 0), ("B", 1767225660, "北京", -1), ("A", 1767312000, "上海", 1)]


def test_a_csv_is_read_with_its_places_renumbered_and_unknown_devices_below_zero():
    found = told(read_scans(TEXT.encode(), name="s.csv", places=PLACES))
    assert [row[:3] for row in found] == [row[:3] for row in EXPECTED]
    devices = [row[3] for row in found]
    assert devices[1] == -1 and devices[0] >= 0 and devices[2] >= 0 and devices[0] != devices[2]


@pytest.mark.parametrize("at", [pa.timestamp("s", "UTC"), pa.timestamp("ms", "UTC"), pa.timestamp("us"), pa.int64()])
@pytest.mark.parametrize("words", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_parquet_file_says_the_same(at: pa.DataType, words: pa.DataType):
    times = pa.array([row[1] for row in EXPECTED], pa.int64())
    table = pa.table({
        "mark": pa.array(["A", "B", "A"]).cast(words), "place": pa.array(["上海", "北京", "上海"]).cast(words),
        "at": times if at == pa.int64() else times.cast(pa.timestamp("s")).cast(at),
        "device": pa.array([7, None, 9]),
    })  # fmt: skip
    out = io.BytesIO()
    parquet.write_table(table, out)
    found = told(read_scans(out.getvalue(), name="s.parquet", places=PLACES))
    assert [row[:3] for row in found] == [row[:3] for row in EXPECTED] and found[1][3] == -1


def test_seconds_and_a_mark_column_and_no_devices_are_read_too():
    text = "place,mark,at\n北京,https://a.example/01/09506000134352/21/S,60\n"
    assert told(read_scans(text.encode(), name="s.csv", places=PLACES)) == [
        ("https://a.example/01/09506000134352/21/S", 60, "北京", -1)
    ]


def test_serials_that_look_like_numbers_keep_their_zeros():
    text = "serial,at,place,device\n007,60,北京,007\n7,60,北京,7\n"
    found = told(read_scans(text.encode(), name="s.csv", places=PLACES))
    assert [row[0] for row in found] == ["007", "7"] and found[0][3] != found[1][3]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "s.csv"),
        ("serial,at,place\n", "0 scans"),
        ("serial,place\nA,北京\n", "s.csv:1: .*'at'"),
        ("serial,serial,at,place\nA,A,60,北京\n", "'serial'"),
        ("serial,at,place\nA,60,北京\nB,60,火星\n", "s.csv:3: the place '火星'"),
        ("serial,at,place\nA,60,北京\n,60,北京\n", "s.csv:3: no serial"),
        ("serial,at,place\nA,60,\n", "s.csv:2: no place"),
        ("serial,at,place\nA,60,北京\nA,,北京\n", "s.csv:3: no time"),
        ("serial,at,place\nA,yesterday,北京\n", "s.csv"),
        ("serial,at,place\nA,60,北京\nA,2026-01-01T00:00:00Z,北京\n", "s.csv"),
        ("serial,at,place\nA,-60,北京\n", "s.csv"),
        ("serial,at,place\nA,99999999999,北京\n", "until the year 2242"),
        ("serial,at,place\n" + "A" * 301 + ",60,北京\n", "1 to 300 characters"),
        ("serial,at,place\nA,60,北京,more\n", "s.csv"),
        ("serial,at,place\n\udcff,60,北京\n", "s.csv"),
    ],
)
def test_what_is_no_scan_is_refused_with_its_line(text: str, error: str):
    with pytest.raises(FormatError, match=error):
        read_scans(text.encode("utf-8", "surrogateescape"), name="s.csv", places=PLACES)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\x00" * 100 + b"PAR1", TEXT.encode()])
def test_what_is_no_parquet_is_refused(data: bytes):
    with pytest.raises(FormatError):
        read_scans(data, name="s.parquet", places=PLACES)


def parquet_of(columns: dict[str, object], **more: int) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, **more)
    return file.getvalue()


def test_a_long_name_in_a_dictionary_is_refused_before_it_stands_for_every_row():
    """48 kB that would be 100 GB of text."""
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    data = parquet_of({"serial": words, "at": [1767225600] * 100_000, "place": ["北京"] * 100_000})
    with pytest.raises(FormatError, match="1 to 300 characters"):
        read_scans(data, name="s.parquet", places=PLACES)


def test_bytes_that_are_no_text_are_refused():
    words = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xf1"], pa.binary()).buffers())
    data = parquet_of({"serial": words, "at": [1767225600], "place": ["北京"]})
    with pytest.raises(FormatError, match=r"s\.parquet: .*UTF"):
        read_scans(data, name="s.parquet", places=PLACES)


@pytest.mark.parametrize("group", [1, 2, 3, 10])
def test_a_serial_is_one_in_whatever_dictionaries_it_stands(group: int):
    """Rows in groups of their own have dictionaries of their own; names are numbered as they come."""
    serials = ["A", "B", "A", "C", "B", "A"]
    data = parquet_of({"serial": serials, "at": [1767225600] * 6, "place": ["北京", "上海"] * 3}, row_group_size=group)
    found = read_scans(data, name="s.parquet", places=PLACES)
    assert [found.serials[one] for one in found.serial] == serials
    assert (found.serial.tolist(), len(found.serials)) == ([0, 1, 0, 2, 1, 0], 3)


def test_names_that_a_dictionary_repeats_or_nobody_has_are_not_counted():
    from openqi.formats.scan_files import _dictionary

    words = pa.DictionaryArray.from_arrays(pa.array([3, 1, 2, 1], pa.int32()), pa.array(["none", "A", "B", "A"]))
    found = _dictionary(pa.chunked_array([words]), "s.parquet", "serial")
    assert (found.indices.to_pylist(), found.dictionary.to_pylist()) == ([0, 0, 1, 0], ["A", "B"])
