"""Two people decide on one subject at the same moment, one by form and one by program, in two processes: one is first.

Both have previewed and seen the same. Whoever is second is told who was first and what is new, and decides again or lets it be.
"""

import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from acts_web import form_of
from openqi.app.examine import log_report
from openqi.app.folder import now
from openqi.app.ledger import Signer
from openqi.app.operation.backup import backup
from openqi.app.operation.restore import Place, restore
from openqi.app.people.members import Newcomer
from openqi.app.settings import read_settings
from openqi.app.station.station import Station, desk_url
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.governance.tasks import AskTask
from openqi.records import Names
from openqi.records.governance import RoleGranted
from served import Served, served, sign_in
from stage import REQUIREMENT, RESULT, changed
from station_world import CERTIFIER, LABORATORY, OPERATOR, PASSWORD, World, world

JUDGE, ANSWER, WITHDRAW = "conformity.judge-result.1", "governance.answer-task.1", "governance.withdraw.1"


class Two:
    """Two processes on one station, and two people of one certification body: one in a browser, one with a program."""

    def __init__(self, folder: Path, first: Served, second: Served, told: dict[str, Any]) -> None:
        self.folder, self.told = folder, told
        self.browser = first.client()
        sign_in(self.browser, "certifier")
        bearer = {"authorization": f"Bearer {told['token']}"}
        self.program = httpx.Client(base_url=second.address, headers=bearer, timeout=60)
        self._turn = 0

    def next(self) -> dict[str, str]:
        """A result and a requirement of their own for each test."""
        self._turn += 1
        return {name: str(ids[self._turn - 1]) for name, ids in self.told["turns"].items()}


def _signer(made: World, party: str) -> Signer:
    return made.station.people.custody.signer(made.visitor(party))


def _stories(made: World) -> dict[str, Any]:
    """What is decided on: results, verdicts, tasks; and the token of a second person."""
    station, people = made.station, made.station.people
    station.ledger.state(RoleGranted(party=OPERATOR, role="standards-body", valid_from="2026-01-01T00:00:00Z"), station.operator)
    requirement = station.ledger.state(REQUIREMENT, station.operator)
    laboratory, certifier = _signer(made, LABORATORY), _signer(made, CERTIFIER)
    turns: dict[str, list[str]] = {"result": [], "task": [], "verdict": []}
    for number in range(4):
        item = f"https://maker.example/cell/{number}"
        result = station.ledger.state(changed(RESULT, item=item), laboratory)
        (verdict,) = station.ledger.perform(JudgeResult(result=result.id, requirement=requirement.id), certifier)
        other = station.ledger.state(changed(RESULT, item=item + "/b"), laboratory)
        asked = AskTask(party=CERTIFIER, subject=item, asks=Names(en="judge it"), due="2030-01-01T00:00:00Z")
        (task,) = station.ledger.perform(asked, laboratory)
        for name, record in (("result", other), ("task", task), ("verdict", verdict)):
            turns[name].append(record.id)
    invited = people.members.invite(CERTIFIER, manages=False, by="test")
    people.members.accept(invited, Newcomer(login="carla", name="Carla", password=PASSWORD, language="en"))
    secret = people.sessions.sign_in("carla", PASSWORD, "127.0.0.1")
    carla = people.visitor(secret)
    assert carla is not None
    return {"token": people.members.new_token(carla, "robot", 300), "turns": turns, "requirement": requirement.id}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    place = tmp_path_factory.mktemp("two")
    made = world(place / "station")
    told = _stories(made)
    made.station.close()
    folder = place / "station"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        backup(folder, place / "kept", desk_url=desk_url(folder, read_settings(folder)), clock=now, passphrase=True)
        moved = Place(folder=place / "moved", postgresql=server.url(), desk=server.url())
        restore(place / "kept", moved)
        folder = moved.folder
    with ExitStack() as stack:
        first, second = (stack.enter_context(served(folder, journal=place / name)) for name in ("one", "two"))
        two = Two(folder, first, second, told)
        stack.callback(two.program.close)
        stack.callback(two.browser.close)
        yield two


def previewed(browser: httpx.Client, slug: str, **arguments: str) -> dict[str, str]:
    """The form of a preview, ready to be sealed."""
    form = form_of(browser.get(f"/do/{slug}", params=arguments).text)
    page = browser.post(f"/do/{slug}", data={**form, **arguments, "_step": "preview"})
    assert page.status_code == 200, page.text
    return form_of(page.text)


def seen(program: httpx.Client, slug: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a program sends after it has previewed."""
    answer = program.post(f"/api/acts/{slug}?preview=true", json={"arguments": arguments})
    assert answer.status_code == 200, answer.text
    assert answer.json()["refusal"] is None, answer.text
    return {"arguments": arguments, "seen": answer.json()["knownAt"]}


def at_once(*asks: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Ask all at the same moment."""
    found: list[httpx.Response | None] = [None] * len(asks)
    barrier = threading.Barrier(len(asks))

    def ask(place: int) -> None:
        barrier.wait()
        found[place] = asks[place]()

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(asks))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return [one for one in found if one is not None]


def race(two: Two, slug: str, browser: dict[str, str], program: dict[str, Any]) -> tuple[httpx.Response, httpx.Response, Any]:
    """Both previewed, both sealing: the page, the answer, and what the program had sent."""
    form, sent = previewed(two.browser, slug, **browser), seen(two.program, slug, program)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    page, answer = at_once(
        lambda: two.browser.post(f"/do/{slug}", data=form | {"_step": "seal"}),
        lambda: two.program.post(f"/api/acts/{slug}", json=sent, headers=key),
    )
    return page, answer, (form, sent, key)


def one_was_first(page: httpx.Response, answer: httpx.Response) -> str:
    """Who was: `browser` or `program`; the other is told so, and who it was."""
    by_browser, by_program = "/sealed/" in page.url.path, answer.status_code == 201
    assert by_browser != by_program, (page.status_code, answer.status_code, answer.text)
    if by_browser:
        assert answer.status_code == 409, answer.text
        (change,) = answer.json()["changes"]
        assert (change["issuer"], answer.json()["en"] != "", answer.json()["zh"] != "") == (CERTIFIER, True, True)
        return "browser"
    assert page.status_code == 409
    assert "Somebody was first" in page.text
    assert re.search(r"/record/[0-9a-f]{64}", page.text), "with a link to what is new"
    return "program"


def test_the_same_decision_is_sealed_for_one_and_the_other_looks_and_may_seal_too(two):
    told = {"result": two.next()["result"], "requirement": two.told["requirement"]}
    page, answer, (_, sent, key) = race(two, JUDGE, told, told)
    first = one_was_first(page, answer)
    if first == "browser":
        again = two.program.post(f"/api/acts/{JUDGE}", json=sent | {"seen": answer.json()["knownAt"]}, headers=key)
        assert again.status_code == 201, again.text
    else:
        again = two.browser.post(f"/do/{JUDGE}", data=form_of(page.text) | {"_step": "seal"})
        assert "/sealed/" in again.url.path, again.text
    assert log_report(two.folder / "ledger").findings == ()


def test_of_two_contrary_answers_to_one_task_one_stands_and_the_other_is_dropped(two):
    turn = two.next()
    done = {"task": turn["task"], "outcome": "done", "record": turn["verdict"]}
    declined = {"task": turn["task"], "outcome": "declined", "reason": {"en": "not ours"}}
    page, answer, (_, sent, key) = race(two, ANSWER, done, declined)
    first = one_was_first(page, answer)
    if first == "browser":  # who looks again is refused: what is closed is closed
        again = two.program.post(f"/api/acts/{ANSWER}", json=sent | {"seen": answer.json()["knownAt"]}, headers=key)
        assert (again.status_code, again.json()["rule"]) == (409, "task-open"), again.text
    else:
        assert 'value="seal"' not in page.text.partition("<main")[2], "nothing to seal: the task is closed"
    assert _outcomes(two, turn["task"]) == ["done" if first == "browser" else "declined"]


def _outcomes(two: Two, task: str) -> list[str]:
    with Station(two.folder) as station:
        answers = [one.record for one in station.ledger.store.scan() if one.record.kind == "governance.task-answered/1"]
    return [str(one.body["outcome"]) for one in answers if one.body["task"] == task]


def test_who_is_second_by_a_wide_margin_is_told_as_well(two):
    """One after the other, the browser last: it had previewed before the program sealed."""
    told = {"result": two.next()["result"], "requirement": two.told["requirement"]}
    form, sent = previewed(two.browser, JUDGE, **told), seen(two.program, JUDGE, told)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert two.program.post(f"/api/acts/{JUDGE}", json=sent, headers=key).status_code == 201
    page = two.browser.post(f"/do/{JUDGE}", data=form | {"_step": "seal"})
    assert page.status_code == 409
    assert "Somebody was first" in page.text
    zh = two.browser.post(f"/do/{JUDGE}?lang=zh", data=form | {"_step": "seal"})
    assert "别人先到一步" in zh.text
