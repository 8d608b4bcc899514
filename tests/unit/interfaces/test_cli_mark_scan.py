"""`openqi mark scan score` on plain files: what it says, in both languages, and what it refuses."""

from pathlib import Path

import pytest

from unit.interfaces.cli_world import openqi

TOWNS = "name,latitude,longitude,reach,market\n北京,39.90,116.41,80,CN\n上海,31.23,121.47,80,CN\n香港,22.30,114.17,30,HK\n"
DAYS = [
    f"A,{day * 86_400 + at},{('北京', '上海')[day % 2]},{who}{day % 2}\n" for day in range(12) for at, who in ((0, "x"), (600, "y"))
]
SCANS = "serial,at,place,device\n" + "".join(DAYS) + "B,100,香港,z\nC,100,北京,w\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    (tmp_path / "scans.csv").write_text(SCANS, encoding="utf-8")
    (tmp_path / "honest.csv").write_text("moves,serials\n0,999\n1,1\n", encoding="utf-8")
    units = "serial,begins,ends,market\nA,,,CN;HK\nB,1970-01-01T00:01:00Z,,CN\nC,1970-01-01T01:00:00Z,1970-01-01T00:00:30Z,\n"
    (tmp_path / "units.csv").write_text(units, encoding="utf-8")
    return tmp_path


def score(folder: Path, *more: object):
    return openqi("mark", "scan", "score", folder / "scans.csv", "--places", folder / "towns.csv", *more)


def test_a_serial_that_moves_as_honest_ones_do_not_is_a_finding(folder: Path):
    found = score(folder, "--honest", folder / "honest.csv", "--units", folder / "units.csv", "--json")
    assert found.status == 1
    assert (found.data["named"], found.data["outsideMarket"], found.data["beforeUse"], found.data["afterEnd"]) == (1, 1, 1, 1)
    first = found.data["told"][0]
    assert (first["serial"], first["named"], first["moves"], first["p"]) == ("A", True, 11, 1 / 1001)
    assert first["moved"][0]["from"]["place"] == "北京" and first["moved"][0]["to"]["place"] == "上海"
    assert found.data["falseAlarms"]["reached"] == 0


def test_without_honest_serials_nothing_is_named_and_it_says_so(folder: Path):
    found = score(folder, "--market", "CN", "--lang", "zh")
    assert found.status == 0
    assert "没有已知诚实的序列号作参照" in found.out and "须有人去看实物" in found.out
    assert "somebody has to look at the things" in score(folder).out


@pytest.mark.parametrize(
    ("name", "content", "asked", "told"),
    [
        ("towns.csv", "name,latitude,longitude\n北京,1,2\n", (), "reach"),
        ("towns.csv", TOWNS + "北京,1,2,3,CN\n", (), "towns.csv:5"),
        ("towns.csv", "name,latitude,longitude,reach\n北京,91,2,3\n", (), "towns.csv:2"),
        ("towns.csv", "name,latitude,longitude,reach\n北京,nan,2,3\n", (), "towns.csv:2"),
        ("towns.csv", "name,latitude,longitude,reach\n", (), "0 places"),
        ("scans.csv", "serial,at,place\nA,1,Atlantis\n", (), "scans.csv:2"),
        ("scans.csv", "", (), "is empty"),
        ("honest.csv", "moves,serials\n0,-1\n", ("--honest", "honest.csv"), "honest.csv:2"),
        ("honest.csv", "moves,serials\n0,0\n", ("--honest", "honest.csv"), "0 honest serials"),
        ("honest.csv", "a,b\n0,0\n", ("--honest", "honest.csv"), "serial"),
        ("units.csv", "serial,begins\nA,yesterday\n", ("--units", "units.csv"), "units.csv:2: begins"),
        ("units.csv", "serial,begins\nA,\nA,\n", ("--units", "units.csv"), "stands twice"),
        ("units.csv", "serial,market\nA,MARS\n", ("--units", "units.csv"), "no place is in market 'MARS'"),
        ("units.csv", "", ("--market", "MARS"), "no place is in market 'MARS'"),
        ("units.csv", "", ("--fdr", "1.5"), "false discovery rate"),
        ("units.csv", "", ("--places", "nowhere.csv"), "there is no file"),
    ],
)
def test_what_cannot_be_scored_is_told_with_its_place(folder: Path, name: str, content: str, asked: tuple[str, ...], told: str):
    (folder / name).write_text(content, encoding="utf-8")
    found = score(folder, *(folder / one if one.endswith(".csv") else one for one in asked))
    assert found.status == 2 and told in found.err and not found.out
