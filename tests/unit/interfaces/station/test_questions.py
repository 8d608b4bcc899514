"""How often a page asks the stores: few questions, however long its list is; each is felt where the database is far away."""

import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from asgi_client import Client
from openqi.evidence import keyfile
from openqi.interfaces.web.server import station_application
from openqi.pillars.governance.tasks import AskTask
from openqi.records import Names
from station_world import LABORATORY, PASSWORD, URL, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
MOST = {
    "/home": 6, "/do": 2, "/do/conformity.result-reported.1": 2, "/drafts": 2, "/log": 2, "/records": 7, "/inbox": 4,
    "/things/product": 3, "/organisation": 3,
}  # fmt: skip
"""Page → statements on ledger and desk together, when what it shows has not moved since it was last asked for."""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Somebody of a laboratory for which thirty tasks wait, and the statements that their pages ask."""
    asked: list[str] = []

    def listen(connection, _record) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(asked.append)

    event.listen(Engine, "connect", listen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        patch.setenv("OPENQI_PASSPHRASE", "correct horse battery staple")
        folder = tmp_path_factory.mktemp("questions") / "station"
        made = world(folder)
        ledger = made.station.ledger
        for number in range(30):
            subject = f"https://maker.example/cell/{number}"
            task = AskTask(now=ledger.now(), party=LABORATORY, subject=subject, asks=Names(en="Test"), due="2026-12-24T08:00:00Z")
            ledger.perform(task, made.station.operator)
        made.station.close()
        with Client(station_application(folder), base_url=URL) as browser:
            sent = {"login": made.logins[LABORATORY], "password": PASSWORD, "next": ""}
            assert browser.post("/sign-in", data=sent, headers=FORM, follow_redirects=False).status_code == 303
            yield browser, asked
    event.remove(Engine, "connect", listen)


@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_few_questions(client, path):
    browser, asked = client
    for _ in range(2):
        assert browser.get(path, headers=FORM).status_code == 200
    counts = []
    for _ in range(3):  # beside it a thread looks after search, notices and letters now and then
        asked.clear()
        assert browser.get(path, headers=FORM).status_code == 200
        counts.append(
            [text for text in asked if "people_sessions" in text or "fold_" in text or "entry" in text or "head." in text]
        )
    assert min(map(len, counts)) <= MOST[path], min(counts, key=len)
    assert min(map(len, counts)) >= 2  # else nothing was listened to


def test_a_browser_that_goes_away_while_it_sends_is_no_fault_of_the_station(client, caplog):
    browser, _ = client
    answered = browser.leave("/sign-in", headers={**FORM, "host": URL.removeprefix("http://")})
    assert answered[0]["status"] == 400
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
