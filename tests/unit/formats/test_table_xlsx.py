"""Excel workbooks: what a person saw in a cell is what is read, and what is no table is refused with its cell."""

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.kinds.xlsx.display import BUILT_IN, display_of, shown
from openqi.formats.table import Options, Table, read_table
from openqi.formats.table_text import write_xlsx
from openqi.kernel.errors import FormatError

SHEET = "xl/worksheets/sheet1.xml"


def read(data: bytes, **options) -> Table:
    return read_table(data, name="a.xlsx", options=Options(**options))


def refused(data: bytes, message: str, **options) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, **options)


def book(*cells, sheets=("Sheet",)) -> bytes:
    """A workbook of openpyxl: column `a`, and each (value, format) in a row."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = sheets[0]
    for title in sheets[1:]:
        workbook.create_sheet(title)
    sheet["A1"] = "a"
    for row, (value, code) in enumerate(cells, 2):
        cell = sheet.cell(row, 1, value)
        cell.number_format = code or cell.number_format
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def cell(value, code=None) -> str:
    return read(book((value, code))).column("a")[0]


def changed(data: bytes, path: str, old: str, new: str) -> bytes:
    """The same package with another text in one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == path:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(info.filename, content)
    return out.getvalue()


def sheet_of(rows: str, rest: str = "") -> bytes:
    """A workbook whose sheet holds these rows as they stand."""
    good = write_xlsx({"a": []})
    with zipfile.ZipFile(io.BytesIO(good)) as source:
        whole = source.read(SHEET).decode()
    new = re.sub("<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>{rest}", whole)
    return changed(good, SHEET, whole, new)


def shared_texts(items: str, *cells: str) -> bytes:
    """A workbook with a table of shared texts, `items` as they stand, and a column `a` of cells that name them."""
    rows = "".join(f"<row><c t='s'><v>{cell}</v></c></row>" for cell in cells)
    relation = '<Relationship Id="t" Type="a/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    out = io.BytesIO(changed(sheet_of(HEAD + rows), "xl/_rels/workbook.xml.rels", "</Relationships>", relation))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/sharedStrings.xml", f"<sst>{items}</sst>")
    return out.getvalue()


HEAD = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (2.035, "0.0000", "2.0350"),
        (2.035, None, "2.035"),
        (3.0, None, "3"),
        (1e-7, None, "0.0000001"),
        (1e10, None, "10000000000"),
        (-0.0, None, "0"),
        (1.005, "0.00", "1.01"),
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (-0.001, "0.00", "0.00"),
        (0, "0.000", "0.000"),
        (-1234.5, "#,##0.00", "-1234.50"),
        (-1234.5, "#,##0.00_);[Red](#,##0.00)", "-1234.50"),
        (-1.5, "0.0;[Red]0.0", "-1.5"),
        (1.5, "+0.00;-0.00;0.00", "1.50"),
        (0, "+0.00;-0.00;0.0", "0.0"),
        (5, "00000", "00005"),
        (0.5, "#.00", "0.50"),
        (1.5, "0.0##", "1.5"),
        (1.23456, "0.0##", "1.235"),
        (3, "0.##", "3"),
        (1.5, "@", "1.5"),
        (2.5, "0.0_ ", "2.5"),
        (2.5, "_ * 0.00_ ;_ * -0.00_ ;@", "2.50"),
        (12345, "0.00E+00", "12300"),
        (0.00012345, "0.00E+00", "0.000123"),
        (0, "0.00E+00", "0.00"),
        (0.1 + 0.2, "0.0000", "0.3000"),
        (-7, "[Blue]General", "-7"),
        (999.96, "0.0E+0", "1000"),
    ],
)
def test_a_number_is_read_as_it_is_shown(value, code, text):
    assert cell(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (date(2026, 1, 2), None, "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5), None, "2026-01-02T03:04:05"),
        (datetime(2026, 1, 2, 3, 4, 5), "yyyy-mm-dd", "2026-01-02T03:04:05"),
        (45000, "d.m.yy h:mm", "2023-03-15T00:00:00"),
        (45000, "mmm", "2023-03-15"),
        (time(3, 4, 5), None, "03:04:05"),
        (0.5, "h:mm AM/PM", "12:00:00"),
        (0.5, "上午/下午h:mm", "12:00:00"),
        (45000.5, "h:mm", "2023-03-15T12:00:00"),
        (datetime(2026, 1, 2, 3, 4, 5, 120_000), "ss.000", "2026-01-02T03:04:05.120"),
        (45000, '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "2023-03-15"),
        (61, "yyyy", "1900-03-01"),
        (2958465, "yyyy", "9999-12-31"),
    ],
)
def test_days_and_times_are_written_in_one_way(value, code, text):
    assert cell(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (0.123, "0.0%", "percentage"),
        (0.5, "# ?/?", "fraction"),
        (2.03, '0.00" mm"', "adds the text 'mm'"),
        (1.5, "$0.00", "something else"),
        (1.5, "[$€-407]0.00", "adds the text '€'"),
        (1.5, "0.0,", "something else"),
        (1500, "0,", "thousands"),
        (1.5, ";;;", "hides the number"),
        (0, '0.0;-0.0;"-"', "hides the number"),
        (1.5, "[>1]0.0;0", "conditions"),
        (1.5, "[DBNum1]0", "in words"),
        (1.5, "##0.0E+0", "power"),
        (1.5, "0.0#E+00", "power"),
        (1.5, "000-00", "something else"),
        (1.5, r"0\k", "adds the text 'k'"),
        (1.5, 'General" mm"', "'mm'"),
        (1.5, "0." + "0" * 31, "too many decimals"),
        (1e15, None, "more than 15 digits"),
        (-1e15, "0", "more than 15 digits"),
        (1.5, "[h]:mm", "elapsed"),
        (30, "yyyy", "before 1900-03-01"),
        (-1, "yyyy", "before 1900-03-01"),
        (2958466, "yyyy", "9999-12-31"),
        (0, "yyyy-mm-dd", "no day"),
        (0.999999999, "h:mm", "rounds to the next day"),
        (2958465.9999999999, "yyyy", "9999-12-31"),
        (True, None, "logical value"),
        ("#DIV/0!", None, "the error #DIV/0!"),
        ("=1+1", None, "a formula without a value"),
    ],
)
def test_what_does_not_show_its_number_is_refused_with_its_cell(value, code, message):
    refused(book((value, code)), rf"^a\.xlsx:A2: .*{re.escape(message)}")


def test_the_formats_that_have_only_a_number_are_known():
    for number, text in {0: "2.035", 1: "2", 2: "2.04", 3: "2", 4: "2.04", 11: "2.04", 37: "2", 40: "2.04", 49: "2.035"}.items():
        assert shown("2.035", display_of(BUILT_IN[number]), from_1904=False) == text
    for number in (14, 17, 27, 36, 50, 58):
        assert shown("45000", display_of(BUILT_IN[number]), from_1904=False) == "2023-03-15"
    assert shown("45000", display_of(BUILT_IN[22]), from_1904=False) == "2023-03-15T00:00:00"
    for number in (18, 21, 32, 45):
        assert shown("0.25", display_of(BUILT_IN[number]), from_1904=False) == "06:00:00"
    for number in (5, 9, 12, 44, 46, 48, 59, 9999):
        with pytest.raises(FormatError):
            shown("2.035", display_of(BUILT_IN.get(number)), from_1904=False)


@pytest.mark.parametrize("text", ["", " 1", "0x1", "1_0", "nan", "inf", "1e", "--1", "٣"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(FormatError, match="which is no number"):
        shown(text, display_of("0"), from_1904=False)


def test_a_number_beyond_every_float_is_refused():
    for code in ("General", "0.00", "yyyy"):
        with pytest.raises(FormatError):
            shown("1e999", display_of(code), from_1904=False)


@given(st.text(max_size=30))
def test_any_format_code_gives_a_text_or_our_own_error(code):
    display = display_of(code)
    for value in ("-1.5", "0", "45000.25", "1e-300", "123456789012345"):
        try:
            assert shown(value, display, from_1904=False)
        except FormatError as error:
            assert str(error)


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=6), st.integers(0, 6))
def test_what_is_shown_is_the_nearest_number_with_that_many_decimals(value, decimals):
    code = "0." + "0" * decimals if decimals else "0"
    text = shown(repr(float(value)), display_of(code), from_1904=False)
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert text == format(expected or abs(expected), "f")


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=4), min_size=1, max_size=20))
def test_numbers_round_trip_as_they_are_shown(values):
    texts = [format(value or abs(value), ".4f") for value in values]
    assert list(read(write_xlsx({"v": texts})).column("v")) == texts


def test_days_count_from_1904_where_the_workbook_says_so():
    data = changed(
        sheet_of(HEAD + '<row r="2"><c r="A2" s="1"><v>0</v></c></row>'),
        "xl/workbook.xml",
        "<sheets>",
        '<workbookPr date1904="1"/><sheets>',
    )
    data = changed(data, "xl/styles.xml", 'numFmtId="164" applyNumberFormat', 'numFmtId="14" applyNumberFormat')
    assert read(data).column("a") == ["1904-01-01"]
    with pytest.raises(FormatError, match="9999"):
        shown("2957004", display_of("yyyy"), from_1904=True)
    assert shown("2957003", display_of("yyyy"), from_1904=True) == "9999-12-31"


def test_texts_are_kept_as_they_are():
    texts = [" a ", "007", "1e5", "甲\n乙", "<&>\"'"]
    assert list(read(book(*((text, None) for text in texts))).column("a")) == texts
    texts += ["=1+1", "_x000D_", "_x005F_", "a\r\nb"]
    assert list(read(write_xlsx({"a": texts})).column("a")) == texts
    assert list(read(shared_texts("<si><t>x</t></si><si><t> y</t></si>", "1", "0", "1")).column("a")) == [" y", "x", " y"]
    assert read(shared_texts("<si><t>_x005F_x000D__x000D_</t></si>", "0")).column("a") == ["_x000D_\r"]
    refused(shared_texts("<si><t>_xDFFF_</t></si>", "0"), "a.xlsx:1: the text holds _xDFFF_")
    refused(shared_texts("<si><t>x</t></si>", "1"), "a.xlsx:A2: a text that the workbook does not hold")


def test_phonetic_guides_are_no_part_of_a_text():
    inline = (
        '<row r="2"><c r="A2" t="inlineStr"><is><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウ</t></rPh></is></c></row>'
    )
    assert read(sheet_of(HEAD + inline)).column("a") == ["東京"]
    assert read(shared_texts("<si><r><t>東</t></r><r><t>京</t></r><rPh><t>トウ</t></rPh></si>", "0")).column("a") == ["東京"]


def test_a_formula_is_its_calculated_value():
    rows = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row><row r="3"><c r="A3" t="str"><f>"x"</f><v>x</v></c></row>'
    assert read(sheet_of(HEAD + rows)).column("a") == ["2", "x"]
    for empty in ("<c r='A2'><f>1+1</f></c>", "<c r='A2'><f>1+1</f><v/></c>", "<c r='A2' t='str'><f>A1</f></c>"):
        refused(sheet_of(f"{HEAD}<row r='2'>{empty}</row>"), "a.xlsx:A2: a formula without a value")


def test_cells_may_leave_out_where_they_stand():
    assert read(sheet_of("<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row><row><c/><c><v>1</v></c></row>")).columns == {
        "a": [""],
        "b": ["1"],
    }
    assert read(sheet_of(HEAD + "<row r='2'><c t='d'><v>2026-01-02T03:04:05</v></c></row>")).column("a") == ["2026-01-02T03:04:05"]


def test_prefixes_are_a_matter_of_taste():
    whole = HEAD + "<row r='2'><c r='A2'><v>1</v></c></row>"
    prefixed = re.sub("<(/?)(?=[a-z])", r"<\1x:", whole)
    data = changed(sheet_of(whole), SHEET, f"<sheetData>{whole}</sheetData>", f'<x:sheetData xmlns:x="y">{prefixed}</x:sheetData>')
    assert read(data).column("a") == ["1"]


def test_empty_rows_end_a_table_and_leave_a_gap_between_rows():
    good = (
        HEAD.replace('"1"', '"3"').replace("A1", "A3") + '<row r="4"><c r="A4"><v>1</v></c></row><row r="5"><c r="A5" s="0"/></row>'
    )
    table = read(sheet_of('<row r="1"><c r="A1"/></row>' + good))
    assert (table.column("a"), list(table.lines), table.where(0)) == (["1"], [4], "a.xlsx:4")
    refused(sheet_of(HEAD + "<row r='3'><c r='A3'><v>1</v></c></row>"), "a.xlsx:2: an empty row between rows")
    refused(sheet_of(HEAD + "<row r='2'><c r='A2'/></row><row r='3'><c r='A3'><v>1</v></c></row>"), "a.xlsx:2: an empty row")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "a.xlsx:1: no columns"),
        (HEAD + "<row r='2'><c r='B2'><v>1</v></c></row>", "a.xlsx:B2: a cell beyond the 1 columns"),
        ("<row r='1'><c r='B1'><v>1</v></c></row>", "a.xlsx:A1: column 1 has no name"),
        ("<row r='1'><c r='A1'><v>1</v></c><c r='AB1'><v>1</v></c></row>", "a.xlsx:B1: column 2 has no name"),
        ("<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>1</v></c></row>", "a.xlsx:B1: two columns are called '1'"),
        (HEAD + "<row r='1'/>", "row 1 after row 1"),
        ("<row r='1048577'/>", "row 1048577 after row 0"),
        ("<row r='0'/>", "row 0 after"),
        ("<row r='1'><c r='A2'/></row>", "cell 'A2' is not in its place"),
        ("<row r='1'><c r='B1'/><c r='A1'/></row>", "not in its place"),
        ("<row r='1'><c r='1A'/></row>", "not in its place"),
        ("<row r='1'><c t='s'><v>0</v></c></row>", "a text that the workbook does not hold"),
        ("<row r='1'><c t='s'><v>x</v></c></row>", "a text that"),
        ("<row r='1'><c s='99'><v>1</v></c></row>", "a style that the workbook"),
        ("<row r='1'><c s='x'><v>1</v></c></row>", "a style that"),
        ("<row r='1'><c><v>x</v></c></row>", "a.xlsx:A1: the cell holds 'x'"),
        ("<row r='1'><c t='z'><v>x</v></c></row>", "a cell of type 'z'"),
        ("<row r='1'><c t='d'><v>2026-13-01</v></c></row>", "a cell of type 'd'"),
        ("<row r='1'><c t='d'><v>soon</v></c></row>", "a cell of type 'd'"),
        ("<row r='1'><c t='str'><v>_x0000_</v></c></row>", "a.xlsx:A1: the text holds _x0000_"),
        ("<row r='1'><c t='inlineStr'><is><t>_xD800_</t></is></c></row>", "a.xlsx:A1: the text holds _xD800_"),
        (f"<row r='1'><c t='str'><v>{'x' * 131_073}</v></c></row>", "more than 131072 characters"),
        (f"<row r='1'><c t='str'><v>{'x' * 300_000}</v></c></row>", "more than 131072 characters"),
        ("<row r='1'><c></row>", "is no XML"),
        ("<row r='1'><c>&x;</c></row>", "is no XML"),
        ("\x01", "is no XML"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(rows, message):
    refused(sheet_of(rows), message)


def test_merged_cells_are_refused():
    refused(sheet_of(HEAD, '<mergeCells><mergeCell ref="B2:B4"/></mergeCells>'), "a.xlsx:B2: B2:B4 are merged")


def test_one_sheet_is_read_and_named_where_there_are_several():
    data = book((1, None), sheets=("readings", "notes"))
    refused(data, "a.xlsx:1: name one sheet, or hide all others; the workbook has 'readings', 'notes'")
    refused(data, "a.xlsx:1: no sheet 'Readings'; the workbook has 'readings'", sheet="Readings")
    assert read(data, sheet="readings").column("a") == ["1"]
    refused(data, "no columns", sheet="notes")
    hidden = changed(data, "xl/workbook.xml", 'name="notes" sheetId="2" state="visible"', 'name="notes" sheetId="2" state="hidden"')
    assert read(hidden).column("a") == ["1"]


def test_a_sheet_of_charts_is_no_table():
    data = changed(write_xlsx({"a": []}), "xl/_rels/workbook.xml.rels", "/worksheet", "/chartsheet")
    refused(data, "sheet 'table' is no sheet of cells")


def test_parts_may_lie_anywhere():
    good = write_xlsx({"a": ["1"]})
    rels = "xl/_rels/workbook.xml.rels"
    assert read(changed(good, rels, 'Target="worksheets/', 'Target="/xl/worksheets/')).column("a") == ["1"]
    assert read(changed(good, rels, 'Target="worksheets/', 'Target="./../xl/worksheets/')).column("a") == ["1"]
    external = changed(
        good, rels, "</Relationships>", '<Relationship Id="z" TargetMode="External" Target="http://a"/></Relationships>'
    )
    assert read(external).column("a") == ["1"]
    refused(
        changed(good, rels, 'Target="worksheets/sheet1', 'Target="worksheets/sheet2'), "it has no part xl/worksheets/sheet2.xml"
    )


def test_a_workbook_without_styles_shows_numbers_as_they_come():
    data = changed(write_xlsx({"a": []}), "xl/_rels/workbook.xml.rels", '/styles"', '/other"')
    data = changed(data, SHEET, "</sheetData>", '<row r="2"><c><v>2.50</v></c></row></sheetData>')
    assert read(data).column("a") == ["2.5"]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://a.example/x.dtd">',
        "<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
def test_no_part_declares_entities(declaration, part):
    data = write_xlsx({"a": ["1"]})
    refused(changed(data, part, "?>\n", f"?>\n{declaration}"), "declares a document type")


def test_no_other_encoding_hides_anything():
    data = changed(write_xlsx({"a": ["1"]}), SHEET, 'encoding="UTF-8"', 'encoding="UTF-7"')
    assert read(data).column("a") == ["1"]


def test_what_is_no_workbook_is_refused():
    refused(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), "an old .xls workbook or one with a password")
    refused(b"a,b\n1,2\n", "not an XLSX workbook, no zip")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", "a")
    refused(out.getvalue(), "it has no part _rels/.rels")


def test_parts_of_one_name_are_refused():
    out = io.BytesIO(write_xlsx({"a": ["1"]}))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("XL/styles.xml", "other")
    refused(out.getvalue(), "two parts of one name")


def test_a_part_that_unfolds_is_refused_before_it_does():
    bomb = sheet_of(HEAD, "<x>" + " " * 3_000_000 + "</x>")
    assert len(bomb) < 20_000
    refused(bomb, "bytes unpacked; at most 2000000", max_unpacked=2_000_000)


def test_a_part_that_lies_about_its_size_unfolds_no_further():
    bomb = sheet_of(HEAD, "<x>" + " " * 50_000_000 + "</x>")
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        size = package.getinfo(SHEET).file_size
    lying = bomb.replace(size.to_bytes(4, "little"), (300).to_bytes(4, "little"))
    assert lying != bomb
    tracemalloc.start()
    refused(lying, "is damaged")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    refused(bomb.replace(size.to_bytes(4, "little"), (size + 5).to_bytes(4, "little")), "is shorter than stated")


def packed(data: bytes, **changes: int) -> bytes:
    """The same package with other flags or another method in the central directory and in the local header of the sheet."""
    broken = bytearray(data)
    for found in re.finditer(re.escape(SHEET.encode()), data):
        local = found.start() - 30
        head = local if data[local : local + 4] == b"PK\3\4" else found.start() - 46
        place = head + (6 if head == local else 8)
        broken[place : place + 2] = changes.get("flags", 0).to_bytes(2, "little")
        broken[place + 2 : place + 4] = changes.get("method", 8).to_bytes(2, "little")
    return bytes(broken)


def test_encrypted_and_unusually_packed_parts_are_refused():
    data = write_xlsx({"a": ["1"]})
    assert read(packed(data)).column("a") == ["1"]
    refused(packed(data, flags=1), "is encrypted or packed in an unusual way")
    refused(packed(data, method=14), "is encrypted or packed in an unusual way")
    refused(packed(data, method=0), "is damaged|is shorter than stated")


def test_limits_hold():
    data = write_xlsx({"a": ["1", "2", "3"], "b": ["1", "2", "3"]})
    refused(data, "a.xlsx:4: 3 rows of 2 columns", max_rows=2)
    refused(data, "a.xlsx:4: 3 rows of 2 columns", max_cells=5)
    refused(data, "2 columns; at most 1", max_columns=1)
    assert len(read(data, max_rows=3, max_cells=6, max_columns=2).lines) == 3
