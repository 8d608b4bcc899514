"""The inbox and the page of a task, for people, programs and the command line, on a station with real people."""

import csv
import io
import json
import re
import uuid
from datetime import timedelta

import pytest

from acts_web import StationWeb, form_of
from asgi_client import Client
from openqi.app.published import calendar_at_hand
from openqi.app.station.station import Station
from openqi.evidence import keyfile
from openqi.interfaces.web.server import station_application
from openqi.interfaces.web.station.work import deadline, number
from openqi.kernel.errors import StoreError
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.tasks import AskTask
from openqi.records import Names, of_json
from openqi.records.tasks import CalendarPublished, LimitPublished
from station_world import CERTIFIER, LABORATORY, OPERATOR, PASSWORD, URL, csrf_of, world
from unit.interfaces.cli_world import answer, openqi

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}
ITEM, CALENDAR = "https://maker.example/cell/7", f"{OPERATOR}/calendar/cn"
RESULT = {
    "item": ITEM, "quantity": "capacity", "value": "2035.0", "unit": "mA.h", "expandedUncertainty": "8.0", "coverageFactor": "2",
    "method": "IEC 61960-3", "measuredAt": "2026-11-01T06:00:00Z",
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A station at which the operator asked the laboratory for three things, one of them late; the folder and the ids."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield made_station(tmp_path_factory)


def made_station(tmp_path_factory):
    made = world(tmp_path_factory.mktemp("work") / "station")
    ledger, operator = made.station.ledger, made.station.operator
    now = made.station.ledger._clock()
    for name in ("cn-2025", "cn-2026"):
        ledger.state(calendar_at_hand(name, CALENDAR), operator)
    told = {
        "limit": f"{OPERATOR}/limit/test", "name": Names(en="Five days", zh="五日"), "source": Names(en="agreed"),
        "ground": "agreed", "count": 5, "unit": "calendar-days", "ends": "as-counted", "calendar": CALENDAR, "pausing": "either",
        "valid_from": "2025-01-01T00:00:00Z",
    }  # fmt: skip
    limit = ledger.state(LimitPublished(**told), operator)
    act = "conformity.result-reported/1"
    tasks = [
        AskTask(party=LABORATORY, subject=ITEM, asks=Names(en="Test this cell", zh="请检验"), act=act, limit=limit.id,
                counted_from=format_instant(now - timedelta(days=30))),
        AskTask(party=LABORATORY, subject=ITEM, asks=Names(en="=Formula()"), due=format_instant(now + timedelta(days=3))),
        AskTask(party=LABORATORY, subject=ITEM, asks=Names(en="Secret"), due=format_instant(now + timedelta(days=30)),
                visible_to=(LABORATORY,)),
    ]  # fmt: skip
    ids = [ledger.perform(one, operator)[0].id for one in tasks]
    made.station.close()
    return made.station.folder, ids


@pytest.fixture
def client(asked):
    with Client(station_application(asked[0]), base_url=URL, headers=FORM) as asking:
        yield asking


def sign_in(client, login):
    return client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": ""})


def test_the_inbox_shows_what_waits_with_what_is_late_first_and_every_page_a_count(client, asked):
    home = sign_in(client, "laboratory")
    assert "Test this cell" in home.text
    page = client.get("/inbox").text
    assert page.index("Test this cell") < page.index("=Formula()") < page.index("Secret")
    assert "late by" in page
    assert '<span class="count">3<span' in client.get("/do").text
    late = client.get("/inbox?view=late").text
    assert ("Test this cell" in late, "Secret" in late) == (True, False)
    assert "待我办理" in client.get("/inbox?lang=zh").text


def test_another_organisation_sees_neither_the_tasks_nor_that_there_are_any(client, asked):
    page = sign_in(client, "certifier")
    assert 'class="count"' not in page.text
    assert "Nothing here" in client.get("/inbox").text
    assert client.get(f"/tasks/{asked[1][2]}").status_code == 404
    assert "Secret" not in client.get("/inbox?view=asked").text


def test_the_page_of_a_task_leads_into_the_form_of_what_is_asked(client, asked):
    sign_in(client, "laboratory")
    page = client.get(f"/tasks/{asked[1][0]}").text
    assert 'href="/do/conformity.result-reported.1?item=https%3A%2F%2Fmaker.example%2Fcell%2F7"' in page
    assert f'href="/do/governance.pause-clock.1?task={asked[1][0]}"' not in page  # too late for that
    assert f'href="/do/governance.pause-clock.1?task={asked[1][1]}"' not in client.get(f"/tasks/{asked[1][1]}").text
    form = client.get("/do/conformity.result-reported.1?item=https%3A%2F%2Fmaker.example%2Fcell%2F7").text
    assert f'value="{ITEM}"' in form
    assert '<svg class="clock"' in page
    assert "style=" not in page.partition("<main")[2]


def test_a_page_comes_out_where_nobody_can_count_what_waits(tmp_path):
    web = StationWeb(tmp_path)

    def broken(party):
        raise StoreError("the disk is gone")

    web.frame.waiting = broken
    with web.client(web.world.visitor(web.world.stage.laboratory)) as client:
        assert client.get("/do").status_code == 200


@pytest.mark.parametrize("where", ["/inbox?view=none", "/tasks/" + "0" * 64, "/tasks/none"])
def test_what_is_not_there_is_told(client, where):
    sign_in(client, "laboratory")
    assert client.get(where).status_code == 404


@pytest.mark.parametrize("after", ["x", "WzEyXQ", "bnVsbA", "WyJhIl0"])
def test_a_cursor_that_was_not_made_here_is_refused(client, after):
    sign_in(client, "laboratory")
    assert client.get(f"/inbox?after={after}").status_code in (400, 422)


def test_the_inbox_is_taken_away_as_a_table_that_is_no_formula(client):
    sign_in(client, "laboratory")
    table = client.get("/export/inbox.csv?view=waits")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [row["What is asked"] for row in rows] == ["Test this cell", "'=Formula()", "Secret"]
    assert [row["Late"] for row in rows] == ["late", "", ""]
    assert "attachment" in table.headers["content-disposition"]


def test_an_instant_at_midnight_is_the_end_of_the_day_before():
    assert deadline("2026-11-27T16:00:00Z") == "2026-11-27 24:00"
    assert deadline("2026-11-27T16:00:01Z") == "2026-11-28 00:00"
    assert (number(99), number(100)) == ("99", "99+")


def token_of(client, login):
    sign_in(client, login)
    page = client.get("/account").text
    made = client.post("/account", data={"csrf": csrf_of(page), "what": "token", "token-name": "program", "days": "3"})
    found = re.search(r"oqi_[A-Za-z0-9_-]+", made.text)
    assert found is not None, made.text[:3000]
    return {"authorization": f"Bearer {found[0]}"}


def test_a_program_reads_the_inbox_page_by_page_and_answers_what_was_asked(client, asked):
    header = token_of(client, "laboratory")
    first = client.get("/api/inbox?limit=2", headers=header).json()
    assert ([one["late"] for one in first["tasks"]], first["counts"]["waits"]) == ([True, False], 3)
    second = client.get(f"/api/inbox?limit=2&after={first['next']}", headers=header).json()
    assert (len(second["tasks"]), second["next"]) == (1, None)
    assert client.get("/api/inbox?after=x", headers=header).status_code == 400
    assert client.get(f"/api/tasks/{'0' * 64}", headers=header).status_code == 404
    assert client.get("/api/inbox").status_code == 401


def test_the_command_line_lists_an_inbox_and_prints_a_calendar(asked):
    told = answer("station", "inbox", asked[0], LABORATORY, "--view", "late", OPENQI_PASSPHRASE=None)
    assert [one["task"] for one in told["tasks"]] == asked[1][:1]
    assert openqi("station", "inbox", asked[0], CERTIFIER, "--view", "never", OPENQI_PASSPHRASE=None).status != 0
    printed = openqi("station", "calendar", "cn-2026", "--uri", CALENDAR)
    assert of_json(json.loads(printed.out), CalendarPublished) == calendar_at_hand("cn-2026", CALENDAR)
    assert answer("station", "calendar", "cn-2026", "--uri", CALENDAR) == json.loads(printed.out)
    assert openqi("station", "calendar", "cn-1999", "--uri", CALENDAR).status != 0


def test_an_answer_through_a_form_is_seen_by_who_asked_and_by_nobody_else(client, asked):
    """Asked, done, answered: the way that people go, without a script."""
    sign_in(client, "laboratory")
    task = asked[1][2]
    form = client.get(f"/do/governance.answer-task.1?task={task}&outcome=done").text
    assert f'value="{task}"' in form
    token = str(uuid.uuid4())
    fields = {"csrf": csrf_of(form), "token": token, "task": task, "outcome": "done", "reason.en": "told", "_step": "seal"}
    sealed = client.post("/do/governance.answer-task.1", data=fields)
    assert sealed.status_code == 200, sealed.text[-2000:]
    assert "/sealed/" in str(sealed.url)
    assert "told" in client.get(f"/tasks/{task}").text
    client.post("/sign-out", data={"csrf": csrf_of(client.get("/home").text)})
    sign_in(client, "olga")
    assert "told" in client.get(f"/tasks/{task}").text
    assert "Secret" in client.get("/inbox?view=asked-closed").text


def test_after_what_was_asked_is_done_the_task_that_it_answers_is_shown_and_answered(client, asked):
    sign_in(client, "laboratory")
    task = asked[1][0]
    form = client.get(f"/do/conformity.result-reported.1?item={ITEM}").text
    fields = {name: value for name, value in RESULT.items() if name != "measuredAt"} | {"measuredAt": "2026-11-01T06:00"}
    done = client.post(
        "/do/conformity.result-reported.1", data={"csrf": csrf_of(form), "token": str(uuid.uuid4()), "_step": "seal", **fields}
    )
    assert "Tasks that this may answer" in done.text, done.text[-3000:]
    assert f"/tasks/{task}" in done.text
    page = client.get(f"/tasks/{task}").text
    link = re.search(r'href="(/do/governance\.answer-task\.1\?[^"]*record=[0-9a-f]{64})"', page)[1].replace("&amp;", "&")
    answer = client.get(link).text
    filled = form_of(answer) | {"csrf": csrf_of(answer), "_step": "seal"}
    sealed = client.post("/do/governance.answer-task.1", data=filled)
    assert "/sealed/" in str(sealed.url), sealed.text[-3000:]
    assert task not in client.get("/inbox?view=late").text
    assert task in client.get("/inbox?view=closed").text
    story = client.get(f"/tasks/{task}").text
    assert (story.count("What to do next"), "late</span>" in story) == (0, True)


def test_the_operator_publishes_a_year_by_a_form_that_is_filled_in_already(client, asked):
    sign_in(client, "olga")
    first = client.get("/do/governance.calendar-published.1").text
    assert 'href="/do/governance.calendar-published.1?like=cn-2024"' in first
    form = client.get("/do/governance.calendar-published.1?like=cn-2024").text
    filled = form_of(form) | {"csrf": csrf_of(form), "_step": "seal", "_audience": "public"}
    sealed = client.post("/do/governance.calendar-published.1", data=filled)
    assert "/sealed/" in str(sealed.url), sealed.text[-3000:]
    name = re.search(r'href="/record/([0-9a-f]{64})', sealed.text)[1]
    with Station(asked[0]) as opened:
        record = opened.ledger.logged(name).record
    assert of_json(record.body, CalendarPublished) == calendar_at_hand("cn-2024", CALENDAR)


def test_asking_offers_the_limits_by_name_and_the_acts_by_label(client, asked):
    sign_in(client, "certifier")
    form = client.get("/do/governance.ask-task.1").text
    assert "Five days" in form
    assert '<option value="conformity.result-reported/1">Report a result</option>' in form
    task = {
        "party": "https://nobody.example", "subject": ITEM, "asks.en": "x", "due": "2099-01-01T00:00", "csrf": csrf_of(form),
        "token": str(uuid.uuid4()), "_step": "seal",
    }  # fmt: skip
    assert "is no party of this log" in client.post("/do/governance.ask-task.1", data=task).text
    task |= {"party": LABORATORY, "_audience": "private"}
    assert "has to see it" in client.post("/do/governance.ask-task.1", data=task).text
