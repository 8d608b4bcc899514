"""What pages keep of parties: names, roles and counts hold until a record moves them, and never longer."""

from datetime import timedelta

import pytest

from openqi.app.work.inbox import MOST, Box
from openqi.evidence import keyfile
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.tasks import AnswerTask, AskTask
from openqi.pillars.governance.views import roles_held
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Names
from openqi.records.governance import Delegated, PartyRegistered, RoleEnded, RoleGranted
from people_stage import result
from station_world import CERTIFIER, LABORATORY, world


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield world(tmp_path_factory.mktemp("kept") / "station")


def test_a_name_is_kept_until_the_party_is_registered_anew(made):
    people, ledger, operator = made.station.people, made.station.ledger, made.station.operator
    assert people.named(LABORATORY).en == "Laboratory"
    assert people.names([LABORATORY, "https://nobody.example"]) == (people.named(LABORATORY), Names(en="https://nobody.example"))
    ledger.state(PartyRegistered(party=LABORATORY, name=Names(en="Renamed")), operator)
    assert people.named(LABORATORY).en == "Renamed"
    assert made.visitor(LABORATORY).hat.name.en == "Renamed"


def test_a_steady_reader_sees_the_log_of_its_request_and_a_fresh_one_what_came_since(made):
    reader, ledger, operator = made.station.reader, made.station.ledger, made.station.operator
    size = reader.refresh()
    steady = reader.steady()
    record = ledger.state(PartyRegistered(party="https://late.example", name=Names(en="Late")), operator)
    assert steady.context().size == steady.as_party(LABORATORY).context().size == size
    with pytest.raises(NotFoundError):
        steady.record_page(record.id)
    assert reader.context().size == size + 1
    assert reader.record_page(record.id) == steady.record_page(record.id)


def test_roles_on_a_page_are_those_of_the_ledger_after_every_change_and_at_every_instant(made):
    station, operator = made.station, made.station.operator
    ledger, reader = station.ledger, station.reader

    def day(number: int) -> str:
        return format_instant(parse_instant(ledger.now()) + timedelta(days=number))

    def held(at: str) -> set[str]:
        for party in (LABORATORY, CERTIFIER, operator.party):
            assert roles_held(reader.view(at), party) == roles_held(ledger.view(valid_at=at), party)
        assert set(station.people.roles(LABORATORY)) == roles_held(ledger.view(), LABORATORY)
        return set(roles_held(reader.view(at), LABORATORY))

    first = held(day(0))
    assert first == {"testing-laboratory"}
    ledger.state(RoleGranted(party=LABORATORY, role="calibration-laboratory", valid_from=day(-1)), operator)
    both = first | {"calibration-laboratory"}
    assert (held(day(0)), held(day(-2))) == (both, first)
    role, own = "conformity-assessment-body", station.people.custody.signer(made.visitor(CERTIFIER))
    lent = Delegated(party=CERTIFIER, to=LABORATORY, role=role, valid_from=day(-1), valid_until=day(5))
    delegated = ledger.state(lent, own)
    assert (held(day(0)), held(day(6))) == (both | {role}, both)
    ledger.perform(Withdraw(now=ledger.now(), record=delegated.id, reason="over"), own)
    assert held(day(0)) == both
    ledger.state(RoleEnded(party=LABORATORY, role="calibration-laboratory", ended_at=ledger.now(), reason="over"), operator)
    assert held(day(1)) == first


def test_counts_move_with_every_step_of_a_task_and_with_the_hour(made):
    station, operator = made.station, made.station.operator
    ledger, inbox = station.ledger, station.inbox

    def counts():
        found = inbox.counts(LABORATORY)  # which looks at the log; the frame of a page then counts as of that
        assert inbox.waiting(LABORATORY) == found.waits
        return found

    made.clock.at = parse_instant(ledger.now())
    assert (counts().waits, counts().soon) == (0, 0)
    due = format_instant(made.clock() + timedelta(days=3))
    asked = AskTask(now=ledger.now(), party=LABORATORY, subject="https://maker.example/item/1", asks=Names(en="Look"), due=due)
    (task,) = ledger.perform(asked, operator)
    assert (counts().waits, counts().late, counts().soon) == (1, 0, 1)
    ledger.state(result("1.00"), station.people.custody.signer(made.visitor(LABORATORY)))  # moves nothing
    made.clock.pass_(days=4)
    assert (counts().waits, counts().late, counts().soon) == (1, 1, 0)
    hand = station.people.custody.signer(made.visitor(LABORATORY))
    ledger.perform(AnswerTask(now=ledger.now(), task=task.id, outcome="done", reason=Names(en="Looked")), hand)
    assert (counts().waits, counts().late) == (0, 0)


def box(ahead: list[str], since: str = "05") -> Box:
    return Box(dues=(), since=since, ahead=tuple(ahead), paused=0, asked=0)


@pytest.mark.parametrize(
    ("ahead", "now", "until", "found"),
    [
        ([], "05", "10", 0),
        (["06", "07", "12"], "05", "10", 2),
        (["06", "07", "12"], "07", "10", 1),  # what is due now is not late
        (["06"] * MOST, "05", "10", MOST),
        (["06"] * 10 + ["11"] * (MOST - 10), "06", "10", 10),
        (["06"] * MOST, "07", "10", None),  # those that were read are late by now, and how many follow is not known
        (["06", "07"], "04", "10", None),  # a clock that went back: what was late then was not read
    ],
)
def test_how_many_are_due_soon_is_told_only_where_enough_was_read(ahead, now, until, found):
    assert box(ahead).coming(now, until) == found
