"""One suite over every kind of file that holds a table: same table in, same texts out; limits hold; any bytes get an answer."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from fuzz.mutate import inputs
from openqi.formats.table import Options, Table, read_table, table_formats
from openqi.formats.table_text import write_xlsx
from openqi.kernel.errors import FormatError, OpenQIError

Columns = Mapping[str, Sequence[str]]
KINDS = table_formats()
READINGS = {
    "item": ["P1", "P2", "P,3", 'P"4"'],
    "thickness": ["2.0350", "-0.5", "", "1234567890.12345"],
    "note": ["", "two\nlines", " spaces ", "厚度;𠮷"],
}


def as_csv(columns: Columns) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([columns, *zip(*columns.values(), strict=True)])
    return out.getvalue().encode()


def as_parquet(columns: Columns) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), out)
    return out.getvalue()


# Each kind is written by something else than the code that reads it, but for XLSX, which openpyxl reads in its unit tests.
WRITERS: dict[str, Callable[[Columns], bytes]] = {"csv": as_csv, "parquet": as_parquet, "xlsx": write_xlsx}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


def read(kind: str, columns: Columns, **options) -> Table:
    return read_table(WRITERS[kind](columns), name="a", format=kind, options=Options(**options))


def test_every_kind_is_written_by_this_suite():
    assert set(WRITERS) == set(KINDS), "a new kind of table needs a writer here, so that this suite runs over it"


def test_a_suffix_belongs_to_one_kind():
    suffixes = [suffix for one in KINDS.values() for suffix in one.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
    assert len({one.media_type for one in KINDS.values()}) == len(KINDS)


def test_the_suffix_finds_the_kind(kind):
    data = WRITERS[kind](READINGS)
    for suffix in KINDS[kind].suffixes:
        assert read_table(data, name=f"Readings{suffix.upper()}").column("item")[0] == "P1"


def test_the_same_table_gives_the_same_texts(kind):
    table = read(kind, READINGS)
    assert {name: list(cells) for name, cells in table.columns.items()} == READINGS
    assert list(table.columns) == list(READINGS)
    assert len(table.lines) == 4
    assert sorted(set(table.lines)) == list(table.lines)
    assert table.where(0).startswith("a:")


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)


@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_any_texts_come_back(rows):
    columns = {"a": ["x" + left for left, _ in rows], "b": [right for _, right in rows]}
    for kind in KINDS:
        assert {name: list(cells) for name, cells in read(kind, columns).columns.items()} == columns


def test_a_table_without_rows_is_a_table(kind):
    table = read(kind, {"a": [], "b": []})
    assert {name: list(cells) for name, cells in table.columns.items()} == {"a": [], "b": []}
    assert len(table.lines) == 0


def test_a_table_is_not_changed_by_who_reads_it(kind):
    with pytest.raises(TypeError):
        read(kind, READINGS).columns["item"] = []  # type: ignore[index]


@pytest.mark.parametrize("limits", [{"max_rows": 3}, {"max_columns": 2}, {"max_cells": 11}, {"max_bytes": 10}], ids=str)
def test_limits_hold(kind, limits):
    with pytest.raises(FormatError, match=r"^a:[A-Z]*\d+: .*at most"):
        read(kind, READINGS, **limits)
    assert read(kind, READINGS, max_rows=4, max_columns=3, max_cells=12, max_unpacked=100_000).column("item")


@pytest.mark.parametrize("columns", [{"a": ["1"], "": ["1"]}, {" ": ["1"]}], ids=str)
def test_a_column_without_a_name_is_refused(kind, columns):
    with pytest.raises(FormatError, match=r"has no name|beyond the 1 columns"):
        read(kind, columns)


def test_a_file_of_another_kind_is_refused_or_read_but_never_breaks(kind):
    for other, write in WRITERS.items():
        if other != kind:
            with pytest.raises(FormatError):
                read_table(write(READINGS), name="a", format=kind)


def test_any_bytes_give_a_table_or_our_own_error(kind):
    data = WRITERS[kind](READINGS)
    seen = set()
    for changed in inputs(f"contract {kind}", (data,), (b",", b'"', b"\r\n", b"PAR1", b"PK\3\4"), 1000):
        try:
            seen.add(type(read_table(changed, name="a", format=kind)))
        except OpenQIError as error:
            assert str(error).startswith("a:")
            seen.add(type(error))
    assert seen == {Table, FormatError}
