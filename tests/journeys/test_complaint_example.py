"""The complaint and the dispute of examples/integrity-mark: accepted, tested, upheld, public, and what that does to the pledge."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from unit.interfaces.cli_world import answer, openqi

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/integrity-mark"
DAYS = {"1": "2024-03-15", "2": "2024-04-12", "34": "2024-09-02", "5": "2024-10-15", "6": "2024-10-21", "7": "2024-10-28"}
"""Days of the example that come true at once, and when; the reviews are left out."""
WORDS = ("杯口漏水", "示例消费者", "愿意更换")


def build(folder: Path, days: str) -> None:
    """Let days of the example come true and build it."""
    file = folder / "openqi.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = [one.removeprefix(f"#{one[1:2]} ") if one[:1] == "#" and one[1:2] in days else one for one in lines]
    file.write_text("\n".join(one for one in lines if "reviewed_by" not in one and "benchmark_reviews" not in one) + "\n")
    answer("build", folder, "--at", f"{DAYS[days]}T02:00:00Z")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example until its last day; the words of the complaint are deleted the day before."""
    folder = tmp_path_factory.mktemp("integrity") / "integrity-mark"
    shutil.copytree(EXAMPLE, folder)
    for days in DAYS:
        if days == "7":
            shutil.rmtree(folder / "complaints")
        build(folder, days)
    return folder


def record(folder: Path, entry: str) -> dict[str, Any]:
    """The record that an entry became."""
    state = json.loads((folder / ".openqi/state.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = answer("record", "show", folder / ".openqi/ledger", state["made"][entry]["record"])
    return found


def test_the_clock_of_a_complaint_stands_still_while_the_laboratory_tests(built: Path):
    (row,) = answer("complaint", "list", built / ".openqi/ledger", "--authority", "https://bureau.example")["complaints"]
    assert (row["state"], row["outcome"], row["late"], row["test_days"]) == ("closed", "upheld", 0, 8)
    assert record(built, "complaints/leaking")["body"]["decideBy"] == "2024-10-29"  # 21-25, 28, 29
    # Accepted on Mon 21 October 2024, tested until Mon 28, so 45 working days from the 29th: October 3, November 21, December 2-6,
    # 9-13, 16-20, 23-27: 44, and Mon 30.
    assert record(built, "ended_complaint_tests/leaking")["body"]["mediateBy"] == "2024-12-30"


def test_an_upheld_complaint_contradicts_the_promises_that_name_it_by_its_public_record(built: Path):
    found = openqi("pledge", "state", "parties/maker", "--in", built, "--at", "2024-10-28", "--json")
    assert found.status == 1, found
    (pledge,) = found.data["signatures"]
    contradicted = {one["promise"]: one["evidence"] for one in pledge["states"] if one["state"] == "contradicted"}
    public = record(built, "upheld_complaints/leaking")["record"]
    assert {one: contradicted[one] for one in ("warranty", "compensation")} == {"warranty": [public], "compensation": [public]}


def test_the_dispute_is_settled_by_the_readings_of_the_laboratory(built: Path):
    settled = record(built, "settled_disputes/mouth")["body"]
    assert (settled["outcome"], settled["pays"], settled["tested"], settled["failing"]) == ("upheld", "respondent", 3, 2)
    assert settled["judged"] == [json.loads((built / ".openqi/state.json").read_text())["made"]["judgements/dispute"]["record"]]


def test_no_word_of_the_complaint_is_in_the_ledger(built: Path):
    data = b"\n".join(path.read_bytes() for path in sorted((built / ".openqi").rglob("*")) if path.is_file())
    for word in WORDS:
        assert word.encode() not in data
    assert answer("log", "fsck", built / ".openqi/ledger")["findings"] == []
