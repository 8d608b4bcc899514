"""Lists as files: what was written is read again by other readers, and no cell is a formula."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.listing import csv_pieces, xlsx_pieces
from openqi.formats.table import Options, read_table

CELL = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=5))
def test_csv_is_read_again_by_another_reader_and_no_cell_begins_as_a_formula(rows):
    data = b"".join(csv_pieces(["甲", "b"], rows))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[0] == ["甲", "b"]
    for row, cells in zip(rows, read[1:], strict=True):
        for written, cell in zip(row, cells, strict=True):
            assert cell in (written, "'" + written)
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_a_cell_like_a_formula_is_text_in_both(text):
    row = b"".join(csv_pieces(["a"], [[text]])).decode("utf-8-sig").split("\r\n", 1)[1]
    assert row.lstrip('"').startswith("'")
    data = b"".join(xlsx_pieces(["a"], [[text]], name="l", about=[], about_name="i"))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == 2


def test_xlsx_is_read_again_cell_by_cell_and_says_what_it_is():
    rows = [["电池 & <b>", "0012", "=1"], ["b\x00\x0b", "2", ""]]
    data = b"".join(xlsx_pieces(["名称", "n", "f"], iter(rows), name='列表 "x"', about=[("Filter", "q=电池")], about_name="说明"))
    table = read_table(data, name="list.xlsx", options=Options(sheet='列表 "x"'))
    assert table.column("f")[0] == "=1"
    assert list(table.column("名称")) == ["电池 & <b>", "b"]
    assert list(table.column("n")) == ["0012", "2"]
    assert "q=电池" in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet2.xml").decode()


def test_a_long_list_is_sent_while_it_is_read():
    read = 0

    def rows():
        nonlocal read
        for number in range(20_000):
            read += 1
            yield [str(number)]

    pieces = csv_pieces(["n"], rows())
    for _ in range(5):
        next(pieces)
    assert read < 10
    assert sum(map(len, xlsx_pieces(["n"], rows(), name="l", about=[], about_name="i"))) > 10_000
