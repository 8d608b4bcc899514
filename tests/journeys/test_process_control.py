"""Piston rings: a baseline, a chart with alarms, one confirmed and one refuted, and the next baseline without the confirmed one.

The readings are those of the textbook as R qcc has them; what is sealed is held against the figures that were published of them,
and against the definitions of limits and rules, written out slowly.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from control_workspace import put_rings, rings
from openqi.app.folder import ledger_folder
from openqi.app.workspace.build import Built, build, ledger_path
from openqi.evidence import keyfile
from openqi.evidence.record import Record
from shared_data import shared
from unit.interfaces.cli_world import PASSPHRASE, answer, openqi

D2 = 2.3259289473
"""The mean range of five standard normal values: 2.326 in tables."""


def built(folder: Path, **more: Any) -> Built:
    return build(folder, passphrase=lambda _: PASSPHRASE, **more)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Built]]:
    """The workspace, built once; read it only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        folder = put_rings(tmp_path_factory.mktemp("rings") / "rings")
        yield folder, built(folder)


def record_of(sealed: tuple[Path, Built], slot: str) -> Record:
    folder, made = sealed
    with ledger_folder(ledger_path(folder)).reading() as store:
        return store.logged(made.records[slot]).record


def rows_of(sealed: tuple[Path, Built], slot: str) -> list[dict[str, Any]]:
    folder, made = sealed
    with ledger_folder(ledger_path(folder)).reading() as store:
        content = store.blob(store.logged(made.records[slot]).record.body["items"]["rows"]["sha256"])
    return [json.loads(line) for line in content.splitlines()]


def subgroups(samples: Sequence[int]) -> list[list[float]]:
    return [[float(diameter) for sample, _, diameter in rings() if sample == wanted] for wanted in samples]


def slow_baseline(samples: Sequence[int]) -> tuple[float, float]:
    """Centre and sigma by their definitions: the mean of all readings, the mean range over d2."""
    groups = subgroups(samples)
    everything = [value for group in groups for value in group]
    return sum(everything) / len(everything), sum(max(group) - min(group) for group in groups) / len(groups) / D2


def slow_flags(samples: Sequence[int], centre: float, sigma: float) -> list[set[int]]:
    """Which of the rules 1 (beyond three sigma) and 2 (nine in a row on one side) each mean breaks."""
    means = [sum(group) / len(group) for group in subgroups(samples)]
    sides = [(mean > centre) - (mean < centre) for mean in means]
    found = []
    for place, mean in enumerate(means):
        broken = {1} if abs(mean - centre) > 3.0 * sigma / sqrt(5.0) else set()
        if place >= 8 and sides[place] and all(side == sides[place] for side in sides[place - 8 : place + 1]):
            broken.add(2)
        found.append(broken)
    return found


def estimates(record: Record) -> dict[str, float]:
    return {one["name"]: float(one["value"]) for one in record.body["estimates"]}


def test_the_first_baseline_has_the_limits_that_were_published(sealed: tuple[Path, Built]):
    published = json.loads(shared("data/control/charts/qcc27_expected.json").read_text(encoding="utf-8"))
    base, wanted = record_of(sealed, "baselines/first"), published["pistonrings_xbar_phase1"]
    assert estimates(base)["centre"] == pytest.approx(wanted["center"], rel=1e-12)
    assert estimates(base)["sigma"] * D2 == pytest.approx(wanted["std.dev"] * 2.326, rel=1e-9)  # three decimals of d2 there
    mean, ranges = base.body["panels"]
    assert float(mean["lower"]) == pytest.approx(wanted["lcl"], abs=1e-6)
    assert float(mean["upper"]) == pytest.approx(wanted["ucl"], abs=1e-6)
    assert float(ranges["upper"]) == pytest.approx(published["pistonrings_R_phase1"]["ucl"], rel=2e-3)  # d3 of three decimals
    assert (base.body["stable"], base.body["alarms"], base.body["points"]) == (True, 0, 25)
    assert "leftOut" not in base.body
    # Nelson's rules 1 and 2 in control: 1 in 370 and nine on a side.
    assert float(base.body["inControl"]["runLength"]) < 370.4
    assert base.body["inControl"]["method"] == "markov chain"


def test_the_charts_raise_the_published_alarms_and_every_rule_of_every_point(sealed: tuple[Path, Built]):
    published = json.loads(shared("data/control/charts/qcc27_expected.json").read_text(encoding="utf-8"))
    rows = rows_of(sealed, "control_charts/trial") + rows_of(sealed, "control_charts/new")
    beyond = [place + 1 for place, row in enumerate(rows) if row["rules"][0] & 1]
    assert beyond == published["pistonrings_xbar_phase2"]["beyond"]
    centre, sigma = slow_baseline(range(1, 26))
    flags = [{rule for rule, bit in ((1, 1), (2, 2)) if row["rules"][0] & bit} for row in rows]
    assert flags == slow_flags(range(1, 41), centre, sigma)
    assert [row["group"] for row in rows] == [str(sample) for sample in range(1, 41)]
    assert [float(row["values"][0]) for row in rows[25:]] == pytest.approx(published["pistonrings_xbar_phase2"]["newstats"])
    chart = record_of(sealed, "control_charts/new")
    assert (chart.body["before"], chart.body["items"]["count"]) == (25, 15)
    assert chart.body["alarms"] == sum(any(row["rules"]) for row in rows[25:])


def test_the_next_baseline_leaves_the_confirmed_point_out_and_the_refuted_one_in(sealed: tuple[Path, Built]):
    tool, second = record_of(sealed, "assessments/tool"), record_of(sealed, "baselines/second")
    assert (tool.body["point"], tool.body["outcome"], tool.body["causeCode"]) == (11, "confirmed", "T-3")
    (left,) = second.body["leftOut"]
    assert left == {"assessment": tool.id, "leaf": 55, "leaves": 5, "readings": record_of(sealed, "process_readings/new").id}
    assert (second.body["points"], second.body["missing"], second.body["used"]) == (40, 1, 39)
    kept = [sample for sample in range(1, 41) if sample != 37]
    centre, sigma = slow_baseline(kept)
    assert estimates(second)["centre"] == pytest.approx(centre, rel=1e-14)
    assert estimates(second)["sigma"] == pytest.approx(sigma, rel=1e-9)
    assert second.body["predecessor"] == record_of(sealed, "baselines/first").id
    assert second.body["stable"] is False  # samples 38 and 39 are still there


def test_capability_is_the_published_one_of_the_stable_part_and_not_stated_of_the_other(sealed: tuple[Path, Built]):
    published = json.loads(shared("data/control/charts/qcc27_expected.json").read_text(encoding="utf-8"))["pistonrings_capability"]
    trial = record_of(sealed, "capabilities/trial").body
    found = {one["name"]: one for one in trial["indices"]}
    for ours, theirs in (("Cp", "Cp"), ("Cpk", "Cp_k"), ("Cpu", "Cp_u"), ("Cpl", "Cp_l")):
        wanted = next(one["Value"] for one in published["indices"] if one["_row"] == theirs)
        assert float(found[ours]["exactValue"]) == pytest.approx(wanted, rel=4e-5)  # d2 of three decimals
        assert float(found[ours]["value"]) == pytest.approx(float(found[ours]["exactValue"]), abs=0.0005)
    assert found["Cpk"]["reached"] == "reached"
    assert float(found["Cpk"]["lower"]) >= 1.33
    assert (trial["stability"]["stable"], trial["confirmed"]) == (True, 0)
    new = record_of(sealed, "capabilities/new").body
    assert (new["stability"]["stable"], new["stability"]["test"], new["confirmed"]) == (False, "given", 1)
    assert new["notStated"] == ["Cpk"]
    assert not {"Cp", "Cpk", "Cpu", "Cpl"} & {one["name"] for one in new["indices"]}


def test_everything_is_proved_and_replays_and_is_explained_down_to_its_readings(sealed: tuple[Path, Built]):
    folder, made = sealed
    second, capability = made.records["baselines/second"], made.records["capabilities/new"]
    for name in (second, capability, made.records["control_charts/new"], made.records["assessments/tool"]):
        told = answer("verify", name, "--log", folder)
        assert (told["proved"], told["replayed"], told["complete"]) == ("passed", "passed", "passed"), told
    tree = answer("explain", second, "--in", folder)["tree"]
    assert tree["state"] == "replayed"
    kinds = json.dumps(tree)
    assert all(name in kinds for name in ("alarm-assessed", "chart-evaluated", "readings-taken", "plan-published"))
    lines = openqi("explain", second, "--in", folder).out.splitlines()
    assert any("confirmed alarm [replayed]  2026-02-01T13:00:00Z, confirmed, T-3" in line for line in lines)
    assert any("evaluated chart [replayed]  rings, 3/15 points in alarm" in line for line in lines)
    chinese = openqi("explain", second, "--in", folder, "--lang", "zh").out
    assert "已确认的报警 [已复算]  2026-02-01T13:00:00Z, 已确认, T-3" in chinese
    assert not any(word in chinese for word in ("confirmed", "baseline", "alarm", "stable"))


def test_building_again_seals_nothing_and_a_change_only_what_rests_on_it(sealed: tuple[Path, Built], tmp_path: Path):
    folder = shutil.copytree(sealed[0], tmp_path / "rings")
    assert built(folder).sealed == ()
    (folder / ".openqi/state.json").unlink()
    assert [one.kind for one in built(folder).sealed] == []  # found again in the log
    path = folder / "openqi.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Nothing was found", "Nothing was found at all"), encoding="utf-8")
    assert [(one.slot, one.kind.partition(".")[2]) for one in built(folder).sealed] == [
        ("assessments/looked", "withdrawn/1"),
        ("assessments/looked", "alarm-assessed/1"),
    ]
    path.write_text(text.replace("leaves_out: [tool], ", ""), encoding="utf-8")
    changed = built(folder)
    assert {one.slot for one in changed.sealed} == {"assessments/looked", "baselines/second"}
