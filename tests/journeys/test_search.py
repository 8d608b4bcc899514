"""A story of searching: by page and by program, signed in or not, in both languages."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_client import Client
from openqi.formats.table import Options, read_table
from openqi.interfaces.web.server import station_application
from openqi.interfaces.web.station.exports import LISTS
from openqi.interfaces.web.words import phrase
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from station_world import LABORATORY, PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("search") / "station"
    made = world(folder)
    state, operator = made.station.ledger.state, made.station.operator
    state(PartyRegistered(party="https://plant.example", name=Names(zh="星河储能电池", en="<b>Galaxy</b>")), operator)
    hidden = PartyRegistered(party="https://hidden.example", name=Names(zh="未公开电池", en="Unannounced"))
    state(hidden, operator, visible_to=(LABORATORY,))
    made.station.close()
    with Client(station_application(folder), base_url=URL, headers=FORM) as asking:
        yield asking


def test_a_visitor_finds_what_is_public_with_the_match_marked_and_a_way_to_the_record(client):
    page = client.get("/search?q=储能")
    assert "<mark>储能</mark>" in page.text
    assert re.search(r'href="/record/[0-9a-f]{64}"', page.text)
    assert "未公开" not in client.get("/search?q=电池").text
    assert "&lt;b&gt;" in client.get("/search?q=galaxy").text, "evidence is shown as text, never as markup"


@pytest.mark.parametrize(("language", "name"), [("zh", "搜索"), ("en", "Search")])
def test_the_page_is_told_in_both_languages_and_says_where_nothing_is_found(client, language, name):
    page = client.get(f"/search?q=nowheretobefound&lang={language}")
    assert page.status_code == 200
    assert f"<h1>{name}</h1>" in page.text


def test_a_place_that_is_no_number_is_refused(client):
    assert client.get("/search?q=a&before=x").status_code == 400


def test_a_program_finds_what_its_hat_may_see(client):
    client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
    page = client.get("/account")
    made = client.post("/account", data={"what": "token", "token-name": "r", "days": "1", "csrf": csrf_of(page.text)})
    bearer = {"authorization": f"Bearer {re.search(r'oqi_[A-Za-z0-9_-]+', made.text)[0]}"}
    found = client.get("/api/search?q=电池", headers=bearer).json()
    assert [one["title"] for one in found["found"]] == ["未公开电池 / Unannounced", "星河储能电池 / <b>Galaxy</b>"]
    assert client.get("/api/search?q=电池").status_code == 401
    assert "未公开" in client.get("/search?q=电池").text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_found_is_had_as_a_file_in_the_language_of_the_reader(client, ending):
    client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
    file = client.get(f"/export/search.{ending}?lang=zh&q=电池")
    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith("attachment;")
    table = read_table(file.content, name=f"list.{ending}", options=Options(sheet="搜索") if ending == "xlsx" else Options())
    assert list(table.column("名称")) == ["未公开电池 / Unannounced", "星河储能电池 / <b>Galaxy</b>"]
    assert client.get(f"/export/organisations.{ending}?lang=en").status_code == 200
    assert client.get(f"/export/notices.{ending}?lang=en").status_code == 200
    assert client.get(f"/export/nothing.{ending}").status_code == 404


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_is_had_as_a_file_with_a_head_in_the_language_of_the_reader(client, name, language):
    client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
    file = client.get(f"/export/{name}.csv?lang={language}&q=电池")
    head = file.text.removeprefix("\ufeff").splitlines()[0].split(",")
    assert head == [phrase(column, language) for column in LISTS[name].columns]
    assert client.get(f"/export/{name}.xlsx?lang={language}&q=电池").content.startswith(b"PK")


def test_the_people_and_the_acts_of_an_organisation_are_had_as_files(client):
    client.post("/sign-in", data={"login": "laboratory", "password": PASSWORD, "next": ""})
    (member,) = csv.DictReader(io.StringIO(client.get("/export/members.csv?lang=en").text.removeprefix("\ufeff")))
    assert member["Sign-in name"] == "laboratory"
    acts = csv.DictReader(io.StringIO(client.get("/export/acts.csv?lang=en").text.removeprefix("\ufeff")))
    told = {one["Name of the act"]: one["May not be done now"] for one in acts}
    assert told["conformity.result-reported/1"] == ""
    assert told["governance.calendar-published/1"]
