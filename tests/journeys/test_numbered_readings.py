"""Piston rings day by day under a numbered plan: what is corrected goes through, what is skipped or forked is not built."""

from pathlib import Path

import pytest

from control_workspace import PISTON_RINGS, rings
from openqi.app.workspace.build import Built, build
from openqi.evidence import keyfile
from openqi.kernel.errors import OpenQIError
from unit.interfaces.cli_world import PASSPHRASE, answer

_DAYS = ((1, 25), (26, 30), (31, 35), (36, 40))
_REST = """\
baselines:
  first: {plan: rings, readings: [day0], frozen_by: maker}
control_charts:
  one: {baseline: first, readings: [day1], evaluated_by: maker}
  two: {baseline: first, readings: [day2], follows: one, evaluated_by: maker}
  three: {baseline: first, readings: [day3], follows: two, evaluated_by: maker}
assessments:
  tool: {chart: three, point: 1, outcome: confirmed, cause: {en: The tool was worn, zh: 刀具磨损}, assessed_by: maker}
"""


def put_days(folder: Path) -> Path:
    """A workspace with a table of readings a day, each reading with its ring."""
    folder.mkdir()
    entries = ["process_readings:"]
    for day, (first, last) in enumerate(_DAYS):
        lines = ["time,item,sample,diameter"]
        for place, (sample, _, diameter) in enumerate(rings()):
            if first <= sample <= last:
                at = f"2026-02-{day + 2 * (sample - first >= 24) + 1:02d}T{(sample - first) % 24:02d}:{place % 5:02d}:00Z"
                lines.append(f"{at},https://maker.example/ring/{place},{sample},{diameter}")
        (folder / f"day{day}.csv").write_text("\n".join([lines[0], *sorted(lines[1:])]) + "\n", encoding="utf-8")
        columns = "time: time, value: diameter, group: sample, item: item"
        entries.append(f"  day{day}: {{plan: rings, file: day{day}.csv, number: {day}, {columns}, reported_by: maker}}")
    head = PISTON_RINGS.partition("process_readings:")[0].replace("reactions:", "numbered: true\n    reactions:")
    (folder / "openqi.yaml").write_text(head + "\n".join(entries) + "\n" + _REST, encoding="utf-8")
    return folder


def built(folder: Path, **more: bool) -> Built:
    return build(folder, passphrase=lambda _: PASSPHRASE, **more)


def refused(folder: Path, told: str, by: str) -> None:
    """Nothing is built of a changed workspace, and it says why; then it is as before."""
    path = folder / "openqi.yaml"
    text = path.read_text(encoding="utf-8")
    assert told in text
    path.write_text(text.replace(told, by), encoding="utf-8")
    with pytest.raises(OpenQIError) as caught:
        built(folder)
    path.write_text(text, encoding="utf-8")
    raise caught.value


def test_readings_of_every_day_are_corrected_and_never_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(keyfile._COST, "n", 16)
    folder = put_days(tmp_path / "days")
    first = built(folder)
    assert built(folder).sealed == ()
    day2 = folder / "day2.csv"
    lines = day2.read_text(encoding="utf-8").splitlines()
    day2.write_text("\n".join([*lines[:-1], lines[-1].rpartition(",")[0] + ",74.001", ""]), encoding="utf-8")
    again = built(folder)
    assert {one.slot for one in again.sealed} == {
        "process_readings/day2", "control_charts/two", "control_charts/three", "assessments/tool"
    }  # fmt: skip
    assert again.records["control_charts/one"] == first.records["control_charts/one"]
    assert built(folder).sealed == ()
    for told, by, rule in (
        ("file: day2.csv, number: 2", "file: day2.csv, number: 3", "readings-skipped"),
        ("file: day2.csv, number: 2, ", "file: day2.csv, ", "the plan is numbered; give `number`"),
        ("readings: [day3], follows: two", "readings: [day3], follows: one", "readings-skipped"),
    ):  # fmt: skip
        with pytest.raises(OpenQIError, match=rule):
            refused(folder, told, by)
    for slot in ("control_charts/three", "assessments/tool"):
        told = answer("verify", again.records[slot], "--log", folder)
        assert (told["proved"], told["replayed"], told["complete"]) == ("passed", "passed", "passed")
