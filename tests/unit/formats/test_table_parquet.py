"""Parquet: exact columns stay exact, floats need a statement, and a small file never unfolds into a large one."""

import io
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from openqi.formats.kinds.parquet.pages import MAX_FOOTER, Pages, pages_of
from openqi.formats.kinds.parquet.thrift import Compact
from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError


def file_of(columns, **options) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def read(data: bytes, **options) -> Table:
    return read_table(data, name="a.parquet", options=Options(**options))


def cells(array, **options) -> list[str]:
    return list(read(file_of({"a": array}), **options).column("a"))


def refused(data: bytes, message: str, **options) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, **options)


def exact() -> dict[str, pa.Array]:
    return {
        "text": pa.array(["a", None, "厚 "]),
        "large": pa.array(["a", "", "b"], pa.large_string()),
        "listed": pa.array(["x", None, "x"]).dictionary_encode(),
        "integer": pa.array([-1, None, 2**63 - 1]),
        "unsigned": pa.array([0, 1, 2**64 - 1], pa.uint64()),
        "decimal": pa.array([Decimal("2.0350"), None, Decimal("-0.0001")], pa.decimal128(38, 4)),
        "wide": pa.array([Decimal("1"), None, Decimal("-1")], pa.decimal256(50, 0)),
        "day": pa.array([date(2026, 1, 2), None, date(1, 1, 1)]),
        "second": pa.array([0, None, -1], pa.timestamp("ms", "UTC")),
        "zone": pa.array([1500, 0, None], pa.timestamp("ms", "Asia/Shanghai")),
        "none": pa.nulls(3, pa.string()),
    }


TEXTS = {
    "text": ["a", "", "厚 "],
    "large": ["a", "", "b"],
    "listed": ["x", "", "x"],
    "integer": ["-1", "", "9223372036854775807"],
    "unsigned": ["0", "1", "18446744073709551615"],
    "decimal": ["2.0350", "", "-0.0001"],
    "wide": ["1", "", "-1"],
    "day": ["2026-01-02", "", "0001-01-01"],
    "second": ["1970-01-01T00:00:00Z", "", "1969-12-31T23:59:59.999Z"],
    "zone": ["1970-01-01T00:00:01.500Z", "1970-01-01T00:00:00Z", ""],
    "none": ["", "", ""],
}


@pytest.mark.parametrize(
    "options",
    [
        {}, {"compression": "none", "use_dictionary": False}, {"compression": "zstd", "data_page_version": "2.0"},
        {"compression": "gzip", "write_page_checksum": True, "write_page_index": True}, {"row_group_size": 1},
        {"store_schema": False, "write_statistics": False}, {"version": "2.4"}, {"compression": "lz4", "data_page_size": 1},
        {"use_dictionary": False, "column_encoding": {"integer": "DELTA_BINARY_PACKED", "text": "DELTA_LENGTH_BYTE_ARRAY"}},
    ],
    ids=str,
)  # fmt: skip
def test_exact_columns_come_out_as_they_went_in_however_the_file_was_written(options):
    table = read(file_of(exact(), **options))
    assert {name: list(column) for name, column in table.columns.items()} == TEXTS
    assert (list(table.lines), table.where(2)) == ([1, 2, 3], "a.parquet:3")


def test_floats_are_read_only_with_the_decimals_that_the_gauge_reports():
    refused(file_of({"v": [2.035]}), r"a\.parquet:1: column 'v' holds binary floats \(double\).* state how many decimals")
    refused(file_of({"v": [2.035]}), "binary floats", decimals={"v": 16})
    assert cells([2.035, None, 2.0, 1e-9, -1e-9], decimals={"a": 4}) == ["2.0350", "", "2.0000", "0.0000", "0.0000"]
    assert cells([2.5, 3.5, -0.5], decimals={"a": 0}) == ["2", "4", "0"]
    assert cells(pa.array([2.035], pa.float32()), decimals={"a": 3}) == ["2.035"]
    assert cells(pa.array([0.5], pa.float16()), decimals={"a": 1}) == ["0.5"]


def test_stated_decimals_do_not_touch_exact_columns():
    assert cells([5], decimals={"a": 2, "absent": 1}) == ["5"]
    assert cells(pa.array([Decimal("1.25")]), decimals={"a": 1}) == ["1.25"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused_with_its_row(value):
    refused(file_of({"v": [1.0, value]}), r"a\.parquet:2: column 'v': -?(nan|inf) is no measured value", decimals={"v": 1})
    refused(file_of({"v": [1.0, value]}, row_group_size=1), r"a\.parquet:2", decimals={"v": 1})


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4), min_size=1))
def test_decimals_round_trip_exactly(values):
    assert cells(pa.array(values, pa.decimal128(20, 4))) == [format(value or abs(value), ".4f") for value in values]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_instants_keep_the_digits_of_their_unit(unit):
    second = 10 ** {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
    array = pa.array([1_700_000_000 * second, 1_700_000_000 * second + second // 2], pa.timestamp(unit, "UTC"))
    fraction = "" if unit == "s" else f".{second // 2}"
    found = cells(array)
    assert found == ["2023-11-14T22:13:20Z", f"2023-11-14T22:13:20{fraction}Z"]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([0], pa.timestamp("s")), "zone UTC"), (pa.array([True]), "of type bool"), (pa.array([b"x"]), "of type binary"),
        (pa.array([[1]]), "of type (list|struct)"), (pa.array([{"x": 1}]), "of type (list|struct)"),
        (pa.array([1], pa.time32("s")), "of type time32"),
        (pa.array([2**62], pa.timestamp("us", "UTC")), "a.parquet:1: column 'a'"),
        (pa.array(["x\0"]), "a.parquet:1: column 'a': a text of 2 characters"), (pa.array(["x" * 131_073]), "a text of 131073"),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)  # fmt: skip
def test_other_types_are_refused_with_what_to_write(array, message):
    refused(file_of({"a": array}), message)


def test_a_table_without_rows_has_columns():
    assert cells(pa.array([], pa.string())) == cells(pa.array([], pa.int64())) == []


def test_headers_are_checked_as_everywhere():
    refused(file_of({"": [1]}), "column 1 has no name")
    doubled = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), doubled)
    refused(doubled.getvalue(), "two columns are called 'a'")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_refused(data):
    refused(data, "a.parquet:1: not a Parquet file")


def test_a_text_that_repeats_takes_its_memory_once():
    data = file_of({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), ["x" * 100_000])}, store_schema=False)
    assert len(data) < 10_000
    assert len({id(cell) for cell in read(data).column("a")}) == 1


def test_limits_hold_before_anything_unfolds():
    refused(file_of({"a": [1, 2, 3]}), "3 rows of 1 columns", max_rows=2)
    refused(file_of({"a": [1, 2], "b": [1, 2]}), "2 rows of 2 columns", max_cells=3)
    refused(file_of({"a": [1], "b": [1]}), "2 columns; at most 1", max_columns=1)
    bomb = file_of({"a": ["x" * 100_000 + str(index) for index in range(100)]}, compression="zstd", use_dictionary=False)
    assert len(bomb) < 50_000
    refused(bomb, "bytes unpacked; at most 1000000", max_unpacked=1_000_000)


def compact(value: object) -> bytes:
    """A structure in the compact encoding: a dict of fields; integers, lists of structures, structures, or bytes as they stand."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        zigzag, out = value << 1 ^ value >> 63, b""
        while zigzag > 127:
            out, zigzag = out + bytes([zigzag & 127 | 128]), zigzag >> 7
        return out + bytes([zigzag])
    if isinstance(value, list):
        head = bytes([len(value) << 4 | 12]) if len(value) < 15 else bytes([0xFC, len(value)])
        return head + b"".join(map(compact, value))
    assert isinstance(value, dict)
    kinds = {int: 6, list: 9, dict: 12}
    fields = b"".join(bytes([kinds[type(inner)]]) + compact(field) + compact(inner) for field, inner in value.items())
    return fields + b"\0"


def chunk(**changes: object) -> dict:
    """The description of a column with one value, whose pages begin after the magic bytes."""
    return {3: {5: 1, 7: 20, 9: 4} | {int(name[1:]): value for name, value in changes.items()}}


PAGE = compact({1: 0, 2: 300, 3: 2, 5: {1: 1, 2: 0}}) + b"xy"


def stated(footer: object, pages: bytes = PAGE) -> Pages:
    described = compact(footer)
    return pages_of(b"PAR1" + pages + described + len(described).to_bytes(4, "little") + b"PAR1", 1)


def one_column(**changes: object) -> dict:
    return {3: 1, 4: [{1: [chunk(**{"_7": len(PAGE)} | changes)]}]}


def test_the_sizes_in_page_headers_are_added_up():
    assert stated(one_column()) == Pages(rows=1, unpacked=300, encodings=(frozenset({0}),))
    second = compact({1: 0, 2: 5, 3: 0, 8: {1: 1, 4: 8}})
    assert stated(one_column(_7=len(PAGE + second)), PAGE + second) == Pages(rows=1, unpacked=305, encodings=(frozenset({0, 8}),))
    listed = second + PAGE
    assert stated(one_column(_7=len(listed), _9=4 + len(second), _11=4), listed).unpacked == 305
    assert stated(one_column(_7=len(PAGE), _11=0)).unpacked == 300
    groups = {3: 20, 4: [{1: [chunk(_7=len(PAGE))]}] * 20}
    assert stated(groups).unpacked == 6000
    assert stated({3: 0, 4: [{1: [chunk(_5=0, _9=0)]}]}).unpacked == 0


@pytest.mark.parametrize(
    ("footer", "message"),
    [
        ({3: 1}, "field 4 is no list of structures"),
        ({3: 1, 4: 5}, "field 4 is no list"),
        (b"\x36\x02\x19\x25\x02\x02\x00", "field 4 is no list"),
        ({4: []}, "field 3 is no number"),
        ({3: -1, 4: []}, "field 3 is no number"),
        ({3: 1, 4: []}, "it states 1 rows of 1 columns, and 0 values"),
        ({3: 1, 4: [{1: []}]}, "a group of rows has 0 columns and not 1"),
        ({3: 1, 4: [{1: [{3: 5}]}]}, "a column is not described"),
        ({3: 1, 4: [{1: [{}]}]}, "a column is not described"),
        (one_column(_5=2), "it states 1 rows of 1 columns, and 2 values"),
        (one_column(_9=10_000), "a column lies outside"),
        (one_column(_9=0), "a column lies outside"),
        (one_column(_7=10_000), "a column lies outside"),
        (one_column(_7=2), "cut off"),
        (b"", "cut off"),
        (b"\x1c" * 14, "nested too deep"),
        (b"\x19" * 14, "nested too deep"),
        (b"\x19" + b"\x19" * 14, "nested too deep"),
        (b"\x15" + b"\xff" * 10, "an endless integer"),
        (b"\x18\x7f", "cut off"),
        (b"\x1b\x00", "a map"),
        (b"\x1d\x00", "a value of type 13"),
    ],
)
def test_a_damaged_footer_is_refused(footer, message):
    with pytest.raises(FormatError, match=message):
        stated(footer)


@pytest.mark.parametrize(
    "page", [compact({3: 2}), compact({2: 2}), compact({2: 2, 3: 2, 5: {}}), compact({2: 2, 3: 2})[:-1], b"\x1d"]
)
def test_a_damaged_page_header_is_refused(page):
    with pytest.raises(FormatError):
        stated(one_column(_7=len(page)), page)


def test_a_footer_that_is_longer_than_the_file_is_refused():
    with pytest.raises(FormatError, match="footer lies outside"):
        pages_of(b"PAR1" + b"\xff\0\0\0PAR1", 1)
    with pytest.raises(FormatError, match="footer lies outside"):
        pages_of(bytes(MAX_FOOTER + 5) + (MAX_FOOTER + 1).to_bytes(4, "little") + b"PAR1", 1)


def test_whatever_else_stands_in_a_structure_is_passed_over():
    # a boolean, a boolean, a byte, a double, three bytes, a list of two booleans, then field 50
    data = bytes.fromhex("11 12 13 07 17 0000000000000000 18 03 616263 19 21 01 02 05 64 08 00".replace(" ", ""))
    reader = Compact(data, 0, len(data))
    assert reader.structure() == {1: None, 2: None, 3: None, 4: None, 5: None, 6: [None, None], 50: 4}
    assert reader.place == len(data)


def test_texts_that_share_their_beginnings_are_refused_because_they_unfold():
    data = file_of({"a": ["x" * 100, "x" * 101]}, use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"})
    refused(data, "a.parquet:1: not a Parquet file that can be read: a column is encoded in an unusual way")
    for encodings, reads in (({0}, True), ({0, 8}, True), ({5}, True), ({6}, False)):
        assert Pages(rows=0, unpacked=0, encodings=(frozenset(encodings),)).shares(0) is reads
    with pytest.raises(FormatError, match="unusual"):
        Pages(rows=0, unpacked=0, encodings=(frozenset({6, 8}),)).shares(0)


def test_columns_of_different_lengths_are_refused(monkeypatch):
    monkeypatch.setattr("openqi.formats.kinds.parquet._columns", lambda *_: (["a", "b"], [["1"], []]))
    refused(b"", "the columns have not one length")


def test_what_would_end_the_process_in_a_look_at_the_footer_is_refused():
    """Arrow 26 ends the process when Python looks at a column whose size statistics are damaged; so Python does not look."""
    data = file_of({"a": ["x", None, "y"], "b": [1, 2, 3]})
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for place in range(start, len(data)):
        for changed in (data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :], data[:place] + data[place + 1 :]):
            try:
                read(changed)
            except FormatError as error:
                assert str(error).startswith("a.parquet:")
