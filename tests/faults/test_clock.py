"""A clock that is set back: nobody's ended session comes back, nobody is locked out for longer, the log goes on in its order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.examine import log_report
from openqi.app.operation.health import Health
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.records import as_json
from stage import RESULT, changed
from station_world import LABORATORY, PASSWORD, World, world

REPORT = act_of("conformity.result-reported/1")


@pytest.fixture
def own(tmp_path: Path) -> World:
    made = world(tmp_path / "station")
    made.station.ledger._clock = made.clock  # a ledger has the machine's own clock; these stories set it
    yield made
    made.station.close()


def test_a_session_that_ended_stays_ended_when_the_clock_is_set_back(own):
    sessions = own.station.people.sessions
    secret = sessions.sign_in("laboratory", PASSWORD, "1")
    own.clock.pass_(minutes=own.station.settings.limits.session_minutes + 1)
    assert sessions.visitor(secret) is None
    own.clock.pass_(minutes=-own.station.settings.limits.session_minutes)
    assert sessions.visitor(secret) is None


def test_a_session_of_a_clock_that_ran_ahead_is_not_believed_and_some_seconds_between_two_machines_are(own):
    sessions = own.station.people.sessions
    secret = sessions.sign_in("laboratory", PASSWORD, "1")
    own.clock.pass_(seconds=-30)
    seen = sessions.visitor(secret)
    assert seen is not None
    assert seen.fresh
    own.clock.pass_(days=-1)
    assert sessions.visitor(secret) is None, "nobody knows how old it is"
    assert sessions.visitor(sessions.sign_in("laboratory", PASSWORD, "1")) is not None, "who signs in again goes on"


def test_failures_of_a_clock_that_ran_ahead_lock_nobody_out_until_it_is_there_again(own):
    sessions, most = own.station.people.sessions, own.station.settings.limits.sign_ins_per_hour
    own.clock.pass_(days=30)
    for _ in range(most):
        with pytest.raises(RefusedError):
            sessions.sign_in("laboratory", "wrong words here", "10.0.0.1")
    own.clock.pass_(days=-30)
    assert sessions.sign_in("laboratory", PASSWORD, "10.0.0.1")


def test_people_of_one_office_who_sign_in_do_not_use_up_what_may_fail_there(own):
    sessions, most = own.station.people.sessions, own.station.settings.limits.sign_ins_per_hour
    for _ in range(most + 2):
        assert sessions.sign_in("laboratory", PASSWORD, "10.0.0.1")
    for _ in range(most):
        with pytest.raises(RefusedError, match="wrong"):
            sessions.sign_in("nobody", "wrong words here", "10.0.0.1")
    with pytest.raises(RefusedError, match="too often"):
        sessions.sign_in("laboratory", PASSWORD, "10.0.0.1")


def test_what_is_sealed_with_a_clock_that_was_set_back_keeps_its_place_and_the_operator_is_told(own):
    station = own.station
    own.clock.at = datetime(2126, 11, 30, 12, tzinfo=UTC)  # long after the founding, which had the clock of the machine
    health = Health(station.ledger.store, station.desk, station.ledger_path, station.settings.operation, own.clock)
    first = station.writing.writing.seal(
        REPORT, as_json(RESULT), own.visitor(LABORATORY), audience_of(REPORT, "public"), token="token-of-the-first-0"
    )
    assert health.counts()["clock_behind_seconds"] == 0
    own.clock.pass_(hours=-3)
    other = as_json(changed(RESULT, item="https://maker.example/cell/99"))
    second = station.writing.writing.seal(
        REPORT, other, own.visitor(LABORATORY), audience_of(REPORT, "public"), token="token-of-the-second-0"
    )
    places = [station.ledger.logged(one.records[0].id).index for one in (first, second)]
    assert places == sorted(places), "the order in the log is that of coming in, whatever the clock says"
    assert second.records[0].valid_from == format_instant(own.clock())
    assert health.counts()["clock_behind_seconds"] == 3 * 3600
    station.ledger.store.publish()
    assert log_report(station.folder / "ledger").findings == ()
