"""The example station has work: something waits, something is late, something stands still, something was answered; all replay."""

import pytest

from openqi.app.checking import Checker
from openqi.app.station.demo import demo_station
from openqi.app.station.station import Station
from openqi.app.workspace.build import PRIVATE
from openqi.evidence import keyfile
from openqi.records.tasks import TaskAnswered, TaskAsked
from web_stage import PASSPHRASE, copied

MAKER, LABORATORY, CERTIFIER = "https://maker.example", "https://laboratory.example", "https://certifier.example"


@pytest.fixture
def station(tmp_path, monkeypatch):
    monkeypatch.setitem(keyfile._COST, "n", 16)
    monkeypatch.delenv("OPENQI_PASSPHRASE", raising=False)
    folder = copied(tmp_path)
    (folder / PRIVATE / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    with Station(demo_station(folder, "http://127.0.0.1:8000")) as opened:
        yield opened


def test_the_example_has_work_of_every_sort_and_all_of_it_replays(station):
    counts = station.inbox.counts(LABORATORY)
    assert (counts.waits, counts.late) == (2, 1)
    assert len(station.inbox.page(LABORATORY, "asked-paused").tasks) == 1
    (done,) = station.inbox.page(CERTIFIER, "closed").tasks
    assert (done.outcome, done.asker) == ("done", MAKER)
    assert station.inbox.waiting(MAKER) == 2
    assert station.inbox.waiting("https://bank.example") == 0
    records = [one for one in station.ledger.store.scan() if one.record.kind in (TaskAsked.KIND, TaskAnswered.KIND)]
    assert len(records) == 7
    checker = Checker(store=station.ledger.store)
    assert {checker.check(one) for one in records} == {("replayed", "")}
    assert not any(one.record.public for one in records)
