"""`openqi chart` with options that are tables, and of subgroups of vectors; and what a newcomer types at first."""

import json

import pytest

from unit.interfaces.cli_world import answer, openqi
from vectors_of import vectors_of

RYAN = vectors_of("control/hotelling_ryan.json")["points"]


@pytest.fixture
def ryan(tmp_path):
    rows = [f"{one[k]},{one[k + 1]},g{place}" for place, one in enumerate(RYAN) for k in range(0, len(one), 2)]
    (tmp_path / "ryan.csv").write_text("y1,y2,group\n" + "\n".join(rows), encoding="utf-8")
    return tmp_path / "ryan.csv"


@pytest.mark.parametrize("groups", [("--by", "group"), ("--subgroup", 4)])
def test_means_of_vectors_are_charted_out_of_two_columns(ryan, groups):
    found = openqi("chart", ryan, "--kind", "t2-means", "--column", "y1", "--column", "y2", *groups, "--json")
    assert found.status == 1
    assert [one["point"] for one in found.data["panels"][0]["violations"]] == [10, 20]
    assert found.data["stages"][0]["estimates"]["centre 1"] == 60.375


def test_a_baseline_and_nominal_values_come_from_files(ryan, tmp_path):
    base = {"centre": [60.375, 18.4875], "covariance": [[222.0, 103.0], [103.0, 56.6]], "count": 20}
    (tmp_path / "base.json").write_text(json.dumps(base), encoding="utf-8")
    asked = ("chart", ryan, "--kind", "t2-means", "--column", "y1", "--column", "y2", "--by", "group")
    found = openqi(*asked, "--set", f"baseline={tmp_path / 'base.json'}", "--json").data
    assert found["stages"][0]["estimators"]["covariance"] == "frozen"
    (tmp_path / "x.csv").write_text("x,part\n10.1,a\n9.9,a\n20.2,b\n19.9,b\n10.0,a\n", encoding="utf-8")
    (tmp_path / "nominals.json").write_text('{"a": 10, "b": 20}', encoding="utf-8")
    short = ("chart", tmp_path / "x.csv", "--kind", "deviation-from-nominal", "--column", "x", "--groups", "part")
    values = answer(*short, "--set", f"nominals={tmp_path / 'nominals.json'}")["panels"][0]["values"]
    assert values == pytest.approx([0.1, -0.1, 0.2, -0.1, 0.0])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--column", "y1", "--column", "y2"), "--subgroup counts them"),
        (("--column", "y1", "--by", "group", "--subgroup", 4), "state one of them"),
        (("--column", "y1", "--column", "y2", "--subgroup", 3), "point 27 has 4 values"),
        (("--column", "y1", "--column", "y2", "--subgroup", 1), "two or more vectors"),
        (("--column", "y1", "--by", "group", "--set", "baseline=nowhere.json"), "nowhere.json"),
        (("--column", "y1", "--by", "group", "--set", "baseline={tmp}/list.json"), "not a table of names and numbers"),
        (("--column", "y1", "--by", "group", "--set", "baseline={tmp}/bad.json"), "not JSON"),
    ],
)
def test_what_cannot_be_charted_is_refused(ryan, tmp_path, more, says):
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    given = [str(one).replace("{tmp}", str(tmp_path)) for one in more]
    found = openqi("chart", ryan, "--kind", "t2-means", *given)
    assert found.status == 2
    assert says in found.err, found.err
