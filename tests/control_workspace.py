"""A workspace that watches the piston rings of the textbook: 25 trial subgroups of five, and 15 new ones that drift away."""

import csv
from pathlib import Path

from shared_data import shared

PISTON_RINGS = """\
openqi: 1
name: {zh: 活塞环, en: Piston rings}
ledger: {origin: log.maker.example/rings, operator: maker}
base: https://mark.maker.example
parties:
  maker:
    uri: https://maker.example
    name: {en: Maker, zh: 制造商}
    roles: [process-owner, testing-laboratory]
instruments:
  gauge:
    uri: https://maker.example/gauge/7
    name: {en: Bore gauge, zh: 内径量表}
    owner: maker
    serial: "7"
    calibration_interval_days: 365
    indicates: {diameter: {unit: mm, resolution: "0.001"}}
control_plans:
  rings:
    uri: https://maker.example/plan/rings
    edition: "1"
    name: {en: Control of piston rings, zh: 活塞环控制计划}
    process: https://maker.example/forging
    characteristic: https://maker.example/characteristic/ring-diameter
    characteristic_name: {en: Inside diameter, zh: 内径}
    quantity: diameter
    unit: mm
    instrument: gauge
    chart: xbar-r
    subgroup: label
    rules: nelson 1+2
    lower: "73.95"
    upper: "74.05"
    target: "74.00"
    capability: {Cpk: "1.33", Ppk: "1.33"}
    reactions:
      any: {en: Stop and look for the cause, zh: 停机查因}
      "2": {en: Check the tool, zh: 检查刀具}
    responsible: {en: Shift leader, zh: 班长}
    valid_from: "2026-01-01"
    published_by: maker
process_readings:
  trial: {plan: rings, file: rings.csv, time: time, value: diameter, group: sample, where: {trial: "TRUE"}, reported_by: maker}
  new: {plan: rings, file: rings.csv, time: time, value: diameter, group: sample, where: {trial: "FALSE"}, reported_by: maker}
baselines:
  first: {plan: rings, readings: [trial], frozen_by: maker}
  second: {plan: rings, readings: [trial, new], leaves_out: [tool], predecessor: first, frozen_by: maker}
control_charts:
  trial: {baseline: first, readings: [trial], evaluated_by: maker}
  new: {baseline: first, readings: [new], follows: trial, evaluated_by: maker}
assessments:
  tool:
    chart: new
    at: "2026-02-01T13:00:00Z"
    outcome: confirmed
    cause: {en: The tool was worn, zh: 刀具磨损}
    cause_code: T-3
    action: {en: Tool changed, zh: 更换刀具}
    assessed_by: maker
  looked: {chart: new, point: 13, outcome: refuted, cause: {en: Nothing was found, zh: 未查到原因}, assessed_by: maker}
capabilities:
  trial: {baseline: first, evaluated_by: maker}
  new: {chart: new, evaluated_by: maker}
"""


def rings() -> list[tuple[int, str, str]]:
    """Sample, whether it is of the trial, and diameter of each ring, as they were published."""
    with shared("data/control/charts/pistonrings.csv").open(encoding="utf-8") as file:
        return [(int(row["sample"]), row["trial"], row["diameter"]) for row in csv.DictReader(file)]


def put_rings(folder: Path) -> Path:
    """Write the workspace; one sample an hour, as the textbook says nothing of times."""
    folder.mkdir(parents=True)
    lines = ["time,sample,trial,diameter"]
    for sample, trial, diameter in rings():
        day, hour = divmod(sample, 24)
        lines.append(f"2026-0{1 + (day > 0)}-{'01' if day else '31'}T{hour:02d}:00:00Z,{sample},{trial},{diameter}")
    (folder / "rings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "openqi.yaml").write_text(PISTON_RINGS, encoding="utf-8")
    return folder
