"""Kept scans beside what the log knows of their marks: markets of the licence, states, whose marks they are."""

from pathlib import Path

import pytest

from licence_stage import Licences, mark
from openqi.app.marks import MarkReader
from openqi.app.scans.kept import COARSE, kept_scans, markets_known
from openqi.app.scans.scoring import scored
from openqi.app.scans.told import Asked, Usual
from openqi.formats.digital_link import mark_hash, mark_name
from openqi.kernel.instant import parse_instant
from openqi.science.signals.places import Place
from openqi.store.marks import MarkIndex
from openqi.store.scan_log import ScanLog, Seen
from openqi.store.scans import ScanCounter
from stage import party

TOWNS = (
    Place(name="北京", latitude=39.90, longitude=116.41, reach=80.0, market="CN"),
    Place(name="香港", latitude=22.30, longitude=114.17, reach=30.0, market="HK"),
)


class Stage(Licences):
    def __init__(self, folder: Path, **licence: object) -> None:
        super().__init__()
        self.licence = self.honest(**{"markets": ("CN",), **licence})
        self.marks = self.issue(self.licence, range(10))
        self.log = ScanLog(folder / "log")
        self.numbers = self.log.places(("北京", "香港", "gone"))
        self.index = MarkIndex(folder / "marks.sqlite", origin=self.store.origin)
        today = self.clock.instant.date  # no licence ends meanwhile
        self.reader = MarkReader(self.store, self.index, ScanCounter(folder / "scans.sqlite"), today=today)

    def scan(self, number: int, town: str, at: str, device: int) -> None:
        seconds = int(parse_instant(at).timestamp()) // 60 * 60
        self.log.write([Seen(seconds, mark_hash(mark(number)), self.numbers[town], device)])

    def kept(self, of: str | None = None):
        self.reader.refresh()
        return kept_scans(self.log, self.reader, self.store, TOWNS, of=of)

    def told(self, of: str | None = None):
        found = self.kept(of)
        assert found.columns is not None
        known = markets_known(found.known, TOWNS)
        return scored(found.columns, TOWNS, usual=Usual(), known=known, asked=Asked(coarse=COARSE))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_scans_outside_of_the_licence_before_use_and_after_the_end_are_told(stage: Stage):
    stage.state(stage.marks, "activated", [1, 2])
    activated = stage.ledger.now()
    stage.clock.wait(days=10)
    stage.state(stage.marks, "destroyed", [2])
    stage.clock.wait(days=10)
    now = stage.ledger.now()
    stage.scan(1, "北京", "2026-05-01T00:00:00Z", 1)  # before it was activated
    stage.scan(1, "北京", now, 2)
    stage.scan(2, "北京", now, 3)  # after it was destroyed
    stage.scan(3, "香港", now, 4)  # outside of the market of the licence
    stage.scan(3, "香港", now, 5)
    found = stage.told()
    assert found.facts == (1, 1, 1)
    told = {one.serial: (one.outside, one.early, one.late) for one in found.told}
    assert told == {mark_name(mark(1)): (0, 1, 0), mark_name(mark(2)): (0, 0, 1), mark_name(mark(3)): (2, 0, 0)}
    known = stage.kept().known
    assert abs(known.begins[mark_name(mark(1))] - parse_instant(activated).timestamp()) <= 10  # the clock of the stage ticks


def test_a_sale_is_no_end(stage: Stage):
    stage.state(stage.marks, "activated")
    stage.state(stage.marks, "sold", [1])
    stage.clock.wait(days=10)
    stage.scan(1, "北京", stage.ledger.now(), 1)
    assert stage.told().facts == (0, 0, 0)


def test_a_market_that_no_place_is_in_says_nothing_about_being_outside(tmp_path: Path):
    stage = Stage(tmp_path, markets=("CN", "US"))
    stage.scan(1, "香港", stage.ledger.now(), 1)
    assert stage.kept().known.markets[mark_name(mark(1))] == {"CN", "US"}
    assert stage.told().facts == (0, 0, 0)


def test_only_marks_of_the_log_and_places_of_the_list_are_looked_at(stage: Stage):
    stage.scan(1, "北京", stage.ledger.now(), 1)
    stage.scan(77, "北京", stage.ledger.now(), 1)  # not issued here
    stage.scan(1, "gone", stage.ledger.now(), 1)
    found = stage.kept()
    assert found.columns is not None and len(found.columns) == 1 and found.left == 1
    assert found.issuers == {mark_name(mark(1)): stage.issuer.party}


def test_a_party_sees_scans_of_the_marks_that_it_issued(stage: Stage):
    stage.scan(1, "北京", stage.ledger.now(), 1)
    assert stage.kept(of=party("other", 99).party).columns is None
    assert stage.kept(of=stage.issuer.party).columns is not None
