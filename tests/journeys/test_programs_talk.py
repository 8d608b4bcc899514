"""A program reads notices, has them sent, remarks and lays files to things, under the hat of its token."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_client import Client
from openqi.interfaces.web.server import station_application
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from station_world import CERTIFIER, LABORATORY, URL, world

SUBJECT = "https://maker.example/lot/7"
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, dict[str, str]], str]]:
    folder: Path = tmp_path_factory.mktemp("programs") / "station"
    made = world(folder)
    hidden = PartyRegistered(party="https://hidden.example", name=Names(zh="未公开", en="Hidden"))
    record = made.station.ledger.state(hidden, made.station.operator, visible_to=(LABORATORY,)).id
    tokens = {party: made.station.people.members.new_token(made.visitor(party), "program", 30) for party in (LABORATORY, CERTIFIER)}
    made.station.close()
    with (folder / "station.toml").open("a") as file:
        file.write("\n[webhooks]\nlocal = true\n")
    with Client(station_application(folder), base_url=URL) as client:
        yield client, {party: {"authorization": f"Bearer {token}"} for party, token in tokens.items()}, record


def test_notices_are_read_page_by_page_and_then_are_no_longer_new(told):
    client, who, _ = told
    page = client.get("/api/notices?limit=1", headers=who[LABORATORY]).json()
    assert (page["party"], len(page["notices"])) == (LABORATORY, 1)
    assert page["unread"] >= 1
    seen = [page["notices"][0]["id"]]
    while page["next"]:
        page = client.get("/api/notices", params={"limit": 1, "before": page["next"]}, headers=who[LABORATORY]).json()
        seen += [one["id"] for one in page["notices"]]
    assert len(seen) == len({*seen}) == client.get("/api/notices", headers=who[LABORATORY]).json()["unread"]
    assert client.post("/api/notices/read", headers=who[LABORATORY]).status_code == 204
    assert client.get("/api/notices", headers=who[LABORATORY]).json()["unread"] == 0


def test_a_webhook_is_made_rotated_ended_and_taken_up_again(told):
    client, who, _ = told
    made = client.post("/api/webhooks", json={"url": "http://127.0.0.1:9/hook"}, headers=who[LABORATORY])
    assert made.status_code == 201
    hook, secret = made.json()["id"], made.json()["secret"]
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]+", secret)
    (line,) = client.get("/api/webhooks", headers=who[LABORATORY]).json()
    assert (line["id"], line["endedAt"], "secret" in line) == (hook, None, False)
    assert client.post(f"/api/webhooks/{hook}/rotate", headers=who[LABORATORY]).json()["secret"] not in ("", secret)
    assert client.post(f"/api/webhooks/{hook}/end", headers=who[CERTIFIER]).status_code == 404
    assert client.post(f"/api/webhooks/{hook}/end", headers=who[LABORATORY]).json() is None
    assert client.get("/api/webhooks", headers=who[LABORATORY]).json()[0]["endedAt"]
    client.post(f"/api/webhooks/{hook}/resume", headers=who[LABORATORY])
    assert client.get("/api/webhooks", headers=who[LABORATORY]).json()[0]["endedAt"] is None
    wrong = client.post("/api/webhooks", json={"url": "ftp://127.0.0.1/"}, headers=who[LABORATORY])
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")
    client.post(f"/api/webhooks/{hook}/end", headers=who[LABORATORY])


def test_a_comment_and_a_file_are_laid_to_a_subject_seen_by_ones_own_organisation_and_erased(told):
    client, who, _ = told
    kept = client.post("/api/remarks", json={"about": SUBJECT, "text": "电池很热"}, headers=who[LABORATORY])
    content = base64.b64encode(PICTURE).decode()
    asked = {"about": SUBJECT, "name": "cell.png", "content": content}
    laid = client.post("/api/attachments", json=asked, headers=who[LABORATORY])
    assert (kept.status_code, laid.status_code) == (201, 201)
    lines = client.get("/api/remarks", params={"about": SUBJECT}, headers=who[LABORATORY]).json()
    assert sorted((one["text"], one["name"], one["mine"]) for one in lines) == [("", "cell.png", True), ("电池很热", "", True)]
    file = client.get(f"/api/attachments/{laid.json()['id']}", headers=who[LABORATORY])
    assert (file.content, file.headers["content-type"]) == (PICTURE, "image/png")
    assert "attachment" in file.headers["content-disposition"]
    assert client.get("/api/remarks", params={"about": SUBJECT}, headers=who[CERTIFIER]).json() == []
    assert client.get(f"/api/attachments/{laid.json()['id']}", headers=who[CERTIFIER]).status_code == 404
    assert client.request("DELETE", f"/api/remarks/{laid.json()['id']}", headers=who[CERTIFIER]).status_code == 404
    for one in (kept, laid):
        assert client.request("DELETE", f"/api/remarks/{one.json()['id']}", headers=who[LABORATORY]).status_code == 204
    assert client.get("/api/remarks", params={"about": SUBJECT}, headers=who[LABORATORY]).json() == []


def test_what_one_may_not_see_one_cannot_remark_on(told):
    client, who, record = told
    assert client.post("/api/remarks", json={"about": record, "text": "x"}, headers=who[LABORATORY]).status_code == 201
    refused = client.post("/api/remarks", json={"about": record, "text": "x"}, headers=who[CERTIFIER])
    never = client.post("/api/remarks", json={"about": "0" * 64, "text": "x"}, headers=who[CERTIFIER])
    assert (refused.status_code, never.status_code) == (404, 404)
    assert refused.json()["detail"].replace(record, "") == never.json()["detail"].replace("0" * 64, "")


@pytest.mark.parametrize("content", ["no base64!", base64.b64encode(b"MZ\x90\x00 a program").decode()])
def test_a_file_that_is_not_what_it_says_is_refused(told, content):
    client, who, _ = told
    asked = {"about": SUBJECT, "name": "cell.png", "content": content}
    refused = client.post("/api/attachments", json=asked, headers=who[LABORATORY])
    assert refused.status_code in (400, 409)
    assert client.get("/api/remarks", params={"about": SUBJECT}, headers=who[LABORATORY]).json() == []
