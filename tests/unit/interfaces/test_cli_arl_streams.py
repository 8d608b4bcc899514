"""`openqi arl streams` and `openqi arl plant`: streams named, a plant played, in both languages, and bad input."""

import random

import pytest

from openqi.interfaces.cli.words import CHINESE
from unit.interfaces.cli_world import answer, openqi


@pytest.fixture
def plant(tmp_path):
    chance = random.Random(3)
    rows = []
    for t in range(80):
        points = [chance.gauss(0, 1) + (2.0 if t >= 40 and stream in (3, 7) else 0.0) for stream in range(20)]
        rows.append(",".join("" if (t, stream) == (5, 2) else f"{10 + 0.5 * x:.4f}" for stream, x in enumerate(points)))
    (tmp_path / "plant.csv").write_text(",".join(f"s{k}" for k in range(20)) + "\n" + "\n".join(rows), encoding="utf-8")
    (tmp_path / "base.csv").write_text("stream,centre,sigma\n" + "\n".join(f"s{k},10,0.5" for k in range(20)), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "how",
    [
        (),
        ("--dependent",),
        ("--side", "upper", "--ceiling", "12"),
        ("--method", "e-detector"),
        ("--method", "e-detector", "--patience", "40", "--side", "upper"),
    ],
)
def test_streams_that_changed_are_named(plant, how):
    asked = ("arl", "streams", plant / "plant.csv", "--baseline", plant / "base.csv", "--level", "0.1", "--shift", "1.5", *how)
    found = openqi(*asked, "--json")
    assert found.status == 1
    assert found.data["named"][-1] == {"instant": 80, "streams": ["s3", "s7"]}
    text = openqi(*asked, "--lang", "zh").out
    assert CHINESE["first named at"] in text and CHINESE["at each instant, not over all of them"] in text


def test_no_stream_is_named_where_nothing_changed(plant):
    found = openqi("arl", "streams", plant / "plant.csv", "--baseline", plant / "base.csv", "--level", "0.01", "--column", "s0")
    assert found.status == 0
    assert "no stream is named" in found.out


def test_a_plant_is_given_limits_and_played():
    asked = ("arl", "plant", "--streams", "50:100", "--alarms-a-week", "5")
    for chart in (("--chart", "ewma", "--lambda", "0.2"), ("--chart", "cusum", "--reference", "0.5"), ("--chart", "shewhart")):
        found = answer(*asked, *chart, "--weeks", "40")
        assert found["played"]["alarmsAWeek"] == pytest.approx(5.0, abs=4 * found["played"]["standardError"])
        assert found["groups"][0]["limit"] > 2.5
    again = answer(*asked, *chart, "--weeks", "40", "--seed", "other")
    assert again["played"] != found["played"]
    text = openqi(*asked, *chart, "--weeks", "1", "--lang", "zh").out
    assert CHINESE["alarms counted a week"] in text and "±" not in text
    assert "played" not in answer(*asked)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("plant", "--streams", "5:10", "--alarms-a-week", "1", "--weeks", "3"), "--chart"),
        (("plant", "--streams", "5:10", "--alarms-a-week", "1", "--chart", "ewma"), "--lambda"),
        (("plant", "--streams", "5:10", "--alarms-a-week", "1", "--chart", "shewhart", "--reference", "1"), "--reference"),
        (("plant", "--streams", "5:10", "--chance", "0.1", "--chart", "cusum", "--reference", "1"), "without memory"),
        (("plant", "--streams", "5:1.5", "--alarms-a-week", "1", "--chart", "shewhart", "--weeks", "3"), "only whole ones"),
        (("plant", "--streams", "9999999:168", "--alarms-a-week", "1e6", "--chart", "shewhart", "--weeks", "3"), "fewer weeks"),
        (("streams", "{}/x.csv", "--level", "2"), "false discovery rate"),
        (("streams", "{}/x.csv", "--level", "0.1", "--patience", "3"), "--patience"),
        (("streams", "{}/x.csv", "--level", "0.1", "--method", "e-detector", "--dependent"), "--dependent"),
        (("streams", "{}/x.csv", "--level", "0.1", "--method", "e-detector", "--shift", "9"), "shift of 9"),
        (("streams", "{}/x.csv", "--level", "0.1", "--column", "c"), "no column 'c'"),
        (("streams", "{}/bad.csv", "--level", "0.1"), "bad.csv:3: column b"),
        (("streams", "{}/empty.csv", "--level", "0.1"), "no points"),
        (("streams", "{}/x.csv", "--level", "0.1", "--baseline", "{}/one.csv"), "no centre and sigma of b"),
        (("streams", "{}/x.csv", "--level", "0.1", "--baseline", "{}/none.csv"), "sigma of b is 0"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_says_why(tmp_path, asked, says):
    files = {
        "x": "a,b\n1,2\n0,1\n", "bad": "a,b\n1,2\n0,x\n", "empty": "a,b\n", "one": "stream,centre,sigma\na,0,1\n",
        "none": "stream,centre,sigma\na,0,1\nb,0,0\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    found = openqi("arl", *(one.replace("{}", str(tmp_path)) for one in asked))
    assert found.status == 2
    assert says in found.err, found.err
