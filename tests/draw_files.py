"""Files of a small draw, as an office keeps them: a list, a plan, who is left out, and the randomness as it was published."""

import json
from pathlib import Path
from typing import Any

from shared_data import ROOT
from unit.interfaces.cli_world import Answer, answer, openqi

BEACON = json.loads((ROOT / "vectors" / "surveillance" / "drand_beacons.json").read_text(encoding="utf-8"))["figures"][0]
BEFORE, AFTER = "2023-09-14T08:00:00Z", "2023-09-15T14:00:00Z"
PLAN = """purpose: 2023-9 spot check of toys
strata:
  - design: pareto
    size: 8
    floors: {A: 5 %}
    caps: {D: 3/5}
sources:
  - {source: drand quicknet, event: 657413}
  - {source: 福彩双色球, event: 2023107, not_before: 2023-09-15T13:15:00Z}
"""
LOTTERY = """source: 福彩双色球
event: 2023107
published_at: 2023-09-15T13:20:00Z
numbers: 3 9 17 21 30 33 + 16
"""
ROWS = [("name", "class", "size"), *((f"firm {n}", "ABCD"[n % 4], str(1 + n % 13)) for n in range(40))]


def csv_of(rows: list[tuple[str, ...]]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def small(folder: Path, **changed: str) -> Path:
    """Write the files; `changed` has other contents by the stem of a name."""
    files = {
        "firms.csv": csv_of(ROWS),
        "excluded.csv": "name,reason,detail\nfirm 5,upper-level-covers-it,provincial check of 2023-08\n",
        "plan.yaml": PLAN,
        "beacon.json": json.dumps({"round": BEACON["Round"], "randomness": BEACON["Randomness"], "signature": BEACON["Sig"]}),
        "lottery.yaml": LOTTERY,
    }
    for name, text in files.items():
        (folder / name).write_text(changed.get(name.split(".")[0], text), encoding="utf-8")
    return folder


def commit(folder: Path, *more: object, to: str = "toys", objects: str = "firms.csv", at: str = BEFORE) -> Answer:
    plan = [] if "--purpose" in more else ["--plan", folder / "plan.yaml"]
    return openqi("draw", "commit", folder / objects, "-o", folder / to, *plan, "--at", at, *more, "--json")


def run(
    folder: Path, *more: object, of: str = "toys", files: tuple[str, ...] = ("beacon.json", "lottery.yaml"), at: str = AFTER
) -> Answer:
    values = [part for name in files for part in ("--randomness", folder / name)]
    return openqi("draw", "run", folder / of, *values, "--at", at, *more, "--json")


def drawn(folder: Path, **changed: str) -> Path:
    """A folder that was committed to and drawn from."""
    small(folder, **changed)
    for found in (commit(folder, "--exclude", folder / "excluded.csv"), run(folder, "--proofs")):
        assert found.status == 0, found
    return folder / "toys"


def verified(folder: Path) -> dict[str, Any]:
    return answer("draw", "verify", folder)
