"""Self-declared standards: compared with what is recommended, and held against every result, none left out."""

from typing import Any

import pytest
from msgspec.structs import replace

from chain_stage import LOT
from openqi.evidence.record import Record
from openqi.kernel.errors import RefusedError
from openqi.pillars.standards.measuring import MeasureOwnStandard
from openqi.records import body
from openqi.records.own_standards import OwnStandardDeclared
from own_standards_stage import CAPACITY, MASS, Declaring
from stage import outcome


def compared(declared: Record) -> list[tuple[str, str | None, bool]]:
    return [(one.against, one.reaches, one.overstated) for one in body(declared, OwnStandardDeclared).compared]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("stricter", "B", False)),
        ({"lower": "1950"}, ("equal", "B", False)),
        ({"lower": "1949.9"}, ("looser", None, False)),
        ({"lower": "1900", "upper": "2100"}, ("crossing", None, False)),
        ({"lower": None, "upper": "2100"}, ("crossing", None, False)),
        ({"lower": "2050", "grade": "A"}, ("stricter", "A", False)),
        ({"lower": "2049.9", "grade": "A"}, ("stricter", "B", True)),
        ({"lower": "1900", "grade": "B"}, ("looser", None, True)),
        ({"lower": "2060", "grade": "B"}, ("stricter", "A", False)),
        ({"unit": "kg", "lower": "1"}, ("not-comparable", None, False)),
    ],
)
def test_limits_are_compared_across_units_and_grades_are_not_believed(changes: dict[str, Any], expected: Any):
    declared = Declaring().declare(replace(CAPACITY, **changes))
    assert compared(declared) == [expected]
    assert declared.body["belowRecommended"] == (expected[0] in ("looser", "crossing"))
    assert declared.body["overstated"] == expected[2]


def test_an_indicator_without_a_recommended_value_is_compared_with_nothing():
    assert compared(Declaring().declare(MASS)) == []


def test_results_of_all_lots_are_counted_and_what_lies_within_the_uncertainty_is_undecided():
    stage = Declaring()
    stage.lot()
    declared = stage.declare()
    stage.results("2.0100", "2.0099", "1.9900", "1.9899", "2.2")
    found = stage.measure(declared)
    (capacity,) = found.measured
    # 2000 mA.h with U = 10 mA.h: meets from 2010 on, fails below 1990, and 1990 itself is undecided
    assert (capacity.meet, capacity.undecided, capacity.fail) == (2, 2, 1)
    assert (capacity.lowest, capacity.highest) == ("1989.9", "2200")
    assert (found.unmeasured, found.lots) == (("2",), 1)


def test_no_lot_and_no_bad_result_can_be_left_out():
    stage = Declaring()
    stage.lot()
    stage.lot(lot=f"{LOT}0", items=["https://maker.example/cell/99"])
    declared = stage.declare()
    good, bad = stage.results("2.1"), stage.results("1.5", lot=f"{LOT}0")
    (capacity,) = stage.measure(declared).measured
    assert capacity.results == (good.id, bad.id)
    stage.withdraw(bad, stage.laboratory)
    (capacity,) = stage.measure(declared).measured
    assert (capacity.results, capacity.fail) == ((good.id,), 0)


def test_verdicts_on_readings_count_once_however_often_they_were_judged():
    stage = Declaring()
    stage.lot(lot=LOT)
    declared = stage.declare()
    stage.instrument()
    stage.calibration()
    readings = stage.readings(stage.procedure(), {"https://maker.example/cell/1": "2.0200"}, subject=LOT)
    first, second = stage.judge(readings, stage.clause()), stage.judge(readings, stage.clause(lower="1.5"))
    (capacity,) = stage.measure(declared).measured
    assert capacity.results == (first.id,) != (second.id,)
    assert capacity.meet + capacity.fail + capacity.undecided == 1
    assert capacity.lowest == "2011.9"  # 2.0200 A.h times 0.996, rounded as the verdict reports it


def test_a_spot_checked_item_is_counted_where_it_is_named_and_an_instrument_is_no_item():
    stage = Declaring()
    declared = stage.declare()
    item = "https://shop.example/bought/1"
    stage.result(item=item, instruments=("https://laboratory.example/scale",), value="1500.0")
    assert stage.measure(declared).measured == ()
    (capacity,) = stage.measure(declared, also=(item,)).measured
    assert (capacity.fail, capacity.lowest) == (1, "1500")
    assert stage.measure(declared, also=("https://laboratory.example/scale",)).measured == ()
    assert stage.measure(declared, also=(item,), since="2026-11-02T00:00:00Z").measured == ()


def test_a_result_in_a_foreign_unit_is_counted_as_such_and_says_nothing():
    stage = Declaring()
    stage.lot()
    declared = stage.declare()
    stage.results("3", unit="kg")
    (capacity,) = stage.measure(declared).measured
    assert (capacity.other_units, capacity.meet, capacity.fail, capacity.undecided, capacity.lowest) == (1, 0, 0, 0, None)


def test_who_does_not_make_it_and_who_comes_second_under_a_uri_is_refused():
    stage = Declaring()
    with pytest.raises(RefusedError, match="maker-declares"):
        stage.declare(product="https://maker.example/product/other")
    stage.grant(stage.association, "manufacturer")
    with pytest.raises(RefusedError, match="maker-declares"):
        stage.declare(signer=stage.association)
    first = stage.declare()
    with pytest.raises(RefusedError, match="replaces-edition"):
        stage.declare()
    second = stage.declare(replaces=first.id)
    with pytest.raises(RefusedError, match="not the latest edition"):
        stage.declare(replaces=first.id)
    stage.product("https://other.example/product", signer=stage.association)
    with pytest.raises(RefusedError, match="own-number"):
        stage.declare(signer=stage.association, product="https://other.example/product")
    stage.withdraw(second, stage.maker)
    stage.declare(replaces=first.id)


def test_indicators_stand_once_and_a_term_ends_after_it_begins():
    stage = Declaring()
    with pytest.raises(RefusedError, match="indicators-once"):
        stage.declare(CAPACITY, CAPACITY)
    with pytest.raises(RefusedError, match="term-in-order"):
        stage.declare(valid_until="2025-01-01T00:00:00Z")


def test_what_was_withdrawn_is_not_measured():
    stage = Declaring()
    declared = stage.declare()
    stage.withdraw(declared, stage.maker)
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.measure(declared)


def test_a_measurement_of_a_standard_replays_and_stays_complete_until_another_result_comes():
    stage = Declaring()
    stage.lot()
    declared = stage.declare()
    stage.results("2.1")
    (measured,) = stage.ledger.perform(MeasureOwnStandard(declared=declared.id), stage.assessor)
    assert outcome(stage.verified(stage.dossier(measured))) == ("passed", "passed", "passed")
    stage.results("1.5")
    assert outcome(stage.verified(stage.dossier(measured)))[2] == "failed"
