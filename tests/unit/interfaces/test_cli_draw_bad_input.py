"""What no draw can be made of is refused with what, where and what to do; and nothing is half written."""

import json
import os

import pyarrow as pa
import pytest
from pyarrow import parquet

from draw_files import LOTTERY, PLAN, ROWS, commit, csv_of, drawn, run, small
from openqi.app.draws import committing, drawing
from unit.interfaces.cli_world import openqi

BY_OPTION = "--purpose", "spot check", "--source", "drand quicknet", "657413", "-"
LISTS = {
    "an object twice": ([*ROWS, ROWS[3]], "stands on the list twice"),
    "an object in other letters": ([*ROWS, ("FIRM 3", "A", "1")], "read as one object"),
    "no name": ([*ROWS, ("", "A", "1")], "firms.csv:42: column name is empty"),
    "no size": ([*ROWS, ("firm 50", "A", "")], "firms.csv:42: column size is empty"),
    "a size with decimals": ([*ROWS, ("firm 50", "A", "1.5")], "firms.csv:42: column size: '1.5' is no size"),
    "a size below zero": ([*ROWS, ("firm 50", "A", "-1")], "firms.csv:42: column size: '-1' is no size"),
    "a size beyond all": ([*ROWS, ("firm 50", "A", str(2**40 + 1))], "size"),
    "a chance of zero": ([*ROWS, ("firm 50", "B", "0")], "firm 50: 1 objects have the size 0 and no floor"),
    "nobody": (ROWS[:1], "nobody is on the list"),
    "a name that cannot be seen": ([*ROWS, ("firm\u200b 50", "A", "1")], "U+200B"),
    "classes that read alike": ([*ROWS, ("firm 50", "a", "1")], "read as one class"),
    "no such column": ([("firm", "class"), ("a", "b")], "no column 'name'"),
}  # fmt: skip


@pytest.mark.parametrize("what", LISTS)
def test_a_list_that_is_none_is_refused_and_leaves_nothing(tmp_path, what):
    rows, told = LISTS[what]
    small(tmp_path, firms=csv_of(rows))
    before = sorted(tmp_path.iterdir())
    found = commit(tmp_path)
    assert found.status == 2
    assert told in found.err, found.err
    assert sorted(tmp_path.iterdir()) == before


PLANS = {
    "a ratio over 100 %": (PLAN.replace("size: 8", "ratio: 120 %"), "up to 100 %"),
    "more than there are": (PLAN.replace("size: 8", "size: 41"), "41 of 40"),
    "nobody to be drawn": (PLAN.replace("size: 8", "size: 0"), "0 of 40"),
    "an empty stratum": (PLAN.replace("design: pareto", "stratum: 南海\n    design: pareto"), "nobody on the list is in it"),
    "a class nobody has": (PLAN.replace("A: 5 %", "E: 5 %"), "nobody on the list has the class 'E'"),
    "a cap of zero": (PLAN.replace("D: 3/5", "D: 0"), "cap 0"),
    "a floor above its cap": (PLAN.replace("A: 5 %}", "D: 70 %}"), "0 <= floor <= cap"),
    "floors above the size": (PLAN.replace("A: 5 %", "A: 99 %"), "ask for"),
    "a design that is none": (PLAN.replace("pareto", "lottery"), "there is no design 'lottery'"),
    "size and ratio": (PLAN.replace("size: 8", "size: 8\n    ratio: 5 %"), "size or a ratio"),
    "a percentage that is none": (PLAN.replace("5 %", "five"), "plan.yaml:5: strata[1].floors.A: 'five' is no part"),
    "a member that is none": (PLAN.replace("purpose", "porpoise"), "porpoise"),
    "no randomness": (PLAN.split("sources")[0] + "sources: []\n", "no randomness is named"),
    "a source without an instant": (PLAN.replace(", not_before: 2023-09-15T13:15:00Z", ""), "before which instant"),
    "an instant that is none": (PLAN.replace("13:15:00Z", "13:15"), "plan.yaml:9: sources[2]: instant"),
    "a beacon that is not known": (PLAN.replace("quicknet", "slownet"), "no beacon whose rounds come at known times"),
    "a round that is none": (PLAN.replace("657413", "next"), "no round"),
    "a source twice": (PLAN + PLAN[PLAN.index("  - {source: drand"):].split("\n")[0] + "\n", "none twice"),
    "randomness that is out": (PLAN.replace("657413", "500000"), "may be known from 2023-09-09"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANS)
def test_a_plan_that_is_none_is_refused_and_leaves_nothing(tmp_path, what):
    plan, told = PLANS[what]
    small(tmp_path, plan=plan)
    found = commit(tmp_path)
    assert found.status == 2
    assert told in found.err, found.err
    assert not (tmp_path / "toys").exists()


EXCLUSIONS = {
    "no reason": ("name,reason\nfirm 5,\n", "excluded.csv:2: firm 5 is excluded without a reason"),
    "twice": ("name,reason\nfirm 5,closed\nfirm 5,moved\n", "excluded twice"),
    "not on the list": ("name,reason\nfirm 99,closed\n", "firm 99 is excluded and was not on the list"),
    "other letters than on the list": ("name,reason\nfirm 5,closed\nFIRM 6,closed\n", "FIRM 6"),
    "everybody": ("name,reason\n" + "".join(f"firm {n},closed\n" for n in range(40)), "nobody is on the list"),
}


@pytest.mark.parametrize("what", EXCLUSIONS)
def test_exclusions_that_are_none_are_refused(tmp_path, what):
    text, told = EXCLUSIONS[what]
    small(tmp_path, excluded=text)
    found = commit(tmp_path, "--exclude", tmp_path / "excluded.csv")
    assert found.status == 2
    assert told in found.err, found.err
    assert not (tmp_path / "toys").exists()


def test_past_visits_without_caps_or_with_a_day_that_is_none_are_refused(tmp_path):
    small(tmp_path)
    (tmp_path / "past.csv").write_text("name,day\nfirm 7,yesterday\n")
    assert "no caps of frequency" in commit(tmp_path, "--past", tmp_path / "past.csv").err
    small(tmp_path, plan=PLAN + "frequency:\n  day: 2023-09-16\n  caps:\n    D: {at_most: 1, period: 365}\n")
    assert "past.csv:2: column day: 'yesterday'" in commit(tmp_path, "--past", tmp_path / "past.csv").err
    (tmp_path / "past.csv").write_text("name,day\nfirm 7,2023-12-01\n")
    assert "after the draw" in commit(tmp_path, "--past", tmp_path / "past.csv").err


PARQUET = {
    "a float": ({"name": ["a", "b"], "size": [1.0, 2.0]}, "sizes are whole numbers"),
    "nothing": ({"name": ["a", None]}, "column name is empty in row 2"),
    "numbers for names": ({"name": [1, 2]}, "names and labels are texts"),
    "no names": ({"firm": ["a", "b"]}, "no column 'name'"),
    "a name without letters": ({"name": ["a", ""]}, "is empty"),
    "a line in a class": ({"name": ["a", "b"], "class": ["A", "B\nC"]}, "one line of text"),
}


@pytest.mark.parametrize("what", PARQUET)
def test_a_parquet_list_that_is_none_is_refused(tmp_path, what):
    data, told = PARQUET[what]
    small(tmp_path)
    parquet.write_table(pa.table(data), tmp_path / "firms.parquet")
    found = commit(tmp_path, *BY_OPTION, "--size", "1", objects="firms.parquet")
    assert found.status == 2
    assert told in found.err, found.err


RANDOMNESS = {
    "missing": ("beacon.json", "lottery.yaml", "", ("beacon.json",), "no value of 福彩双色球"),
    "not named": ("lottery.yaml", "2023107", "2023108", None, "was not named before the draw"),
    "another round": ("beacon.json", "657413", "657414", None, "round 657414 of drand was not named"),
    "two values": ("beacon.json", "", "", ("beacon.json", "lottery.yaml", "lottery.yaml"), "has a value already"),
    "known before": ("lottery.yaml", "13:20:00Z", "13:10:00Z", None, "before 2023-09-15T13:15:00Z"),
    "an edited signature": ("beacon.json", "b713", "b714", None, "randomness is not SHA-256 of the signature"),
    "a short signature": ("beacon.json", "b713718a", "", None, "was not named"),
    "numbers that are none": ("lottery.yaml", "33", "x", None, "lottery.yaml:4: numbers: drawn numbers are whole numbers"),
    "no numbers": ("lottery.yaml", "numbers: 3 9 17 21 30 33 + 16", "", None, "give drawn numbers, or hex"),
    "no JSON": ("beacon.json", '{"round"', '{"round', None, "beacon.json:1"),
}


@pytest.mark.parametrize("what", RANDOMNESS)
def test_randomness_that_is_none_is_refused_and_nothing_is_drawn(tmp_path, what):
    name, old, new, files, told = RANDOMNESS[what]
    small(tmp_path)
    assert commit(tmp_path).status == 0
    text = (tmp_path / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    before = sorted((tmp_path / "toys").iterdir())
    found = run(tmp_path, files=files or ("beacon.json", "lottery.yaml"))
    assert found.status in (1, 2)
    assert told in found.err, found.err
    assert sorted((tmp_path / "toys").iterdir()) == before


def test_too_little_randomness_is_refused(tmp_path):
    plan = PLAN.replace("  - {source: drand quicknet, event: 657413}\n", "")
    small(tmp_path, plan=plan, lottery=LOTTERY.replace("3 9 17 21 30 33 + 16", "7"))
    assert commit(tmp_path).status == 0
    assert "fewer than 16 bytes" in run(tmp_path, files=("lottery.yaml",)).err


def test_an_edited_list_is_not_drawn_from(tmp_path):
    small(tmp_path)
    assert commit(tmp_path).status == 0
    path = tmp_path / "toys" / "list.tsv"
    path.write_bytes(path.read_bytes().replace(b"\tD\t8\n", b"\tD\t80\n"))
    found = run(tmp_path)
    assert found.status == 1
    assert "was edited" in found.err
    assert not (tmp_path / "toys" / "draw.json").exists()


def test_a_draw_is_made_once_and_a_folder_is_not_overwritten(tmp_path):
    folder = drawn(tmp_path)
    assert "drawn from once" in run(tmp_path).err
    assert "exists and is not overwritten" in commit(tmp_path).err
    assert "no folder of a draw" in openqi("draw", "verify", tmp_path).err
    assert openqi("draw", "verify", folder).status == 0
    assert "there is no folder" in commit(tmp_path, to="none/toys").err


@pytest.mark.parametrize("module", [committing, drawing])
def test_a_failing_disk_leaves_no_half_draw(tmp_path, monkeypatch, module):
    small(tmp_path)
    if module is drawing:
        assert commit(tmp_path).status == 0
    real, calls = module.write_file, []

    def full(path, data, **more):
        calls.append(path)
        if path.name in ("commitment.json", "draw.json"):
            raise OSError(28, os.strerror(28), str(path))
        real(path, data, **more)

    monkeypatch.setattr(module, "write_file", full)
    failed = commit(tmp_path) if module is committing else run(tmp_path)
    assert failed.status == 2
    assert calls
    monkeypatch.setattr(module, "write_file", real)
    if module is committing:
        assert not [one for one in tmp_path.iterdir() if one.is_dir()]
        assert commit(tmp_path).status == 0
    else:
        assert not (tmp_path / "toys" / "draw.json").exists()  # a result without draw.json is none, and is made anew
        assert run(tmp_path).status == 0


def test_options_that_do_not_go_together_are_refused(tmp_path):
    small(tmp_path)
    assert "leave out --purpose" in openqi(
        "draw", "commit", tmp_path / "firms.csv", "-o", tmp_path / "x", "--plan", tmp_path / "plan.yaml", "--purpose", "p"
    ).err  # fmt: skip
    assert "give --plan" in openqi("draw", "commit", tmp_path / "firms.csv", "-o", tmp_path / "x").err
    assert "write CLASS=PART" in commit(tmp_path, *BY_OPTION, "--size", "3", "--floor", "A").err
    assert commit(tmp_path, "--at", "yesterday").status == 2
    assert commit(tmp_path).status == 0
    assert "leave --key out" in run(tmp_path, "--key", _key(tmp_path)).err


def _key(folder):
    assert openqi("key", "new", folder / "a.key").status == 0
    return folder / "a.key"


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "openqi draw commitment 1"}', '{"format": "x"}', "\x00", "9" * 5000])
def test_any_commitment_file_is_verified_or_refused(tmp_path, text):
    folder = drawn(tmp_path)
    for name in ("commitment.json", "draw.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_text(text)
        found = openqi("draw", "verify", folder, "--json")
        assert found.status == 1
        assert found.data["first_difference"]["name"] == "form"
        (folder / name).write_bytes(whole)


def test_members_of_another_type_are_told_not_thrown(tmp_path):
    folder = drawn(tmp_path)
    for name in ("commitment.json", "draw.json"):
        whole = json.loads((folder / name).read_text())
        for member in whole:
            for other in (None, 7, [], {}, "x", [None], {"a": {}}):
                (folder / name).write_text(json.dumps(whole | {member: other}))
                found = openqi("draw", "verify", folder, "--json")
                assert found.status == (0 if other == whole[member] else 1), (name, member, other)
        (folder / name).write_text(json.dumps(whole))
