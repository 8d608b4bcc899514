"""Lists as pages and files: each record once, no cell a formula, and nothing that the reader may not see."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from asgi_client import Client
from openqi.interfaces.web.server import application, station_application
from openqi.records import Names
from openqi.records.conformity import ProductRegistered
from stage import ITEM, RESULT, Stage
from station_world import LABORATORY, PASSWORD, URL, world
from web_stage import LOT, small_ledger, workspace

KIND = "conformity.result-reported/1"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client(application(workspace()), headers={"accept-language": "en"}) as asking:
        yield asking


def test_pages_of_records_lead_through_the_whole_log_each_record_once(client: Client):
    where, met = "/records", []
    while where:
        page = client.get(where).text
        met += re.findall(r'<a href="/record/([0-9a-f]{64})">', page)
        older = re.search(r'<a rel="next" href="([^"]+)"', page)
        where = older[1].replace("&amp;", "&") if older else ""
    told = client.get("/api/overview").json()["size"]
    assert len(met) == len(set(met)) == told


def test_a_file_holds_what_the_list_holds_in_the_language_of_its_reader(client: Client):
    rows = list(csv.reader(io.StringIO(client.get("/records.csv?lang=en").content.decode("utf-8-sig"))))
    assert rows[0][0] == "Index"
    assert [int(row[0]) for row in rows[1:]] == list(reversed(range(len(rows) - 1)))
    book = load_workbook(io.BytesIO(client.get("/records.xlsx?lang=zh&kind=conformity.lot-formed/1").content))
    sheet = list(book.worksheets[0].iter_rows(values_only=True))
    assert sheet[0][0] == "序号"
    assert [row[3] for row in sheet[1:]] == [LOT]


def test_what_there_is_no_list_of_is_said(client: Client):
    for path in ("/records.pdf", "/things/ghost"):
        assert client.get(path).status_code == 404
    assert client.get("/records?below=x").status_code == 400
    assert client.get("/things/lot?after=x").status_code == 400


def test_a_name_that_a_spreadsheet_would_run_is_text(tmp_path: Path):
    stage: Stage = small_ledger(tmp_path / "ledger")
    stage.grant(stage.laboratory, "manufacturer")
    stage.ledger.state(ProductRegistered(product="https://maker.example/p", name=Names(en='=HYPERLINK("x")')), stage.laboratory)
    stage.store.close()
    with Client(application(tmp_path / "ledger"), headers={"accept-language": "en"}) as asking:
        rows = list(csv.reader(io.StringIO(asking.get("/records.csv").content.decode("utf-8-sig"))))
        assert rows[1][2] == '\'=HYPERLINK("x")'
        sheet = load_workbook(io.BytesIO(asking.get("/records.xlsx").content)).worksheets[0]
        assert (sheet["C2"].value, sheet["C2"].data_type) == ('=HYPERLINK("x")', "s")


def test_whoever_has_signed_in_is_shown_what_their_party_may_see_and_nobody_else_is(tmp_path: Path):
    made = world(tmp_path / "station")
    visitor = made.visitor(LABORATORY)
    ledger, signer = made.station.ledger, made.station.people.custody.signer(visitor)
    hidden = ledger.state(RESULT, signer, visible_to=())
    made.station.close()
    with Client(
        station_application(tmp_path / "station"), base_url=URL, headers={"origin": URL, "sec-fetch-site": "same-origin"}
    ) as asking:
        assert hidden.id not in asking.get(f"/records?kind={KIND}").text
        assert ITEM not in asking.get(f"/record/{hidden.id}").text
        asking.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
        assert hidden.id in asking.get(f"/records?kind={KIND}").text
        assert hidden.id in asking.get(f"/records.csv?kind={KIND}").text
        page = asking.get(f"/record/{hidden.id}")
        assert ITEM in page.text
        assert page.headers["cache-control"] == "no-store"
