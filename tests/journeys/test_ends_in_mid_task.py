"""A role, a delegation or a membership that ends while somebody writes: refused with words, nothing lost, others go on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from acts_web import form_of
from asgi_client import Client
from openqi.app.ledger import Signer
from openqi.app.people.members import Newcomer
from openqi.app.station.station import Station
from openqi.evidence.canonical import base64url
from openqi.interfaces.web.server import station_application
from openqi.pillars.governance.tasks import AskTask
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.records.governance import Delegated, PartyRegistered, RoleEnded, RoleGranted
from openqi.store.desk.people import KEYS
from station_world import LABORATORY, PASSPHRASE, PASSWORD, URL, csrf_of, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
REPORT, BRANCH = "conformity.result-reported.1", "https://branch.example"
ROLE_GONE = "does not hold the role now"
TYPED = {
    "item": "https://maker.example/item/1", "quantity": "length", "value": "10.02", "unit": "mm", "expandedUncertainty": "0.01",
    "coverageFactor": "2", "method": "ISO 3611", "measuredAt": "2026-11-20T08:00", "_zone": "Z", "_audience": "public",
}  # fmt: skip
ARGUMENTS = {name: text for name, text in TYPED.items() if not name.startswith("_")} | {"measuredAt": "2026-11-20T08:00:00Z"}


@dataclass
class Stage:
    """A station that serves, the operator's hand on the same ledger, and what was granted to whom."""

    app: Client
    station: Station
    keys: dict[str, Signer]
    tokens: dict[str, str]
    delegation: str

    def browser(self, login: str) -> Client:
        """Somebody signs in; whoever was there before is gone."""
        self.app._client.cookies.clear()
        self.app.post("/sign-in", data={"login": login, "password": PASSWORD, "next": ""})
        return self.app

    def bearer(self, login: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[login]}"}


def _join(station: Station, party: str, login: str, *, manages: bool) -> None:
    secret = station.people.members.invite(party, manages=manages, by="test")
    station.people.members.accept(secret, Newcomer(login=login, name=login.title(), password=PASSWORD, language="en"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("ends") / "station"
    made = world(folder)
    station = made.station
    station.ledger.state(PartyRegistered(party=BRANCH, name=Names(en="Branch")), station.operator)
    for party, login in ((BRANCH, "branch"), (LABORATORY, "lena"), (LABORATORY, "leo"), (LABORATORY, "home")):
        _join(station, party, login, manages=False)
    keys, tokens = {}, {}
    for login in ("laboratory", "certifier", "branch", "lena", "leo", "home"):
        visitor = station.people.visitor(station.people.sessions.sign_in(login, PASSWORD, "127.0.0.1"))
        assert visitor is not None
        keys[login] = station.people.custody.signer(visitor)
        tokens[login] = station.people.members.new_token(visitor, "robot", 300)
    home = station.people.visitor(station.people.sessions.sign_in("home", PASSWORD, "127.0.0.1"))
    with station.desk.writing() as connection:  # this person keeps the key in a file of their own
        connection.execute(delete(KEYS).where(KEYS.c.membership == home.hat.membership))
    delegated = Delegated(
        party=LABORATORY,
        to=BRANCH,
        role="testing-laboratory",
        valid_from="2026-01-01T00:00:00Z",
        valid_until="2030-01-01T00:00:00Z",
    )
    delegation = station.ledger.state(delegated, keys["laboratory"])
    station.close()
    with Client(station_application(folder), base_url=URL, headers=FORM) as app, Station(folder, passphrase=PASSPHRASE) as own:
        yield Stage(app, own, keys, tokens, delegation.id)


def opened(client: Client, item: str) -> dict[str, str]:
    """A form that was filled in and kept as a draft."""
    form = form_of(client.get(f"/do/{REPORT}").text) | TYPED | {"item": item}
    return form_of(client.post(f"/do/{REPORT}", data=form | {"_step": "save"}).text)


def sealing(client: Client, form: dict[str, str]):
    return client.post(f"/do/{REPORT}", data=form | {"_step": "seal"})


def ticket_of(stage: Stage, item: str) -> dict:
    answer = stage.app.post(
        f"/api/acts/{REPORT}/prepare", json={"arguments": ARGUMENTS | {"item": item}}, headers=stage.bearer("home")
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def signed(stage: Stage, ticket: dict):
    signatures = [base64url(stage.keys["home"].key.sign(one.encode())) for one in ticket["documents"]]
    sent = {"ticket": ticket["ticket"], "signatures": signatures}
    return stage.app.post(f"/api/acts/{REPORT}/submit", json=sent, headers=stage.bearer("home"))


def sealed_rest(stage: Stage, login: str, item: str, token: str):
    body = {"arguments": ARGUMENTS | {"item": item}}
    headers = stage.bearer(login) | {"idempotency-key": f"an-idempotency-key-{token}"}
    return stage.app.post(f"/api/acts/{REPORT}", json=body, headers=headers)


def test_a_role_that_ends_refuses_form_program_and_ticket_and_when_it_is_back_the_same_form_is_sealed(stage):
    browser = stage.browser("laboratory")
    form, ticket = opened(browser, "https://maker.example/item/1"), ticket_of(stage, "https://maker.example/item/2")
    ended = RoleEnded(party=LABORATORY, role="testing-laboratory", ended_at="2026-11-20T00:00:00Z", reason="audit")
    stage.station.ledger.state(ended, stage.station.operator)

    page = sealing(browser, form)
    assert page.status_code == 409
    assert ROLE_GONE in page.text
    assert 'value="10.02"' in page.text, "all that was typed is still in the form"
    program = sealed_rest(stage, "laboratory", "https://maker.example/item/3", "1")
    assert (program.status_code, program.json()["rule"]) == (403, "role-held")
    assert program.json()["zh"] != program.json()["en"] != ""
    from_home = signed(stage, ticket)
    assert (from_home.status_code, from_home.json()["rule"]) == (403, "role-held")
    kept = stage.app.get("/api/drafts", headers=stage.bearer("laboratory")).json()
    assert [one["arguments"]["item"] for one in kept] == ["https://maker.example/item/1"]
    assert kept[0]["told"], "the draft says why it was refused"

    granted = RoleGranted(party=LABORATORY, role="testing-laboratory", valid_from="2026-11-25T00:00:00Z")
    stage.station.ledger.state(granted, stage.station.operator)
    assert "/sealed/" in sealing(browser, form_of(page.text)).url.path
    assert signed(stage, ticket).status_code in (201, 200, 409)  # decided anew: the noted view may have moved
    assert stage.app.get("/api/drafts", headers=stage.bearer("laboratory")).json() == []


def test_a_delegation_that_is_withdrawn_ends_what_rested_on_it(stage):
    browser = stage.browser("branch")
    form = opened(browser, "https://maker.example/item/4")
    stage.station.ledger.perform(Withdraw(record=stage.delegation, reason="over"), stage.keys["laboratory"])
    page = sealing(browser, form)
    assert page.status_code == 409
    assert 'value="10.02"' in page.text
    program = sealed_rest(stage, "branch", "https://maker.example/item/5", "2")
    assert (program.status_code, program.json()["rule"]) == (403, "role-held")
    assert len(stage.app.get("/api/drafts", headers=stage.bearer("branch")).json()) == 1


def test_who_leaves_seals_nothing_and_their_draft_goes_to_who_manages_and_the_task_to_their_colleagues(stage):
    asked = AskTask(
        party=LABORATORY, subject="https://maker.example/item/6", asks=Names(en="measure it"), due="2030-01-01T00:00:00Z"
    )
    (task,) = stage.station.ledger.perform(asked, stage.keys["certifier"])
    browser = stage.browser("lena")
    form = opened(browser, "https://maker.example/item/6")
    draft = stage.app.get("/api/drafts", headers=stage.bearer("lena")).json()[0]["id"]
    assert f"/do/{REPORT}" not in _left(stage, "laboratory"), "nobody reads the draft of somebody who is still there"

    _end_membership(stage, "Lena")
    browser = stage.browser("lena")
    page = sealing(browser, form | {"csrf": csrf_of(browser.get("/account").text)})
    assert page.status_code in (400, 403, 409), page.status_code
    assert "choose for which organisation you act" in page.text
    program = sealed_rest(stage, "lena", "https://maker.example/item/6", "3")
    assert program.status_code == 401

    assert draft not in _left(stage, "leo"), "only who manages the organisation takes over"
    assert stage.app.post(f"/api/drafts/{draft}/take", headers=stage.bearer("leo")).status_code == 404
    assert stage.app.post(f"/api/drafts/{draft}/take", headers=stage.bearer("certifier")).status_code == 404
    browser = stage.browser("laboratory")
    listed = browser.get("/drafts").text
    assert "https://maker.example/item/6" in listed
    taken = browser.post(f"/drafts/{draft}/take", data={"csrf": csrf_of(listed)})
    assert "/sealed/" in sealing(browser, form_of(taken.text)).url.path
    assert stage.app.post(f"/api/drafts/{draft}/take", headers=stage.bearer("laboratory")).status_code == 404
    assert task.id in stage.browser("leo").get("/inbox").text, "the task waits for those who are still there"


def _left(stage: Stage, login: str) -> str:
    return stage.app.get("/api/drafts?left=true", headers=stage.bearer(login)).text


def _end_membership(stage: Stage, name: str) -> None:
    browser = stage.browser("laboratory")
    page = browser.get("/organisation").text
    row = page[page.index(f">{name}<") if f">{name}<" in page else page.index(name) :]
    membership = re.search(r'name="membership" value="([^"]+)"', row)
    assert membership is not None
    answer = browser.post("/organisation", data={"what": "end", "membership": membership[1], "csrf": csrf_of(page)})
    assert answer.status_code == 200, answer.text


def test_the_page_of_drafts_tells_of_those_left_behind_in_both_languages(stage):
    opened(stage.browser("leo"), "https://maker.example/item/7")
    _end_membership(stage, "Leo")
    browser = stage.browser("laboratory")
    assert "离任人员留下的草稿" in browser.get("/drafts?lang=zh").text
    assert "Drafts of people who have left" in browser.get("/drafts?lang=en").text
