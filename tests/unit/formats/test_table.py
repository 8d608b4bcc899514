"""What a table is, and how the format of a file is found."""

import pytest

from openqi.formats.table import Options, Table, check_headers, check_size, read_table, table_formats
from openqi.kernel.errors import FormatError


def table() -> Table:
    return read_table('item,厚度\nP1,2.0350\n"P\n2",2.04\n'.encode(), name="readings.csv")


def test_a_column_is_its_texts_in_the_order_of_the_file():
    assert list(table().columns) == ["item", "厚度"]
    assert table().column("厚度") == ("2.0350", "2.04")


def test_a_row_says_where_it_stands():
    assert [table().where(row) for row in (0, 1)] == ["readings.csv:2", "readings.csv:3"]


def test_a_missing_column_is_named_with_the_one_that_is_near():
    with pytest.raises(FormatError, match=r"^readings\.csv:1: no column 'Item'; did you mean 'item'\? The columns are item, 厚度$"):
        table().column("Item")
    with pytest.raises(FormatError, match=r"no column 'weight'\. The columns are"):
        table().column("weight")


def test_a_table_cannot_be_changed():
    with pytest.raises(TypeError):
        table().columns["item"] = ()  # type: ignore[index]


def test_the_suffix_says_what_a_file_is_unless_the_caller_does():
    assert set(table_formats()) == {"csv", "parquet", "xlsx"}
    assert read_table(b"a\n1\n", name="READINGS.CSV").column("a") == ("1",)
    assert read_table(b"a\n1\n", name="readings", format="csv").column("a") == ("1",)
    with pytest.raises(FormatError, match=r"^readings\.doc:1: not a table that is read here; .* csv \(\.csv"):
        read_table(b"a\n1\n", name="readings.doc")
    with pytest.raises(FormatError, match="not a table"):
        read_table(b"a\n1\n", name="readings.csv", format="ods")


def test_a_file_larger_than_the_limit_is_not_opened():
    with pytest.raises(FormatError, match="6 bytes; at most 5"):
        read_table(b"a\n12\n\n", name="a.csv", options=Options(max_bytes=5))


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ([], "no columns"), (["a", " "], "column 2 has no name"), (["a", "b", "a"], "two columns are called 'a'"),
        (["a\0"], "NUL"), (["a" * 1001], "longer than 1000"), (["a", "b", "c", "d"], "4 columns; at most 3"),
    ],
)  # fmt: skip
def test_a_header_names_every_column_once(headers, message):
    with pytest.raises(FormatError, match=message):
        check_headers(headers, lambda index: f"a:{index}", Options(max_columns=3))


def test_the_size_of_a_table_is_bounded_in_rows_and_in_cells():
    check_size(10, 10, "a:1", Options(max_rows=10, max_cells=100))
    for rows, columns in ((11, 1), (10, 11)):
        with pytest.raises(FormatError, match="split the file"):
            check_size(rows, columns, "a:1", Options(max_rows=10, max_cells=100))
