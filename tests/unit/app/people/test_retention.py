"""What is old is erased and nothing else; the thread beside the requests survives a fault, and tells nothing that people typed."""

import io
import json
import logging
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from openqi.app.operation.journal import LOGGER, Journal, journal_to
from openqi.app.people.members import Newcomer
from openqi.app.settings import Retention, check_settings
from openqi.app.work.telling.beside import Beside
from openqi.kernel.errors import FormatError, StoreError
from openqi.store.desk.notices import MAILS
from openqi.store.desk.people import ATTEMPTS, EVENTS, INVITATIONS, SESSIONS, TOKENS
from people_stage import refused
from station_world import LABORATORY, PASSWORD, World, world


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request, tmp_path) -> World:
    desk = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    made = world(tmp_path / "station", desk=desk)
    yield made
    made.station.close()


def counts(made: World) -> dict[str, int]:
    with made.station.desk.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (SESSIONS, ATTEMPTS, INVITATIONS, TOKENS, EVENTS, MAILS)
        }


def test_each_thing_goes_when_its_time_is_over_and_not_before(own):
    station, people, kept = own.station, own.station.people, own.station.settings.retention
    station.retention.sweep()
    before = counts(own)
    assert before["people_invitations"] == 2  # used by those who are there
    visitor = own.visitor(LABORATORY)
    people.members.new_token(visitor, "robot", 3)
    people.members.invite(LABORATORY, manages=False, by="x")
    refused("sign-in", lambda: people.sessions.sign_in("laboratory", "wrong words here", "1"))
    with station.desk.writing() as connection:
        letter = {"account": visitor.account, "address": "a@b.example", "subject": "s", "text": "t", "tries": 1, "told": ""}
        at = {"due_at": "2026-11-27T08:00:00Z", "made_at": "2026-11-27T08:00:00Z"}
        for name, state in (("1", "sent"), ("2", "given up"), ("3", "waiting")):
            connection.execute(MAILS.insert().values(**letter, **at, id=name, state=state))
    full = counts(own)
    assert station.retention.sweep() == 0
    assert counts(own) == full
    own.clock.pass_(minutes=station.settings.limits.session_minutes)
    assert station.retention.sweep() > 0
    assert counts(own)["people_sessions"] == 0
    own.clock.pass_(hours=1)
    station.retention.sweep()
    assert counts(own)["people_attempts"] == 0
    own.clock.pass_(days=3)
    station.retention.sweep()
    assert counts(own)["people_tokens"] == 0
    assert counts(own)["people_invitations"] == 3
    own.clock.pass_(days=kept.letter_days)
    station.retention.sweep()
    assert counts(own)["notice_mails"] == 1  # the one that waits
    own.clock.pass_(days=14)
    station.retention.sweep()
    assert counts(own)["people_invitations"] == 0
    assert counts(own)["people_events"] == full["people_events"]
    own.clock.pass_(days=kept.event_days)
    station.retention.sweep()
    assert counts(own)["people_events"] == 0


def test_a_session_that_lives_outlives_a_sweep_and_a_beat_sweeps_once_an_hour(own):
    people, retention = own.station.people, own.station.retention
    secret = people.sessions.sign_in("laboratory", PASSWORD, "1")
    retention.beat()
    assert people.visitor(secret) is not None
    people.members.accept(
        people.members.invite(LABORATORY, manages=False, by="x"), Newcomer(login="anna", name="Anna", password=PASSWORD)
    )
    own.clock.pass_(minutes=59)
    assert retention.beat() == 0
    assert counts(own)["people_sessions"] > 0
    own.clock.pass_(minutes=1)
    assert retention.beat() > 0
    assert counts(own)["people_sessions"] == 0


def test_a_retention_that_is_no_time_is_refused(own, tmp_path):
    from msgspec.structs import replace

    settings = replace(own.station.settings, retention=Retention(event_days=0))
    with pytest.raises(FormatError, match=r"retention\.event_days"):
        check_settings(settings, tmp_path / "station.toml")


def test_a_fault_in_one_step_is_told_once_waits_longer_each_time_and_keeps_no_other_from_going_on():
    told, went, now = [], [], [0.0]

    def breaks() -> None:
        raise ValueError("words of somebody")

    def unreachable() -> None:
        raise StoreError("later")

    beside = Beside(
        (breaks, unreachable, lambda: went.append(1)), lambda step, error: told.append((step, error)), clock=lambda: now[0]
    )
    tries = []
    for _ in range(200):
        before = len(told)
        beside.once()
        if len(told) > before:
            tries.append(now[0])
        now[0] += 2.0
    assert len(went) == 200
    assert {step for step, _ in told} == {breaks.__qualname__}
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert 4 <= len(tries) <= 8
    assert max(pauses) <= 302


def test_the_thread_goes_on_after_a_fault_and_the_journal_has_its_class_and_place_and_none_of_its_words():
    from threading import Event

    written, went, failed = io.StringIO(), Event(), []

    def breaks() -> None:
        if not failed:
            failed.append(1)
            raise ZeroDivisionError("secret words of somebody")
        went.set()

    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = logging.getLogger(LOGGER).level
    try:
        from openqi.app.folder import now

        journal_to(written, now)
        beside = Beside((breaks,), Journal(b"salt").step_failed, pause=0.01)
        beside.start()
        assert went.wait(10)
        beside.stop()
    finally:
        root.handlers[:] = before
        logging.getLogger(LOGGER).setLevel(level)
    (line,) = [json.loads(one) for one in written.getvalue().splitlines()]
    assert line["step"].endswith("breaks")
    assert line["error"]["class"] == "ZeroDivisionError"
    assert "secret words" not in written.getvalue()


def test_while_there_is_more_to_do_it_rests_only_as_long_as_it_worked():
    from threading import Event

    left, waits, now = [3, 2, 1, 0, 0], [], [0.0]

    class Ends(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return len(waits) > 5

    def step() -> int:
        now[0] += 0.5
        return left.pop(0)

    beside = Beside((step,), pause=2.0, clock=lambda: now[0])
    beside._end = Ends()
    beside._run()
    assert waits == [2.0, 0.5, 0.5, 0.5, 2.0, 2.0]
