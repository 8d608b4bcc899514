"""Scans put beside what is known of serials: the scans that are told show what is said, and few honest serials are named."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from benchmarks.marks.market import BEGIN, PLACES, Market, scans_in

from openqi.app.scans.answers import scored_json
from openqi.app.scans.scoring import scored
from openqi.app.scans.told import Asked, Known, Scored, Usual
from openqi.formats.scan_files import ScanColumns, read_scans
from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.signals.alarms import p_values
from openqi.science.signals.copies import labels_of, wandering, witnesses
from openqi.science.signals.places import Place, least_seconds
from openqi.science.signals.stories import apart_of, moves_of

TOWNS = (
    Place(name="北京", latitude=39.90, longitude=116.41, reach=80.0, market="CN"),
    Place(name="上海", latitude=31.23, longitude=121.47, reach=80.0, market="CN"),
    Place(name="香港", latitude=22.30, longitude=114.17, reach=30.0, market="HK"),
)
LEAST = 3264  # seconds between 北京 and 上海: docs/marks/copies.md


def columns(rows: Sequence[tuple[str, int, str, str]]) -> ScanColumns:
    text = "serial,at,place,device\n" + "".join(f"{serial},{at},{place},{device}\n" for serial, at, place, device in rows)
    return read_scans(text.encode(), name="s.csv", places=[one.name for one in TOWNS])


def told(rows: Sequence[tuple[str, int, str, str]], *, known: Known = Known(), usual: Usual = Usual(), **asked: float) -> Scored:  # noqa: B008
    return scored(columns(rows), TOWNS, usual=usual, known=known, asked=Asked(**asked))  # type: ignore[arg-type]


def simulated(market: Market, seed: int) -> ScanColumns:
    found = scans_in(market, seed)
    return ScanColumns(
        serial=found.serial, at=found.at, place=found.place, device=found.device,
        serials=[f"S{number}" for number in range(market.serials)], places=[one.name for one in PLACES],
    )  # fmt: skip


def test_two_scans_that_nothing_can_have_been_at_are_told_with_the_labels_they_show():
    found = told([("A", 0, "北京", "x"), ("A", LEAST - 1, "上海", "y"), ("B", 0, "北京", "x"), ("B", LEAST, "上海", "z")])
    assert [(one.serial, one.labels) for one in found.told] == [("A", 2)]
    assert [(scan.at, scan.place) for scan in found.told[0].apart] == [(0, "北京"), (LEAST - 1, "上海")]
    assert found.two_labels == 1


def test_times_of_minutes_make_nothing_impossible_that_was_possible():
    """A minute that begins at t is any second up to t + 59, so that a minute is taken off what the way takes."""
    rows = [("A", 0, "北京", "x"), ("A", LEAST - 30, "上海", "y")]
    assert told(rows).two_labels == 1
    assert told(rows, coarse=60).two_labels == 0
    assert told([("A", 0, "北京", "x"), ("A", LEAST - 61, "上海", "y")], coarse=60).two_labels == 1


def test_the_same_device_in_two_places_counts_for_nothing():
    found = told([("A", 0, "北京", "x"), ("A", 60, "上海", "x"), ("A", 120, "北京", "y")])
    assert (found.left_out, found.two_labels, found.told) == (2, 0, ())


def test_facts_are_told_beside_the_market_of_the_licence_and_the_states_of_the_mark():
    rows = [("A", 1000, "香港", "x"), ("A", 500_000, "北京", "y"), ("B", 1000, "香港", "z"), ("C", 1000, "北京", "w")]
    known = Known(begins={"C": 2000}, ends={"A": 400_000, "D": 1}, markets={"A": frozenset({"CN"})})
    found = told(rows, known=known)
    assert found.facts == (1, 1, 1)
    assert {one.serial: (one.outside, one.early, one.late) for one in found.told} == {"A": (1, 0, 1), "C": (0, 1, 0)}
    assert told(rows, known=Known(everywhere=frozenset({"HK"}))).facts[0] == 2
    with pytest.raises(DomainError, match="no place is in market 'US'"):
        told(rows, known=Known(markets={"A": frozenset({"US"})}))


def test_without_honest_serials_nothing_is_named():
    found = scored(simulated(Market(serials=500, copied=50), 1), PLACES, usual=Usual(), known=Known(), asked=Asked())
    assert (found.named, found.usual, found.alarms) == (0, 0, None)
    assert found.told and all(one.p is None and not one.named for one in found.told)


@pytest.fixture(scope="module")
def honest() -> dict[int, int]:
    """Moves of 20,000 honest serials of the stated market."""
    moves = labels_of(scans_in(Market(serials=20_000), 7), least_seconds(PLACES)).moves
    return {int(one): int(count) for one, count in zip(*np.unique(moves, return_counts=True), strict=True)}


def test_copied_serials_of_the_stated_market_are_named_and_few_others(honest: dict[int, int]):
    columns = simulated(Market(serials=3_000, copied=60, labels=10), 2)
    found = scored(columns, PLACES, usual=Usual(moves=honest), known=Known(), asked=Asked())
    named = {one.serial for one in found.told if one.named}
    copied = {f"S{number}" for number in range(60)}
    assert found.named == len(named)
    assert len(named & copied) >= 57  # docs/marks/copies.md: all but few of those that are copied ten times
    assert len(named - copied) <= 6  # 5 % of some sixty are three on average
    assert found.threshold == min(one.moves for one in found.told if one.named)
    assert [one.named for one in found.told] == sorted((one.named for one in found.told), reverse=True)


def test_the_level_for_those_that_moved_names_what_ranking_everybody_names(honest: dict[int, int]):
    columns = simulated(Market(serials=1_000, copied=15, labels=5), 3)
    least = least_seconds(PLACES)
    scans = scans_in(Market(serials=1_000, copied=15, labels=5), 3)
    moves = labels_of(scans, least, left_out=wandering(scans, least, most_serials=50)).moves
    reference = [score for score, count in honest.items() for _ in range(count)]
    plain = {f"S{one}" for one, yes in enumerate(benjamini_hochberg(p_values(moves, reference).tolist(), 0.05)) if yes}
    found = scored(columns, PLACES, usual=Usual(moves=honest), known=Known(), asked=Asked())
    assert {one.serial for one in found.told if one.named} == plain


def test_serials_that_are_known_to_be_honest_are_not_named():
    columns = simulated(Market(serials=2_000, copied=20, labels=10), 2)
    known = frozenset(f"S{number}" for number in range(20)) | {f"S{number}" for number in range(1000, 2000)} | {"never scanned"}
    found = scored(columns, PLACES, usual=Usual(serials=known), known=Known(), asked=Asked())
    assert found.usual == len(known)
    assert not {one.serial for one in found.told if one.named} & known


@pytest.mark.parametrize(
    ("attack", "serials", "named"), [({"rivals": 50}, 20_000, 0), ({"hired": 20}, 20_000, 0), ({"hired": 20}, 2_000, 25)]
)
def test_an_attack_of_an_afternoon_names_none_unless_it_is_on_a_large_share_of_the_marks(
    honest: dict[int, int], attack: dict[str, int], serials: int, named: int
):
    """40 honest marks are scanned by a rival: of 20,000 none is named; of 2,000, one in fifty, two or three moves are enough."""
    columns = simulated(Market(serials=serials, harmed=40, **attack), 4)
    found = scored(columns, PLACES, usual=Usual(moves=honest), known=Known(), asked=Asked())
    harmed = [one for one in found.told if one.named and int(one.serial[1:]) < 40]
    assert len(harmed) <= named
    assert bool(harmed) == bool(named)  # where it is so, docs/marks/scans.md says so


def test_every_told_scan_and_move_is_there_and_shows_what_is_said(honest: dict[int, int]):
    columns = simulated(Market(serials=400, copied=30, labels=5), 5)
    found = scored(columns, PLACES, usual=Usual(moves=honest), known=Known(), asked=Asked())
    least = least_seconds(PLACES)
    names = {place.name: number for number, place in enumerate(PLACES)}
    there = {}
    for serial, at, place in zip(columns.serial, columns.at, columns.place, strict=True):
        there.setdefault(f"S{serial}", set()).add((int(at), PLACES[place].name))
    for one in found.told:
        assert len(one.apart) == (one.labels if one.labels > 1 else 0)
        assert {(scan.at, scan.place) for scan in one.apart} <= there[one.serial]
        for rank, scan in enumerate(one.apart):
            for other in one.apart[:rank]:
                assert abs(scan.at - other.at) < least[names[other.place], names[scan.place]]
        assert len(one.moved) == min(one.moves, 12)
        for before, after in one.moved:
            assert before.place != after.place and before.at <= after.at
        gaps = [after.at - earlier.at for (_, earlier), (_, after) in zip(one.moved, one.moved[1:], strict=False)]
        assert all(gap >= 86_400 for gap in gaps)


def test_moves_and_witnesses_of_one_serial_are_those_of_the_whole_search():
    scans, least = scans_in(Market(serials=300, copied=40, labels=8), 6), least_seconds(PLACES)
    out = wandering(scans, least, most_serials=50)
    found = labels_of(scans, least, left_out=out)
    assert found.moves.max() > 3
    for serial in range(scans.serials):
        assert len(moves_of(scans, serial, left_out=out)) == found.moves[serial]
        if found.labels[serial] > 1:
            begin = int(found.begins[serial])
            assert apart_of(scans, least, begin, left_out=out) == witnesses(scans, least, begin, left_out=out)


@pytest.mark.parametrize(
    "wrong", [{"fdr": 0.0}, {"fdr": 1.0}, {"fdr": float("nan")}, {"most_serials": -1}, {"coarse": -1}, {"most": 0}]
)
def test_what_has_no_meaning_is_refused(wrong: dict[str, float]):
    with pytest.raises(DomainError):
        Asked(**wrong)  # type: ignore[arg-type]


def test_the_answer_as_json_names_devices_by_numbers_of_its_own():
    rows = [("A", BEGIN, "北京", "secret-token"), ("A", BEGIN + 60, "上海", "another-token"), ("A", BEGIN + 120, "北京", "")]
    found = scored_json(told(rows), fdr=0.05, usual="")
    assert found["told"][0]["apart"][0] == {"at": "2026-01-01T00:00:00Z", "place": "北京", "device": 1}
    assert "token" not in str(found)
    assert found["unknownDevices"] == 1 and found["reference"] is None and found["falseDiscoveryRate"] is None


def test_only_as_many_are_told_as_were_asked_for(tmp_path: Path):
    found = scored(simulated(Market(serials=400, copied=30), 5), PLACES, usual=Usual(), known=Known(), asked=Asked(most=3))
    assert len(found.told) == 3 and found.two_labels > 3
