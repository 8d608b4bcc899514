"""Process control in a workspace: each mistake is told with its line; times and missing values are read as they stand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.app.workspace.start import start
from openqi.evidence import keyfile
from openqi.kernel.errors import FormatError

ENTRIES = """\
control_plans:
  diameter:
    uri: https://company.example.org/plan/diameter
    edition: "1"
    name: {en: Control of the diameter}
    process: https://company.example.org/lathe/2
    characteristic: https://company.example.org/characteristic/diameter
    characteristic_name: {en: Diameter}
    quantity: diameter
    unit: mm
    instrument: caliper
    chart: i-mr
    own_rules: {"1": {asks: same-side, sigma: "3"}, "2": {asks: same-side, points: 9}}
    options: {sigma_by: moving-range}
    lower: "9"
    upper: "11"
    capability: {Cpk: "1.33"}
    reactions: {any: {en: Stop}}
    valid_from: 2026-01-01
    published_by: company
process_readings:
  monday:
    {plan: diameter, file: monday.csv, time: at, value: d, missing: why, where: {gauge: A}, offset: "+08:00", reported_by: company}
  tuesday: {plan: diameter, file: tuesday.csv, time: at, value: d, reported_by: company}
baselines:
  first: {plan: diameter, readings: [monday], frozen_by: company}
  second: {plan: diameter, readings: [monday, tuesday], leaves_out: [far], predecessor: first, frozen_by: company}
control_charts:
  tuesday: {baseline: first, readings: [tuesday], evaluated_by: company}
assessments:
  far: {chart: tuesday, at: 2026-01-06T01:00:00.5Z, outcome: confirmed, cause: {en: Dropped}, assessed_by: company}
capabilities:
  second: {baseline: second, evaluated_by: company}
"""
MONDAY = """\
at,d,why,gauge
2026-01-05 08:00:00,10.00,,A
2026-01-05 08:00,,,B
2026-01-05 08:01:00,10.02,,A
2026-01-05 08:02:00,,being cleaned,A
2026-01-05 08:03:00.250,9.99,,A
2026-01-05 08:04:00,10.01,,A
"""
TUESDAY = "at,d\n2026-01-06T01:00:00Z,10.01\n2026-01-06T01:00:00.5Z,10.40\n2026-01-06T01:00:01Z,10.00\n"


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Key files at a small cost."""
    monkeypatch.setitem(keyfile._COST, "n", 16)
    yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workspace of `openqi init` with entries of process control."""
    place = tmp_path / "workspace"
    start(place)
    text = (place / "openqi.yaml").read_text(encoding="utf-8")
    before, found, after = text.partition("    roles: [")
    (place / "openqi.yaml").write_text(f"{before}{found}process-owner, {after}{ENTRIES}", encoding="utf-8")
    (place / "monday.csv").write_text(MONDAY, encoding="utf-8")
    (place / "tuesday.csv").write_text(TUESDAY, encoding="utf-8")
    return place


def built(folder: Path) -> Built:
    return build(folder, passphrase=lambda _: "correct horse battery staple")


def rows(folder: Path, made: Built, slot: str) -> list[dict[str, object]]:
    with ledger_folder(ledger_path(folder)).reading() as store:
        body = store.logged(made.records[slot]).record.body
        return [json.loads(line) for line in store.blob(body["items"]["rows"]["sha256"]).splitlines()]


def test_times_parts_of_seconds_and_missing_values_are_read_as_they_stand(folder: Path):
    made = built(folder)
    assert rows(folder, made, "process_readings/monday") == [
        {"at": "2026-01-05T00:00:00Z", "value": "10.00"},
        {"at": "2026-01-05T00:01:00Z", "value": "10.02"},
        {"at": "2026-01-05T00:02:00Z", "missing": "being cleaned"},
        {"at": "2026-01-05T00:03:00.25Z", "value": "9.99"},
        {"at": "2026-01-05T00:04:00Z", "value": "10.01"},
    ]
    assert [row["rules"] for row in rows(folder, made, "control_charts/tuesday")] == [[0, 0], [1, 1], [0, 1]]
    with ledger_folder(ledger_path(folder)).reading() as store:
        second = store.logged(made.records["baselines/second"]).record.body
    assert (second["points"], second["missing"], len(second["leftOut"])) == (8, 2, 1)
    assert built(folder).sealed == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("openqi.yaml", "chart: i-mr", "chart: imr", r"openqi.yaml:\d+: control_plans.diameter.chart: no chart is called 'imr'"),
        ("openqi.yaml", "chart: i-mr", "chart: ewma", "diameter.own_rules: rule 2 of own says nothing on a ewma chart; leave"),
        ("openqi.yaml", "unit: mm\n    instrument: caliper", "unit: mmm\n    instrument: caliper", "control_plans.diameter.unit"),
        ("openqi.yaml", "instrument: caliper\n    chart", "instrument: calliper\n    chart", "did you mean 'caliper'"),
        ("openqi.yaml", 'upper: "11"', 'upper: "8"', "control_plans.diameter.lower: .*below the upper"),
        ("openqi.yaml", "    chart: i-mr", "    subgroup: five\n    chart: i-mr", "subgroup: 'five': write single, label"),
        ("openqi.yaml", "    chart: i-mr", "    rules: nelson\n    chart: i-mr", "one of the two"),
        ("openqi.yaml", "reactions: {any:", 'reactions: {"1":', "a plan says what is done at any alarm"),
        ("openqi.yaml", "reactions: {any:", "reactions: {all:", "reactions: 'all': write any, or the number of a rule"),
        ("openqi.yaml", "capability: {Cpk:", "capability: {Cp_k:", "Invalid enum value 'Cp_k'"),
        ("openqi.yaml", '"+08:00"', "Beijing", "monday.offset: 'Beijing' is no offset"),
        ("openqi.yaml", "where: {gauge: A}", "where: {gauge: C}", "monday.where: monday.csv has no such rows"),
        ("openqi.yaml", "readings: [tuesday], evaluated", "readings: [wednesday], evaluated", "'wednesday' is not declared"),
        ("openqi.yaml", "baseline: first, readings", "baseline: third, readings", "tuesday.baseline: 'third' is not"),
        ("openqi.yaml", "far: {chart: tuesday", "far: {chart: friday", "assessments.far.chart: 'friday' is not declared"),
        ("openqi.yaml", "01:00:00.5Z, outcome", "01:00:07Z, outcome", "far.at: 0 points of tuesday are at 2026-01-06T01:00:07Z"),
        ("openqi.yaml", "at: 2026-01-06T01:00:00.5Z, ", "", "say which point"),
        ("openqi.yaml", "at: 2026-01-06T01:00:00.5Z, ", "point: 0, ", "raises no alarm"),
        ("openqi.yaml", "leaves_out: [far]", "leaves_out: [near]", "second.leaves_out: 'near' is not declared"),
        ("openqi.yaml", "outcome: confirmed", "outcome: refuted", "refuted its alarm; only a confirmed one"),
        ("openqi.yaml", "{baseline: second, evaluated", "{baseline: second, chart: tuesday, evaluated", "say whose readings"),
        ("openqi.yaml", "[process-owner, ", "[", "does not hold the role process-owner"),
        ("monday.csv", "08:02:00,,being cleaned", "08:02:00,,", "monday.csv:5: there is no value, and nothing says why"),
        ("monday.csv", "08:02:00,,being", "08:02:00,10.0,being", "monday.csv:5: it has a value and a reason"),
        ("monday.csv", "10.02", "10,02", "monday.csv"),
        ("monday.csv", "10.02", "ten", "monday.csv:4: value: decimal 'ten'"),
        ("monday.csv", "08:04:00,", "08:02:59,", "monday.csv:7: .*stands after a later time"),
        ("monday.csv", "2026-01-05 08:01:00", "2026-01-05T00:01:00Z", "monday.csv:4: .*without Z where `offset` is given"),
        ("monday.csv", "2026-01-05 08:01:00", "2026-02-30 08:01:00", "monday.csv:4: .*is no time"),
        ("tuesday.csv", "2026-01-06T01:00:01Z", "2026-01-06T01:00:01", "tuesday.csv:4: .*say so with `offset`"),
        ("tuesday.csv", "at,d", "at,e", "tuesday.csv:1: no column 'd'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_nothing_is_sealed(folder: Path, file: str, old: str, new: str, told: str):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (text.count(old), old)
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FormatError, match=told) as caught:
        built(folder)
    assert ":" in str(caught.value).partition(" ")[0]
    assert not ledger_path(folder).exists()
