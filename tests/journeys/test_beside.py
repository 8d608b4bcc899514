"""What a station adds to public pages for who has signed in: a search box, tasks about a thing, what may be done from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_client import Client
from openqi.interfaces.web.server import station_application
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.tasks import AskTask
from openqi.records import Names
from openqi.records.conformity import ResultReported
from stage import RESULT
from station_world import LABORATORY, PASSWORD, URL, World, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
ASKS = "Test this cell once more"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A station, a record about an item, and a task of the laboratory about it that only its two parties see."""
    folder = tmp_path_factory.mktemp("beside") / "station"
    built: World = world(folder)
    station = built.station
    kept = station.people.custody.signer(built.visitor(LABORATORY))
    result: ResultReported = RESULT
    record = station.ledger.state(result, kept)
    asked = AskTask(
        party=LABORATORY, subject=result.item, due=format_instant(built.clock().replace(year=2027)), asks=Names(en=ASKS),
        visible_to=(LABORATORY,),
    )  # fmt: skip
    task = station.ledger.perform(asked, station.operator)[0]
    station.ledger.store.publish()
    station.close()
    return folder, record.id, task.id


@pytest.fixture
def client(made) -> Iterator[Client]:
    with Client(station_application(made[0]), base_url=URL, headers=FORM) as asking:
        yield asking


def page_as(client: Client, who: str, path: str) -> str:
    client.post("/sign-in", data={"login": who, "password": PASSWORD, "next": ""})
    return client.get(path).text


def test_the_party_that_was_asked_finds_the_task_on_the_page_of_the_record(client, made):
    page = page_as(client, "laboratory", f"/record/{made[1]}")
    assert ASKS in page
    assert f"/tasks/{made[2]}" in page
    assert f"/do/governance.withdraw.1?record={made[1]}" in page
    assert "/do/governance.ask-task.1?subject=https%3A//maker.example/cell/7" in page


def test_nobody_else_learns_of_the_task(client, made):
    page = page_as(client, "certifier", f"/record/{made[1]}")
    assert ASKS not in page
    assert "/tasks/" not in page
    assert "/do/governance.withdraw.1" not in page, "it is not the certifier's to withdraw"


def test_who_has_not_signed_in_sees_neither_tasks_nor_acts_nor_the_box(client, made):
    page = client.get(f"/record/{made[1]}").text
    assert "Tasks about this" not in page
    assert "/do/" not in page
    assert 'id="seek"' not in page


def test_the_record_of_a_task_leads_to_the_task(client, made):
    assert f'href="/tasks/{made[2]}"' in page_as(client, "laboratory", f"/record/{made[2]}")


def test_the_box_at_the_head_of_a_page_searches(client):
    page = page_as(client, "laboratory", "/home")
    assert '<form class="seek" action="/search" method="get" role="search"' in page
    assert "Results: " in client.get("/search?q=cell").text
    assert 'id="seek"' not in client.get("/search?q=cell").text, "the page of the search has a box of its own"


def test_a_form_offers_the_records_that_fit(client, made):
    page = page_as(client, "certifier", "/do/conformity.judge-result.1")
    assert f'<option value="{made[1]}">' in page
