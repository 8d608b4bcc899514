"""Public lists of recalls: real files read whole, traps of each layout, nothing lost and nothing guessed, hostile bytes."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.recalls.days import day_of, span_of
from openqi.formats.recalls.layouts import LAYOUTS, read_recalls
from openqi.formats.recalls.listed import Fault, text_of, units_of
from openqi.formats.recalls.nhtsa import FIELDS, OLDER
from openqi.kernel.errors import FormatError
from openqi.records.recall_rows import TakenRecallRow
from openqi.records.rows import decoded, row_line
from shared_data import shared


def read(layout, data):
    found = list(read_recalls(layout, data))
    return [one for one in found if isinstance(one, TakenRecallRow)], [one for one in found if isinstance(one, Fault)]


def nhtsa(*, tabs="", **cells):
    told = {
        "RECORD_ID": "1", "CAMPNO": "24V580000", "MAKETXT": "NISSAN", "MODELTXT": "TITAN", "YEARTXT": "2021",
        "COMPNAME": "AIR BAGS", "BGMAN": "20200101", "ENDMAN": "20210131", "POTAFF": "86", "RCDATE": "20240802",
        "DESC_DEFECT": f"the{tabs} bag", "CONEQUENCE_DEFECT": "may burst", "RCL_CMPT_ID": "000127294004588751000001543",
    } | cells  # fmt: skip
    return "\t".join(told.get(name, "") for name in FIELDS)


@pytest.mark.parametrize(
    ("layout", "file", "rows", "faults"),
    [
        ("safety-gate", "eu_safety_gate_alerts_a.csv", 174, 1),
        ("fda", "us_food_recalls_a.json", 148, 0),
        ("usda", "us_food_recalls_a.json", 34, 0),
        ("nhtsa", "nhtsa_recalls_sample.txt", 121, 0),
    ],
)
def test_real_lists_are_read_whole(layout, file, rows, faults):
    found, bad = read(layout, shared(f"data/surveillance/{file}").read_bytes())
    assert (len(found), len(bad)) == (rows, faults)
    assert len({one.key for one in found}) == rows
    assert decoded([row_line(one) for one in found], TakenRecallRow) == found


def test_real_recalls_of_cars_are_campaigns_with_a_line_each():
    data = shared("data/surveillance/nhtsa_recalls_sample.txt").read_bytes()
    rows, _ = read("nhtsa", data)
    plain = [line.split("\t") for line in data.decode().split("\r\n") if line]
    headers = {one.header: one for one in rows if not one.line}
    assert set(headers) == {one[1] for one in plain}
    assert Counter(one.header for one in rows if one.line) == Counter(one[1] for one in plain)
    for cells in plain:
        assert headers[cells[1]].units == int(cells[11])
        assert " ".join(cells[19].split()) in headers[cells[1]].defect


def test_a_line_without_a_number_is_kept_apart_with_its_place_and_text():
    _, (bad,) = read("safety-gate", shared("data/surveillance/eu_safety_gate_alerts_a.csv").read_bytes())
    assert bad.place == 176
    assert "no number" in bad.why
    assert "Sequin Slime" in bad.text


def test_the_number_of_a_line_is_no_name_of_it():
    one, other = (read("nhtsa", nhtsa(RECORD_ID=number).encode())[0] for number in ("1", "9000"))
    assert [(row.key, row.content) for row in one] == [(row.key, row.content) for row in other]


def test_tabs_within_a_text_are_told_and_within_a_number_refused():
    rows, bad = read("nhtsa", nhtsa(tabs="\t").encode())
    assert not bad
    assert rows[0].line == "NISSAN/TITAN/2021/000127294004588751000001543"
    assert rows[0].unclear == ("texts: a tab stands within one; they stand here as one",)
    assert rows[1].defect.startswith("the bag may burst")
    _, bad = read("nhtsa", nhtsa().encode() + b"\n" + nhtsa(MODELTXT="TI\tTAN").encode())
    assert "a tab stands within one" in bad[0].why
    assert "TI\tTAN" in bad[0].text
    assert bad[0].place == 2


def test_line_ends_within_a_text_go_on_with_it_and_older_lines_have_fewer_fields():
    rows, bad = read("nhtsa", nhtsa(DESC_DEFECT="the\nbag").encode() + b"\r\n\r\n" + nhtsa(CAMPNO="24V580001").encode())
    assert not bad
    assert {row.header: row.defect for row in rows if not row.line} == {"24V580000": "the bag", "24V580001": "the bag"}
    older = "\t".join(nhtsa().split("\t")[:OLDER])
    assert read("nhtsa", older.encode())[0][0].key == rows[0].key


def test_bytes_that_are_no_utf_8_are_told():
    rows, _ = read("nhtsa", nhtsa(MODELTXT="CITROËN").encode("cp1252"))
    assert (rows[0].name, rows[0].unclear) == ("CITROËN", ("encoding: read as Windows-1252",))


def test_a_campaign_whose_lines_say_other_things_keeps_all_of_them_in_any_order():
    lines = [nhtsa(), nhtsa(YEARTXT="2022", POTAFF="90", DESC_DEFECT="another bag"), nhtsa(YEARTXT="9999")]
    one, other = (read("nhtsa", "\n".join(told).encode())[0] for told in (lines, lines[::-1]))
    assert one[-1].defect == "another bag\nthe bag"
    assert (one[-1].units, one[-1].units_text) == (None, "86; 90")
    assert {row.key: row.content for row in one} == {row.key: row.content for row in other}


def test_a_repeated_line_is_told_and_another_of_its_name_is_kept():
    rows, bad = read("nhtsa", "\n".join([nhtsa(), nhtsa(), nhtsa(COMPNAME="STEERING")]).encode())
    assert [one.why for one in bad] == [f"repeats {rows[0].key}"]
    assert rows[1].line.startswith(rows[0].line + "~")


CPSC = [
    {
        "RecallID": 8000, "RecallNumber": "24158", "RecallDate": "2024-03-07T00:00:00", "LastPublishDate": "2024-03-07T00:00:00",
        "Title": "Lamp", "Description": "A lamp", "Products": [
            {"Name": "Lamp A", "Model": "L-1", "NumberOfUnits": "About 10,000", "Type": "Lamps"},
            {"Name": "Lamp B", "Model": "", "NumberOfUnits": "1,200", "Type": None},
        ],
        "ProductUPCs": [{"UPC": "012345678905"}], "Hazards": [{"Name": "Fire", "HazardType": ""}],
        "Injuries": [{"Name": "None reported"}],
        "Manufacturers": [{"Name": "Example Lamps"}], "Remedies": [{"Name": "Refund"}], "Retailers": [], "SoldAtLabel": "Online",
    }
]  # fmt: skip


def test_a_recall_of_goods_has_its_products_behind_it_and_about_is_no_number():
    rows, bad = read("cpsc", json.dumps(CPSC).encode())
    assert not bad
    assert [(one.key, one.name, one.units, one.units_text) for one in rows] == [
        ("24158", "", None, ""), ("24158 1", "Lamp A", None, "About 10,000"), ("24158 2", "Lamp B", 1200, ""),
    ]  # fmt: skip
    assert (rows[0].published, rows[0].gtins, rows[0].hazard) == ("2024-03-07", ("012345678905",), "Fire")


def test_the_day_of_publishing_does_not_move_with_an_edit_so_that_contents_are_compared():
    edited = json.loads(json.dumps(CPSC))
    edited[0]["Products"][1]["Model"] = "L-2"
    one, other = (read("cpsc", json.dumps(told).encode())[0] for told in (CPSC, edited))
    assert [row.content == also.content for row, also in zip(one, other, strict=True)] == [True, True, False]
    edited[0]["LastPublishDate"] = "2025-01-01T00:00:00"
    assert [row.content for row in read("cpsc", json.dumps(edited).encode())[0]] == [row.content for row in other]


def test_null_and_an_empty_text_say_the_same():
    made = [{"agency": "FDA", "uid": "1", "title": "x", "company_name": empty, "impacted_states": states} for empty, states in
            ((None, []), ("", None), (" null ", [""]))]  # fmt: skip
    assert len({read("fda", json.dumps([one]).encode())[0][0].content for one in made}) == 1


def test_the_spanish_twin_is_a_line_of_its_recall():
    told = [
        {"field_recall_number": "033-2025", "langcode": language, "field_title": title, "field_recall_date": "2025-10-24",
         "field_summary": "<p>Jerky&nbsp;with <b>metal</b></p>", "field_last_modified_date": ""}
        for language, title in (("English", "Recall"), ("Spanish", "Retirada"))
    ]  # fmt: skip
    rows, bad = read("usda", json.dumps(told).encode())
    assert not bad
    assert [(one.header, one.line, one.twin) for one in rows] == [("033-2025", "", ""), ("033-2025", "es", "es")]
    assert rows[0].consequence == "Jerky with metal"


def test_enforcement_reports_are_events_with_a_line_a_product():
    report = {"event_id": "62644", "report_date": "20120905", "product_quantity": "81 containers"}
    told = {"results": [report | {"recall_number": f"F-{number}-2012"} for number in (1, 2)]}
    rows, _ = read("fda", json.dumps(told).encode())
    assert [(one.header, one.line, one.published, one.units_text) for one in rows] == [
        ("62644", "F-1-2012", "2012-09-05", "81 containers"), ("62644", "F-2-2012", "2012-09-05", "81 containers")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20240802", "2024-08-02"), ("2024-08-02T05:00:00+00:00", "2024-08-02"), ("2.8.2024", "2024-08-02"),
        ("2024年8月2日", "2024-08-02"), ("2 August 2024", "2024-08-02"), ("August 2, 2024", "2024-08-02"),
        ("13/02/2024", "2024-02-13"), ("02/13/2024", "2024-02-13"), ("02/02/2024", "2024-02-02"), ("24-10-2023", "2023-10-24"),
        ("02/08/2024", None), ("2-8-2024", None), ("20240230", None), ("00000000", None), ("32.1.2024", None), ("11.2022", None),
        ("2 Foo 2024", None), ("13/13/2024", None), ("", None), ("18991231", None), ("2.8.24", None),
    ],
)  # fmt: skip
def test_a_day_that_can_mean_two_is_none(text, day):
    assert day_of(text) == day


def test_spans_of_real_texts():
    assert span_of("The affected vehicles were manufactured between 22 January 2018 and 06 March 2019.") == (
        "2018-01-22",
        "2019-03-06",
        True,
    )
    assert span_of("8.6.2020 - 12.3.2022") == ("2020-06-08", "2022-03-12", True)
    assert span_of("07/02/2017 - 13/11/2019") == ("", "2019-11-13", False)
    assert span_of("12.3.2022 - 8.6.2020") == ("", "", False)
    assert span_of("C3: 09.04.2009 - 20.02.2017 DS3: 26.06.2009 - 30.05.2019") == ("", "", False)


def test_only_a_number_alone_is_a_number():
    assert [units_of(one) for one in ("1,200", "1200", "0", "12,00", "About 3", "1.200", "-1", "1e3", "")] == [
        1200,
        1200,
        0,
        *[None] * 6,
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_rows_and_faults_or_our_own_error(layout, data):
    with suppress(FormatError):
        list(read_recalls(layout, data))


NAMES = ["agency", "uid", "title", "Products", "Name", "RecallNumber", "results", "field_recall_number", "event_id"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(NAMES), inner, max_size=5
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("layout", ["cpsc", "fda", "usda"])
@given(told=JSON)
def test_any_json_is_rows_and_faults_or_our_own_error(layout, told):
    try:
        rows, _ = read(layout, json.dumps(told).encode())
    except FormatError:
        return
    decoded([row_line(one) for one in rows], TakenRecallRow)


@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=12)), max_size=6), st.binary(max_size=6), st.integers(0, 300))
def test_lines_with_anything_in_their_fields_are_read_or_kept_apart(cells, noise, place):
    line = nhtsa(**dict(cells)).encode("utf-8", "surrogatepass")
    data = line[:place] + noise + line[place:]
    try:
        rows, _ = read("nhtsa", data)
    except FormatError:
        return
    decoded([row_line(one) for one in rows], TakenRecallRow)


def test_a_text_has_no_unseen_characters_and_no_surrogates():
    assert text_of("a\x00b\u200bc\ud800d  e\n") == "a b c d e"
