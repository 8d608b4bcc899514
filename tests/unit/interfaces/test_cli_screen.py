"""`openqi screen`: worst first at the command line, in both languages, with map and pages; and what it refuses."""

import json
from pathlib import Path

import pytest

from openqi.app.screening.ordering import ORDERS
from openqi.interfaces.cli.commands.screen import _ORDERS
from openqi.interfaces.cli.words import CHINESE
from screening_plant import known_plant
from unit.interfaces.cli_world import openqi


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("plant")
    return folder, known_plant(folder, streams=40, readings=150, bad=8)


def test_the_worst_come_first_and_are_a_finding(plant: tuple[Path, dict[str, str]]):
    folder, truth = plant
    found = openqi("screen", folder / "out", "--json", "--top", 8)
    assert found.status == 1
    assert {truth[one["stream"]] for one in found.data["worst"]} <= {"shifted", "drifting", "wide", "wild"}
    assert [one["unstable"] for one in found.data["worst"]] == [True] * 8
    assert found.data["streams"] == sum(found.data["counts"].values()) == 40
    assert found.data["runLength"] == pytest.approx(73.7, rel=0.02)
    whole = openqi("screen", folder / "out", "--json", "--top", 0, "--order", "capability")
    ppk = [one["ppk"] for one in whole.data["worst"]]
    assert (len(ppk), ppk) == (40, sorted(ppk))


def test_lines_are_there_in_both_languages_and_every_label_has_a_word(plant: tuple[Path, dict[str, str]]):
    folder, _ = plant
    told = openqi("screen", folder / "out", "--lang", "en", "--top", 3)
    lines = told.out.splitlines()
    heads = [head for head in lines[lines.index("") + 1].split("  ") if head.strip()]
    labels = [line.split("  ")[0] for line in lines[: lines.index("")]]
    unknown = {label.strip() for label in (*heads, *labels)} - set(CHINESE)
    assert unknown <= {"Cpk", "Ppk"}
    assert "… 37 more streams; --top 0 lists all" in lines
    chinese = openqi("screen", folder / "out", "--lang", "zh").out
    assert "不稳定且能力不足" in chinese or "不稳定但有能力" in chinese
    assert "判为不稳定" in chinese


def test_all_is_well_where_all_is_stable_and_capable(tmp_path: Path):
    known_plant(tmp_path, streams=2, readings=60, bad=0, names=["b", "c"], seed=3)
    found = openqi("screen", tmp_path / "out", "--json", "--capable", "0.5")
    assert (found.status, [one["quadrant"] for one in found.data["worst"]]) == (0, ["stable-capable"] * 2)


def test_a_map_and_pages_are_written_beside_the_same_answer(plant: tuple[Path, dict[str, str]], tmp_path: Path):
    folder, _ = plant
    plain = openqi("screen", folder / "out", "--json")
    drawn = openqi(
        "screen", folder / "out", "--json", "--picture", tmp_path / "map.svg", "--html", tmp_path / "pages", "--pages", 2,
        "--readings", folder / "in",
    )  # fmt: skip
    assert drawn.data == plain.data
    assert "<svg" in (tmp_path / "map.svg").read_text(encoding="utf-8")[:300]
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {".openqi-site", "en", "index.html", "static", "zh"}
    assert len(list((tmp_path / "pages/en/stream").iterdir())) == 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--readings", "in"), "give --html DIR too"), (("--picture", "map.pdf"), ".svg or .png"),
        (("--fdr", "2"), "false discovery rate"),
        (("--rules", "nelson 1"), "not those that were watched"), (("--order", "luck"), "--order"),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_said_and_nothing_is_written(plant: tuple[Path, dict[str, str]], more: tuple[str, str], says: str):
    found = openqi("screen", plant[0] / "out", *more, "--json")
    assert (found.status, says in found.err) == (2, True), found.err
    assert "error" in json.loads(found.out)


def test_another_folder_is_no_folder_of_results(tmp_path: Path):
    found = openqi("screen", tmp_path, "--html", tmp_path / "pages", "--json")
    assert (found.status, found.data["kind"]) == (2, "not-found")
    assert not (tmp_path / "pages").exists()


def test_the_orders_of_the_command_are_those_there_are():
    assert tuple(ORDERS) == _ORDERS
