"""Forms and files: what was typed is understood or kept, whatever it is; a table's rows become what evidence says of them."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.app.acts.acts import act_of, acts
from openqi.app.acts.forms import MOST_ROWS, instant_of, local_of, read_form, rows_of, tidied, zone_of
from openqi.app.acts.problems import FieldsError, built
from openqi.app.acts.sealing.signing import read_request
from openqi.app.acts.uploads import Upload, media_type, resolved
from openqi.app.acts.uploads import rows_of as rows_of_file
from openqi.formats.digital_link import digital_link, mark_name
from openqi.kernel.errors import FormatError
from openqi.records.rows import ItemRow, MarkRow, ReadingRow

PARTS = ["calibrated", "points", "0", "1", "9999", "kept", "document", "name", "zh", "", "x"]
CALIBRATION = act_of("metrology.calibration-certified/1")


@pytest.mark.parametrize(
    ("typed", "zone", "instant"),
    [
        ("2026-11-20T16:00", "+08:00", "2026-11-20T08:00:00Z"), ("2026-11-20 16:00:05", "+08:00", "2026-11-20T08:00:05Z"),
        ("2026-11-20T08:00:00Z", "+08:00", "2026-11-20T08:00:00Z"), ("2026-11-20T03:30", "-05:30", "2026-11-20T09:00:00Z"),
        ("yesterday", "Z", "yesterday"), ("2026-02-30T10:00", "Z", "2026-02-30T10:00"),
        ("0001-01-01T00:00", "+08:00", "0001-01-01T00:00"),
    ],
)  # fmt: skip
def test_a_local_time_in_its_zone_is_an_instant_and_what_is_none_stays_as_it_was_typed(typed, zone, instant):
    assert instant_of(typed, zone_of(zone)) == instant


def test_an_instant_is_shown_in_the_zone_of_the_form_where_that_can_show_it():
    assert local_of("2026-11-20T08:00:00Z", zone_of("+08:00")) == "2026-11-20T16:00:00"
    assert local_of("9999-12-31T23:00:00Z", zone_of("+08:00")) == "9999-12-31T23:00:00Z"


@pytest.mark.parametrize("zone", ["", "UTC", "+8", "+15:00", "+08:17", "08:00"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(FormatError, match="time zone"):
        read_form(CALIBRATION.fields, {}, zone)


def test_empty_rows_are_no_rows_and_the_others_are_counted_anew():
    flat = {
        "calibrated.3.quantity": "current", "calibrated.3.points.2.indicated": "1.0", "calibrated.3.points.7.indicated": " ",
        "calibrated.0.unit": "", "number": "K-1",
    }  # fmt: skip
    tidy = tidied(CALIBRATION.fields, flat)
    assert tidy == {"number": "K-1", "calibrated.0.quantity": "current", "calibrated.0.points.0.indicated": "1.0"}
    assert rows_of(tidy, "calibrated") == 1
    assert tidied(CALIBRATION.fields, tidy, without="calibrated.0") == {"number": "K-1"}


def test_text_keeps_its_spaces_and_differences_of_browsers_go():
    act = act_of("governance.withdraw/1")
    assert read_form(act.fields, {"reason": " Caf\u0065\u0301\r\nline "}, "Z") == {"reason": " Caf\u00e9\nline "}
    assert read_form(act.fields, {"record": " ab \n"}, "Z") == {"record": "ab"}


@settings(max_examples=150)
@given(
    flat=st.dictionaries(
        st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(".".join),
        st.text(max_size=12),
    ),
    act=st.sampled_from(list(acts().values())),
)  # fmt: skip
def test_any_names_and_texts_are_a_form_and_what_is_wrong_is_told(flat, act):
    tidy = tidied(act.fields, flat)
    assert tidied(act.fields, tidy) == tidy
    assert read_form(act.fields, tidy, "Z") == read_form(act.fields, flat, "Z")
    with pytest.raises(FieldsError):
        built(act, read_form(act.fields, flat, "Z"))


def test_a_list_has_a_bound():
    flat = {f"inputs.{n}": "q" for n in range(2000)}
    assert len(read_form(act_of("metrology.procedure-published/1").fields, flat, "Z")["inputs"]) == MOST_ROWS


def sheet(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_csv_and_xlsx_of_the_same_rows_are_the_same_items():
    rows = [["item", "value"], ["https://m.example/1", "2.0350"], ["https://m.example/2", "2.0351"]]
    text = "\n".join(",".join(row) for row in rows)
    assert rows_of_file(ReadingRow, Upload(name="a.csv", data=text.encode())) == rows_of_file(
        ReadingRow, Upload(name="a.xlsx", data=sheet(rows))
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,value\nhttps://m.example/1,2\nhttps://m.example/1,3\n", "a.csv:3: .*second time"),
        ("item,value\nno uri,2\n", "a.csv:2"),
        ("item,value\nhttps://m.example/1,\n", "a.csv:2"),
        ("item,value\nhttps://m.example/1,\"2,0\"\n", "a.csv:2"),
        ("item\nhttps://m.example/1\n", "no column value"), ("item,value,weight\n", "'weight' is no field"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_named_by_its_line(text, said):
    with pytest.raises(FormatError, match=said):
        rows_of_file(ReadingRow, Upload(name="a.csv", data=text.encode()))


def test_a_mark_in_a_table_becomes_its_hash_so_that_no_serial_enters_a_log():
    mark = digital_link("https://mark.example", "09521234543213", "A1B2")
    _, content = rows_of_file(MarkRow, Upload(name="a.csv", data=f"item,mark\nhttps://m.example/1,{mark}\n".encode()))
    assert mark_name(mark).encode() in content
    assert b"A1B2" not in content


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"<html>"), ("a.html", b"<html>"), ("a.svg", b"<svg/>"), ("a.exe", b"MZ"), ("a.png", b"GIF89a"), ("a", b"x"),
        ("a.pdf", b""),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_or_could_run_is_refused(name, data):
    with pytest.raises(FormatError):
        media_type(Upload(name=name, data=data))


@settings(max_examples=80)
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.csv", "a.xlsx", "a.parquet", "a.ndjson", "a.bin"]))
def test_any_bytes_are_a_table_or_an_error_of_ours(data, name):
    for row in (ItemRow, ReadingRow):
        try:
            rows_of_file(row, Upload(name=name, data=data))
        except FormatError:
            continue
    with pytest.raises(FormatError):
        read_request(data)


@pytest.mark.parametrize(
    "sent", [{"base64": "AA=="}, {"name": 1, "base64": "AA=="}, {"name": "a.csv", "base64": "%"}, {"name": "a.csv", "base64": 5}]
)
def test_an_upload_that_is_none_is_told_at_its_field(sent):
    with pytest.raises(FieldsError) as wrong:
        resolved(act_of("conformity.issue-marks/1"), {"items": sent}, keep=lambda _: "")
    assert [one.where for one in wrong.value.problems] == ["items"]
