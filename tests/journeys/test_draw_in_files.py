"""A draw that was made as evidence is made again from plain files: the same commitment, seed, tickets and chances."""

import csv
import json

from openqi.records import body
from openqi.records.draws import DrawCommitted, DrawMade
from surveillance_stage import BEACON, DRAND, Surveillance, firm, lines
from unit.interfaces.cli_world import answer

PLAN = """purpose: 2023-9 spot check of toys
strata:
  - {stratum: east, design: pareto, size: 4, floors: {A: 1/20}, caps: {D: 3/5}}
  - {stratum: west, design: equal, ratio: 1/5}
sources:
  - {source: drand quicknet, event: 657413}
"""


def test_evidence_and_files_hold_one_draw(tmp_path):
    stage = Surveillance()
    commitment = stage.commit(stage.frame())
    made = stage.made(commitment, stage.beacon(commitment))
    rows = [line.split("\t") for line in lines().decode().splitlines()]
    (tmp_path / "firms.csv").write_text("".join(",".join(row) + "\n" for row in [["name", "stratum", "class", "size"], *rows]))
    (tmp_path / "out.csv").write_text(f"name,reason\n{firm(5)},upper-level-covers-it\n")
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "beacon.json").write_text(json.dumps({"round": int(DRAND.event), "signature": BEACON["Sig"]}))
    folder = tmp_path / "toys"
    told = answer(
        "draw", "commit", tmp_path / "firms.csv", "-o", folder, "--plan", tmp_path / "plan.yaml", "--exclude", tmp_path / "out.csv",
        "--at", "2023-09-15T08:00:00Z",
    )  # fmt: skip
    assert told["commitment"] == body(commitment, DrawCommitted).commitment
    assert answer("draw", "run", folder, "--randomness", tmp_path / "beacon.json")["seed"] == body(made, DrawMade).seed
    drawn = list(csv.DictReader((folder / "drawn.csv").read_text(encoding="utf-8").splitlines()))
    evidence = stage.rows(made)
    assert [(row["stratum"], int(row["place"]), row["name"], row["ticket"], row["target"], row["why"]) for row in drawn] == [
        (one.stratum, one.place, one.object, one.ticket, one.target, one.why) for one in evidence
    ]
    assert [(row["class"], int(row["size"])) for row in drawn] == [(one.risk_class, one.size) for one in evidence]
