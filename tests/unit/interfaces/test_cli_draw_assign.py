"""`openqi draw assign`: who goes is a function of the draw and of tables; a shortage is told exactly and writes nothing."""

import json

import pytest

from draw_files import drawn, verified
from unit.interfaces.cli_world import openqi

DAYS = "2023-01-01/2023-12-31"


def tables(folder, *, most=4, people=5, **changed):
    names = [row.split(",")[1] for row in (folder / "toys" / "drawn.csv").read_text(encoding="utf-8").splitlines()[1:]]
    rows = "".join(f"O{n},U{n % 2},{DAYS},toys {DAYS}; food {DAYS},{most}\n" for n in range(people))
    files = {
        "officers.csv": "officer,unit,certificates,permits,most\n" + rows,
        "visits.csv": "name,day,items\n" + "".join(f"{name},2023-09-20,toys\n" for name in names),
        "recusals.csv": f"officer,name,reason\nO1,{names[0]},kin\n",
        "apart.csv": "officer,other,reason\nO2,O3,past-pair\n",
    }
    for name, text in files.items():
        (folder / name).write_text(changed.get(name.split(".")[0], text), encoding="utf-8")
    return names


def assign(folder, *more):
    given = [part for name in ("officers", "visits", "recusals", "apart") for part in (f"--{name}", folder / f"{name}.csv")]
    return openqi("draw", "assign", folder / "toys", *given, *more, "--json")


def test_officers_are_sent_from_the_seed_and_verified(tmp_path):
    folder = drawn(tmp_path)
    names = tables(tmp_path)
    found = assign(tmp_path, "--different-units").data
    assert [team["name"] for team in found["teams"]] == sorted(names)
    for team in found["teams"]:
        assert {"O2", "O3"} - set(team["officers"])
        assert team["name"] != names[0] or "O1" not in team["officers"]
        assert len({int(one[1:]) % 2 for one in team["officers"]}) == 2
    told = verified(folder)
    assert told["steps"][-1]["detail"] == "8 teams"
    assert told["recomputed"] == "passed"
    assert any("officers" in text for text in told["not_checked"])
    assert "sent once" in assign(tmp_path).err
    text = (folder / "teams.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "name,officers,substitutes,metres,left,joined"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("assignment.json", '"most": 4', '"most": 3', "are lacking"),
        ("assignment.json", '"each": 2', '"each": "2"', "no such value"),
        ("assignment.json", '"past-pair"', '""', "say why"),
        ("teams.csv", "O1", "O4", "teams.csv"),
    ],
)
def test_an_edited_assignment_is_named(tmp_path, name, old, new, told):
    folder = drawn(tmp_path)
    tables(tmp_path)
    assert assign(tmp_path).status == 0
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    found = openqi("draw", "verify", folder, "--json")
    assert found.status == 1
    first = found.data["first_difference"]
    assert first["name"] == "assignment"
    assert told in first["detail"]


def test_a_shortage_is_told_exactly_and_nothing_is_written(tmp_path):
    folder = drawn(tmp_path)
    tables(tmp_path, most=3)
    before = sorted(folder.iterdir())
    found = assign(tmp_path)
    assert found.status == 1
    assert (found.data["missing"], found.data["proved"]) == (1, 1)  # sixteen are to go, five officers go three times at most
    (short,) = found.data["shortages"]
    assert short["counts"]["workload-full"] + 1 >= 3
    assert {one["officer"] for one in short["dropped"]} < {f"O{n}" for n in range(5)}
    assert sorted(folder.iterdir()) == before
    people = openqi(
        "draw", "assign", folder, "--officers", tmp_path / "officers.csv", "--visits", tmp_path / "visits.csv", "--lang", "zh"
    )
    assert people.status == 1
    assert "必然缺口  1" in people.out


def test_what_pairs_alone_forbid_is_not_called_proved(tmp_path):
    drawn(tmp_path)
    tables(tmp_path, people=2, most=8, recusals="officer,name,reason\n", apart="officer,other,reason\nO0,O1,past-pair\n")
    found = assign(tmp_path)
    assert (found.status, found.data["missing"], found.data["proved"]) == (1, 8, 0)
    assert json.dumps(found.data).count("kept-apart: past-pair") > 0


HEAD = "officer,certificates,permits,most\n"
BAD = {
    "no most": ({"officers": f"officer,certificates,permits\nO1,{DAYS},toys {DAYS}\n"}, "no column 'most'"),
    "no days": ({"officers": f"{HEAD}O1,always,toys {DAYS},3\n"}, "csv:2: column certificates: 'always'"),
    "a permit without days": ({"officers": f"{HEAD}O1,{DAYS},toys,3\n"}, "column permits: 'toys' has no days"),
    "a workload that is none": ({"officers": f"{HEAD}O1,{DAYS},toys {DAYS},many\n"}, "'many' is no whole number"),
    "east alone": ({"visits": "name,day,items,east\nfirm 37,2023-09-20,toys,3\n"}, "none north"),
    "a day that is none": ({"visits": "name,day,items\nfirm 37,2023-09-31,toys\n"}, "visits.csv:2: column day: '2023-09-31'"),
    "a visit to somebody else": ({"visits": "name,day,items\nfirm 7,2023-09-20,toys\n"}, "firm 7 was not drawn"),
    "a visit that is missing": ({"visits": "name,day,items\nfirm 37,2023-09-20,toys\n"}, "has no visit"),
    "a recusal of nobody": ({"recusals": "officer,name,reason\nO9,firm 37,kin\n"}, "no such officer or visit"),
    "a recusal without a reason": ({"recusals": "officer,name,reason\nO1,firm 37,\n"}, "recusals.csv:2: column reason is empty"),
    "a pair of one": ({"apart": "officer,other,reason\nO1,O1,kin\n"}, "not two of the officers"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_tables_that_are_none_are_refused(tmp_path, what):
    changed, told = BAD[what]
    folder = drawn(tmp_path)
    tables(tmp_path, **changed)
    found = assign(tmp_path)
    assert found.status == 2
    assert told in found.err, found.err
    assert not (folder / "assignment.json").exists()


def test_nobody_is_sent_before_the_draw_and_one_officer_is_no_team(tmp_path):
    folder = drawn(tmp_path)
    tables(tmp_path)
    assert "at least two" in assign(tmp_path, "--each", "1").err
    (folder / "draw.json").unlink()
    assert assign(tmp_path).status == 2
