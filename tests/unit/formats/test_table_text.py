"""Tables written for people, and what spreadsheet programs would make of them."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.table import read_table
from openqi.formats.table_text import write_csv, write_xlsx
from openqi.kernel.errors import DomainError


def test_csv_is_utf8_with_crlf_and_quotes_where_they_are_needed():
    data = write_csv({"item": ["a,b", 'say "so"', "two\nlines"], "厚度": ["2.0350", "-1", ""]})
    assert data == 'item,厚度\r\n"a,b",2.0350\r\n"say ""so""",-1\r\n"two\nlines",\r\n'.encode()
    assert write_csv({"厚": ["1"]}, bom=True) == b"\xef\xbb\xbf" + "厚\r\n1\r\n".encode()


def test_text_that_a_spreadsheet_would_run_is_written_as_text_and_numbers_are_not_touched():
    texts = ["=1+1", "+1", "-x", "@a", "\tx", "\rx", "＝1", "＋", "－", "＠", "-1.5", "-0", "1", "a=1", "-1,5", "-1e5"]
    written = [row[0] for row in csv.reader(io.StringIO(write_csv({"=a": texts}).decode(), newline=""))]
    assert written == ["'=a", *("'" + text for text in texts[:10]), "-1.5", "-0", "1", "a=1", "'-1,5", "'-1e5"]


def test_numbers_become_numbers_that_show_their_decimals_and_everything_else_is_text():
    cells = ["2.0350", "-1", "0.5", "123456789012345", "1234567890123456", "-0.0", "007", "1e5", "=1+1", "", "甲 "]
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx({"v": cells}, sheet="值"))).active
    assert sheet is not None
    assert sheet.title == "值"
    found = [(cell.value, cell.data_type, cell.number_format) for (cell,) in sheet.iter_rows(min_row=2)]
    assert found == [
        (2.035, "n", "0.0000"),
        (-1, "n", "0"),
        (0.5, "n", "0.0"),
        (123456789012345, "n", "0"),
        ("1234567890123456", "s", "General"),
        ("-0.0", "s", "General"),
        ("007", "s", "General"),
        ("1e5", "s", "General"),
        ("=1+1", "s", "General"),
        (None, "n", "General"),
        ("甲 ", "s", "General"),
    ]


def test_the_same_table_is_the_same_file():
    assert write_xlsx({"a": ["1"]}) == write_xlsx({"a": ["1"]})


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\r=+-@'\",;_x01D"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_a_workbook_reads_back_as_it_was_written(rows):
    columns = {"a": ["x" + left for left, _ in rows], "b": [right for _, right in rows]}
    rows = [row for row in zip(*columns.values(), strict=True) if "\ufffe" not in "".join(row) and "\uffff" not in "".join(row)]
    columns = {"a": [left for left, _ in rows], "b": [right for _, right in rows]}
    table = read_table(write_xlsx(columns), name="a.xlsx")
    assert {name: list(cells) for name, cells in table.columns.items()} == columns


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_csv_reads_back_as_it_was_written_but_for_the_apostrophes(rows):
    columns = {"a": [left for left, _ in rows], "b": [right for _, right in rows]}
    table = read_table(write_csv(columns), name="a.csv")
    for name, cells in columns.items():
        for read, written in zip(table.column(name), cells, strict=True):
            assert read in (written, f"'{written}")


@pytest.mark.parametrize("columns", [{}, {"a": ["1"], "b": []}])
def test_columns_have_one_length(columns):
    for write in (write_csv, write_xlsx):
        with pytest.raises(DomainError, match="all of one length"):
            write(columns)


def test_what_a_workbook_cannot_hold_is_refused():
    for columns, message in (
        ({"a": ["x" * 32_768]}, "32768 characters"),
        ({"a": ["x\x01"]}, r"U\+0001"),
        ({"a\ud800": []}, r"U\+D800"),
        ({str(index): [] for index in range(16_385)}, "16385 columns"),
    ):
        with pytest.raises(DomainError, match=message):
            write_xlsx(columns)
    for sheet in ("", "a" * 32, "a/b", "a[1]", "a\nb"):
        with pytest.raises(DomainError, match="a name has 1 to 31 characters"):
            write_xlsx({"a": []}, sheet=sheet)


def test_a_sheet_has_a_last_row():
    class Long(list):
        def __len__(self) -> int:
            return 1_048_576

    with pytest.raises(DomainError, match="a sheet has at most"):
        write_xlsx({"a": Long()})
