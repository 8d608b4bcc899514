"""CSV as instruments, laboratories and spreadsheet programs write it."""

import codecs

import pytest

from openqi.formats.table import Options, Table, read_table
from openqi.kernel.errors import FormatError

# 编号,厚度 / 甲1,2.0350 in GB 18030, byte by byte from the standard's tables, and one four-byte character (U+20BB7).
GB18030 = bytes.fromhex("b1e0bac5 2c baf1b6c8 0d0a bcd731 2c 322e30333530 0d0a 9532 9135".replace(" ", "")) + b"99,1\r\n"


def read(data: bytes, **options) -> Table:
    return read_table(data, name="a.csv", options=Options(**options))


def cells(data: bytes, **options) -> dict[str, list[str]]:
    return {name: list(column) for name, column in read(data, **options).columns.items()}


def refused(data: bytes, message: str, **options) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, **options)


def test_cells_are_kept_as_they_are_written():
    assert cells(b'a,b\n 1 ,"2,5"\n,"say ""so"""\n-0,=1+1\n') == {"a": [" 1 ", "", "-0"], "b": ["2,5", 'say "so"', "=1+1"]}


def test_comma_semicolon_and_tab_are_found_from_the_header():
    assert cells(b"a;b\n1,5;2\n") == {"a": ["1,5"], "b": ["2"]}
    assert cells(b"a\tb\n1,5\t2;3\n") == {"a": ["1,5"], "b": ["2;3"]}
    assert cells(b'"a,mm";b\n1;2\n') == {"a,mm": ["1"], "b": ["2"]}
    assert cells(b"a\n1;2\n") == {"a": ["1;2"]}
    assert cells(b'"a\n;",b\n1,2\n') == {"a\n;": ["1"], "b": ["2"]}
    refused(b"a, mm;b\n1;2\n", r"a\.csv:1: the header holds \[',', ';'\]")


def test_utf8_with_and_without_mark_and_gb18030_are_told_apart():
    wanted = {"编号": ["甲1"], "厚度": ["2.0350"]}
    text = "编号,厚度\r\n甲1,2.0350\r\n"
    assert cells(text.encode()) == cells(codecs.BOM_UTF8 + text.encode()) == wanted
    found = cells(GB18030)
    assert {name: column[:1] for name, column in found.items()} == wanted
    assert cells(text.encode("gb18030"), encoding="gb18030") == wanted
    assert cells("\ufeff编号,厚度\n甲1,2.0350\n".encode("gb18030"), encoding="gb18030") == wanted


def test_a_four_byte_character_of_gb18030_is_read():
    assert cells("项\n𠮷\n㐀\n".encode("gb18030")) == {"项": ["𠮷", "㐀"]}
    assert GB18030.decode("gb18030").splitlines()[2][1:] == "99,1"


def test_bytes_in_no_known_encoding_are_refused_with_their_line():
    refused("厚度\n1\n".encode("utf-16"), "a.csv:1: byte 0 is not UTF-8 or GB18030")
    refused("a\n1\n".encode("utf-16-le"), "a NUL character; .*UTF-16")
    refused(b"a\n1\n\xff\n", "a.csv:3: byte 4 is not UTF-8 or GB18030")
    refused("厚度\n".encode("gb18030"), "a.csv:1: byte 0 is not UTF-8;", encoding="utf-8")
    refused(b"a\n\xff\n", "a.csv:2: byte 2 is not GB18030;", encoding="gb18030")


def test_rows_know_the_physical_line_in_which_they_begin():
    for ending in ("\n", "\r\n", "\r"):
        text = ending.join(["a,b", '1,"x', "", 'y"', "2,z", '"', '",w', ""])
        assert read(text.encode()).lines == [2, 5, 6]
    assert read(b'"a\n",b\n1,2\n').lines == [3]


def test_ragged_rows_are_refused_with_their_line():
    refused(b"a,b\n1,2\n3\n", "a.csv:3: 1 cells; the header names 2 columns")
    refused(b'a,b\n"\n",2\n3,4,5\n', "a.csv:4: 3 cells")


def test_empty_lines_at_the_end_are_left_out_and_between_rows_refused():
    assert cells(b"a,b\n1,2\n\n\n") == {"a": ["1"], "b": ["2"]}
    assert cells(b'a\n""\n1\n\n') == {"a": ["", "1"]}
    refused(b"a,b\n1,2\n\n3,4\n", "a.csv:3: an empty line")
    refused(b"a,b\n\n,\n", "a.csv:2: an empty line")


def test_a_row_of_empty_cells_is_a_row():
    assert cells(b"a,b\n,\n,\n") == {"a": ["", ""], "b": ["", ""]}


def test_a_table_without_rows_has_columns():
    assert cells(b"a,b\n") == cells(b"a,b") == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.csv:1: no columns"), (b"\n\n", "no columns"), (b"\na\n", "no columns"),
        (b"a,,b\n", "a.csv:1: column 2 has no name"),
        (b"a,a\n", "two columns are called 'a'"), (b"a\n1\n2\0\n", "a.csv:3: a NUL"),
        (b'a\n1\n"2\n3\n', "a.csv:3: not CSV: unexpected end"),
        (b'a,b\n"1"2,3\n', "a.csv:2: not CSV"), (b"a\n" + b"1" * 131_073, "a.csv:2: not CSV: field larger"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_line(data, message):
    refused(data, message)


def test_limits_hold():
    refused(b"a\n1\n2\n3\n", "a.csv:4: 3 rows", max_rows=2)
    refused(b"a,b\n1,1\n2,2\n", "a.csv:3: 2 rows of 2 columns", max_cells=3)
    refused(b"a,b,c\n", "3 columns; at most 2", max_columns=2)
    assert len(read(b"a,b\n1,1\n2,2\n", max_rows=2, max_cells=4, max_columns=2).lines) == 2
