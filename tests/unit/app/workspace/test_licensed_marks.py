"""Licensed marks in a workspace: the example, day by day; made once, kept by later builds, private."""

import shutil
from pathlib import Path

import pytest

from unit.interfaces.cli_world import answer, openqi

EXAMPLE = Path(__file__).resolve().parents[4] / "examples/integrity-mark"
DAYS = ("2024-03-15", "2024-04-12", "2024-08-26", "2024-09-02")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "pledge"
    shutil.copytree(EXAMPLE, folder)
    for number, day in enumerate(DAYS, start=1):
        file = folder / "openqi.yaml"
        file.write_text(
            "\n".join(line.removeprefix(f"#{number} ") for line in file.read_text(encoding="utf-8").split("\n")), encoding="utf-8"
        )
        answer("build", folder, "--at", f"{day}T02:00:00Z")
    return folder


def marks(place: Path, name: str) -> list[str]:
    return (place / ".openqi/marks" / f"{name}.txt").read_text().split()


def test_marks_of_the_example_are_licensed_private_and_have_their_states(place):
    assert (place / ".openqi/marks/april.txt").stat().st_mode & 0o777 == 0o600
    april, august = marks(place, "april"), marks(place, "august")
    told = openqi("mark", "state", place / ".openqi/ledger", april[3], august[3], "--json").data["marks"]
    assert [one["state"]["state"] for one in told] == ["activated", "revoked"]
    assert told[1]["state"]["reason"]["zh"] == "该批检验不合格"
    assert {one["licence"]["number"] for one in told} == {"L-2024-0001"}
    assert told[0]["licence"]["rule"]["sort"] == "integrity-verification"


def test_a_later_build_makes_nothing_anew_and_refuses_another_count(place, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(place, copy)
    before = (copy / ".openqi/marks/april.txt").read_bytes()
    size = answer("build", copy, "--at", "2024-09-03T02:00:00Z")["size"]
    assert answer("build", copy, "--at", "2024-09-04T02:00:00Z")["size"] == size
    assert (copy / ".openqi/marks/april.txt").read_bytes() == before
    file = copy / "openqi.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('count: 20, lot: "2024-04"', 'count: 21, lot: "2024-04"'), encoding="utf-8"
    )
    refused = openqi("build", copy, "--at", "2024-09-05T02:00:00Z")
    assert refused.status != 0
    assert "has 20 marks, and they stay" in refused.out + refused.err


def test_a_unit_of_the_example_proves_itself(place, tmp_path):
    mark = marks(place, "april")[0]
    answer("mark", "prove", mark, "--in", place, "-o", tmp_path / "u.openqi")
    found = answer("verify", tmp_path / "u.openqi", "--mark", mark)
    assert found["first_failure"] is None
