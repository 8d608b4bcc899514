"""`openqi chart`: published limits at the command line, every violated rule, both languages, and tables that cannot be charted."""

import json

import pytest

from openqi.interfaces.cli.words import CHINESE
from openqi.science.charts.charting import chart_kinds
from unit.interfaces.cli_world import answer, openqi
from vectors_of import vectors_of

CASES = vectors_of("control/qcc27_expected.json")


@pytest.fixture
def rings(tmp_path):
    rows = [f"{value},{number}" for number, row in enumerate(CASES["pistonrings"][:25], 1) for value in row]
    (tmp_path / "rings.csv").write_text("diameter,sample\n" + "\n".join(rows), encoding="utf-8")
    return tmp_path / "rings.csv"


def test_piston_rings_in_subgroups(rings):
    found = answer("chart", rings, "--kind", "xbar-s", "--by", "sample")
    assert found["panels"][1]["upper"][0] == pytest.approx(CASES["figures"]["pistonrings_S_phase1"]["ucl"], rel=1e-9)
    assert found["stages"][0]["estimators"] == {"centre": "grand-mean", "sigma": "mean-sd"}
    assert found["panels"] == answer("chart", rings, "--kind", "xbar-s", "--column", "diameter", "--subgroup", 5)["panels"]


def test_a_broken_rule_is_a_finding_and_every_one_is_told(tmp_path):
    (tmp_path / "x.csv").write_text("x,by\n" + "\n".join(["10,a"] * 8 + [",a", "13.5,a", "10.1,a"]), encoding="utf-8")
    arguments = (
        "chart",
        tmp_path / "x.csv",
        "--kind",
        "i-mr",
        "--column",
        "x",
        "--centre",
        10,
        "--sigma",
        1,
        "--rules",
        "western-electric",
    )
    found = openqi(*arguments, "--json")
    assert found.status == 1
    assert found.data["panels"][0]["violations"] == [{"point": 10, "rules": [1]}]
    assert found.data["panels"][0]["values"][8] is None
    told = openqi(*arguments)
    assert (told.status, "individuals 10: breaks rule 1" in told.out) == (1, True)
    assert "单值 10: 违反准则 1" in openqi(*arguments, "--lang", "zh").out


def test_orange_juice_with_sizes_and_a_set_of_ones_own(tmp_path):
    cans = [can for can in CASES["orangejuice"] if can["trial"]]
    (tmp_path / "p.csv").write_text("d,n\n" + "\n".join(f"{can['defects']},{can['size']}" for can in cans), encoding="utf-8")
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"name": "limits", "rules": [{"number": 7, "asks": "same-side", "sigma": 3}]}), encoding="utf-8")
    found = openqi("chart", tmp_path / "p.csv", "--kind", "p", "--sizes", "n", "--rules", own, "--json")
    assert found.data["panels"][0]["violations"] == [{"point": 15, "rules": [7]}, {"point": 23, "rules": [7]}]


def test_stages_times_and_other_options(tmp_path):
    rows = ["a,2026-01-01,1", "a,2026-01-02,2", "b,2026-01-03,11", "b,2026-01-03,12"]
    (tmp_path / "s.csv").write_text("stage,day,x\n" + "\n".join(rows), encoding="utf-8")
    found = answer("chart", tmp_path / "s.csv", "--kind", "ewma", "--stages", "stage", "--time", "day", "--set", "weight=0.5")
    assert [(stage["label"], stage["from"], stage["to"]) for stage in found["stages"]] == [("a", 1, 2), ("b", 3, 4)]
    assert found["panels"][0]["values"][0] == pytest.approx(0.5 * 1.0 + 0.5 * 1.5)


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ("x\n1\nabc", (), "x.csv:3: column x"),
        ("x,y\n1,2", (), "--column"),
        ("x\n1", ("--kind", "other"), "no chart is called"),
        ("x\n1", ("--rules", "other"), "no rule set"),
        ("x\n1", ("--set", "weight"), "NAME=VALUE"),
        ("x\n1", ("--set", "weight=2"), "no option weight"),
        ("x\n1", ("--centre", "a"), "--centre"),
        ("x\n1", ("--by", "x", "--subgroup", 2, "--column", "x"), "state one"),
        ("x,t\n1,2026-01-02\n2,2026-01-01", ("--time", "t"), "x.csv:3: time goes backwards"),
        ("x,t\n1,yesterday", ("--time", "t"), "ISO"),
        ("x,n\n1,2", ("--sizes", "n"), "takes no sizes"),
    ],
)
def test_what_cannot_be_charted_is_refused(tmp_path, rows, more, said):
    (tmp_path / "x.csv").write_text(rows, encoding="utf-8")
    found = openqi("chart", tmp_path / "x.csv", *(() if "--kind" in more else ("--kind", "i-mr")), *more)
    assert found.status == 2
    assert said in found.err


def test_every_panel_has_a_chinese_name():
    from openqi.science.charts.panel import Stage

    data = {
        "counts": [3.0, 4.0, 5.0, 6.0],
        "vectors": [],
        "individuals": [1.0, 2.0, 1.5, 3.0, 2.0],
        "means": [1.0, 2.0, 1.5, 3.0, 2.0],
    }
    for kind in chart_kinds().values():
        values = tuple(data.get(kind.data, ()))
        rows = ((1.0, 2.0, 1.4), (2.0, 1.5, 0.2), (3.0, 1.0, 1.0), (1.0, 1.1, 2.0), (1.5, 2.0, 0.9))
        rows = rows if kind.data in {"vectors", "subgroups"} else ()
        nominals = {"nominals": {"a": 1.0}} if "nominals" in kind.options else {}
        nominals |= {"variables": 1} if "variables" in kind.options else {}
        sizes = (9.0,) * len(values) if "sizes" in kind.needs else ()
        found = kind.compute(Stage(values=values, rows=rows, sizes=sizes, groups=("a",) * len(values), options=nominals))
        assert all(track.name in CHINESE for track in found.tracks), kind.name


def test_what_else_was_found_is_told_too_and_points_are_counted_from_one_over_all_stages(tmp_path):
    rows = [f"{10 + place % 3 + (5 if place >= 20 else 0)},{'a' if place < 8 else 'b'}" for place in range(40)]
    (tmp_path / "x.csv").write_text("x,stage\n" + "\n".join(rows), encoding="utf-8")
    arguments = ("chart", tmp_path / "x.csv", "--kind", "change-point", "--column", "x")
    for more in ((), ("--stages", "stage")):
        assert openqi(*arguments, *more, "--json").data["stages"][-1]["findings"]["likeliest_first_point"] == 21
        assert "likeliest first point 21, ratio" in openqi(*arguments, *more).out
        assert "最可能的变点 21" in openqi(*arguments, *more, "--lang", "zh").out
    told = openqi("chart", tmp_path / "x.csv", "--kind", "run", "--column", "x", "--lang", "zh").out
    assert "最长链 20" in told and "p（聚集）" in told


def test_proportions_in_samples_of_any_sizes_have_one_centre(tmp_path):
    rows = [f"{place % 5 + 1},{100 + place % 3 * 20}" for place in range(30)]
    (tmp_path / "x.csv").write_text("bad,n\n" + "\n".join(rows), encoding="utf-8")
    assert (
        len(set(answer("chart", tmp_path / "x.csv", "--kind", "p", "--column", "bad", "--sizes", "n")["panels"][0]["centre"])) == 1
    )
