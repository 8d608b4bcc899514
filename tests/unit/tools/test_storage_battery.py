"""The files of the storage battery example: made again byte for byte, and telling one story that adds up."""

import csv
import json
from collections import Counter
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tools import storage_battery as example

from journeys import battery_by_hand as by_hand
from shared_data import shared

FOLDER = example.FOLDER
DOCUMENTS = ["assembly", "delivery"]


def rows(path: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (FOLDER / path).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / "events" / f"{name}.jsonld").read_bytes())


def events(name: str) -> list[dict[str, Any]]:
    return document(name)["epcisBody"]["eventList"]


def inside_and_place(until: str = "9999") -> tuple[dict[str, str], dict[str, str]]:
    """What each thing is in and where it was last said to be, by the events up to an instant."""
    parent: dict[str, str] = {}
    place: dict[str, str] = {}
    for event in events("assembly") + events("delivery"):
        if event["eventTime"] > until:
            break
        for child in event.get("childEPCs", []):
            if event["action"] == "ADD":
                assert child not in parent, f"{child} is in {parent[child]} already"
                parent[child] = event["parentID"]
            else:
                assert parent.pop(child) == event["parentID"]
        location = event.get("bizLocation", {"id": "under way"})["id"]
        # What is built is where it was built; what is taken out of stays where it was.
        things = event.get("epcList", []) + event.get("childEPCs", [])
        things += [event["parentID"]] if event["action"] == "ADD" else []
        place |= dict.fromkeys(things, location)
    return parent, place


def outermost(thing: str, parent: dict[str, str]) -> str:
    while thing in parent:
        thing = parent[thing]
    return thing


@pytest.mark.parametrize("path", example.files())
def test_a_file_comes_out_again_with_the_same_bytes(path: str) -> None:
    assert (FOLDER / path).read_bytes() == example.files()[path]


@pytest.mark.parametrize("sample", ["B0005", "B0006", "B0007"])
def test_the_readings_of_the_type_test_are_those_of_the_source(sample: str) -> None:
    source = shared(f"data/battery/{sample}.csv")
    assert (FOLDER / "type-test" / f"{sample}.csv").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_capacities_in_both_readmes_are_those_of_the_files(readme: str) -> None:
    text = (FOLDER / readme).read_text(encoding="utf-8")
    for sample in by_hand.SAMPLES:
        row = next(line for line in text.splitlines() if line.startswith(f"| {sample} |"))
        assert row.endswith(f"| {by_hand.type_test(sample, 1)} | {by_hand.type_test(sample, 50)} |")
        assert len(rows(f"type-test/{sample}.csv")) == 168


def test_the_lot_has_650_cells_and_each_has_one_capacity_with_four_decimals() -> None:
    cells = [row["cell"] for row in rows("lot/cells.csv")]
    measured = rows("lot/capacity.csv", "gb18030")
    assert len(set(cells)) == len(cells) == 650
    assert [row["电芯编号"] for row in measured] == cells
    assert all(len(row["放电容量"]) == 6 for row in measured)


def test_the_deviates_are_normal_as_documented() -> None:
    deviates = [example.deviation(f"A26-{number:05}") / 65536 for number in range(1, 20001)]
    mean = sum(deviates) / len(deviates)
    variance = sum((one - mean) ** 2 for one in deviates) / len(deviates)
    # Four standard deviations of the mean and of the variance of 20,000 normal numbers.
    assert abs(mean) < 4 / 20000**0.5
    assert abs(variance - 1) < 4 * (2 / 20000) ** 0.5


def test_the_seed_of_the_workspace_is_the_seed_of_the_tool() -> None:
    text = (FOLDER / "openqi.yaml").read_text(encoding="utf-8")
    assert text.count(f"simulated: tools/storage_battery.py, seed {example.SEED}") == text.count("simulated: ") == 2


def test_a_discharge_ends_when_its_capacity_has_flowed_at_two_amperes_and_no_channel_has_two_cells() -> None:
    measured = rows("lot/capacity.csv", "gb18030")
    for place, row in enumerate(measured):
        start = example.FIRST_DISCHARGE + place // 64 * example.ROUND
        seconds = (datetime.fromisoformat(row["完成时间"]) - start).total_seconds()
        assert 0 <= Fraction(row["放电容量"]) / 2 * 3600 - int(seconds) < 1
    assert max(Counter((row["完成时间"][:13], row["通道"]) for row in measured).values()) == 1
    assert all("2026-03-23" <= row["完成时间"] < "2026-03-27" for row in measured)


def test_each_cell_is_in_one_module_and_each_pack_has_64_cells_above_the_margin() -> None:
    parent, _ = inside_and_place(until="2026-04-12")
    built = [thing for thing in parent if "/cell/" in thing]
    capacity = by_hand.lot()
    packs = Counter(parent[parent[cell]] for cell in built)
    assert all(float(capacity[cell]) >= 2.0020 for cell in built)
    assert packs == {f"https://integrator.example/pack/{row['pack']}": 64 for row in rows("marks/packs.csv")}
    assert len(packs) == 10


def test_the_packs_left_the_works_in_the_containers_that_the_marks_name() -> None:
    parent, _ = inside_and_place(until="2026-04-12")
    for row in rows("marks/packs.csv"):
        container = parent[f"https://integrator.example/pack/{row['pack']}"]
        assert container == f"https://integrator.example/container/{row['container']}"


@pytest.mark.parametrize(
    ("when", "sites"),
    [
        ("2026-04-12", {example.WORKS: 10}),
        ("2026-04-15", {"under way": 10}),
        ("2026-05-10", {example.SITES[0]: 5, example.SITES[1]: 5}),
        ("2026-05-12", {example.SITES[0]: 5, example.SITES[1]: 4, "under way": 1}),
        ("2026-06-01", {example.SITES[0]: 5, example.SITES[1]: 4, example.SPARES: 1}),
    ],
)
def test_where_the_packs_are_depends_on_when_one_asks(when: str, sites: dict[str, int]) -> None:
    parent, place = inside_and_place(until=when)
    packs = [f"https://integrator.example/pack/{row['pack']}" for row in rows("marks/packs.csv")]
    assert Counter(place[outermost(pack, parent)] for pack in packs) == sites


@pytest.mark.parametrize("name", DOCUMENTS)
def test_events_stand_in_the_order_of_time_on_whole_hours_before_their_document_was_made(name: str) -> None:
    times = [event["eventTime"] for event in events(name)]
    assert sorted(times) == times
    assert all(time.endswith(":00:00Z") for time in times)
    assert times[-1] < document(name)["creationDate"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_events_are_epcis_2_0(name: str) -> None:
    validator = pytest.importorskip("jsonschema_rs", reason="no validator of JSON schemas is installed")
    schema = json.loads(shared("data/trace/epcis/spec/EPCIS-JSON-Schema.json").read_bytes())
    checks = validator.Draft7Validator(schema, validate_formats=True)
    assert [error.message for error in checks.iter_errors(document(name))] == []
    broken = document(name)
    del broken["epcisBody"]["eventList"][0]["eventTimeZoneOffset"]
    assert not checks.is_valid(broken)


@pytest.mark.parametrize("event", events("assembly") + events("delivery"), ids=lambda event: event["eventTime"])
def test_an_event_says_what_when_where_and_why(event: dict[str, Any]) -> None:
    assert event["type"] in {"AggregationEvent", "ObjectEvent"}
    assert event["action"] in {"ADD", "DELETE"} if event["type"] == "AggregationEvent" else event["action"] == "OBSERVE"
    assert event["eventTimeZoneOffset"] == "+08:00"
    assert {"bizStep", "disposition", "readPoint"} <= event.keys()
    assert ("bizLocation" in event) != (event["bizStep"] == "shipping")


def test_the_expected_story_holds_by_hand() -> None:
    before, after = by_hand.uncertainties(by_hand.BEFORE), by_hand.uncertainties(by_hand.AFTER)
    flips = by_hand.flipped(before, after)
    assert by_hand.nonconforming(by_hand.BEFORE, before) == set()
    assert "https://maker.example/sample/B0005" in flips
    assert len(flips) == 115
    assert by_hand.lot_accepted(by_hand.BEFORE, before)
    assert not by_hand.lot_accepted(by_hand.AFTER, after)


@pytest.mark.parametrize("sample", by_hand.SAMPLES)
def test_the_retention_does_not_depend_on_the_current(sample: str) -> None:
    assert by_hand.retention(sample, by_hand.BEFORE) == by_hand.retention(sample, by_hand.AFTER)


def test_the_hand_calculation_imports_nothing_of_the_product() -> None:
    assert "openqi." not in Path(by_hand.__file__).read_text(encoding="utf-8").split('"""', 2)[2]
