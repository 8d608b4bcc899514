"""`openqi capability` of counts, positions, several characteristics and time-dependent models: figures, words, and bad input."""

import random
from pathlib import Path

import pytest

from openqi.interfaces.cli.commands.capabilities.time_model import MEANING
from openqi.interfaces.cli.words import CHINESE
from openqi.science.capability.time_models import MODELS
from unit.interfaces.cli_world import answer, openqi


@pytest.fixture
def world(tmp_path: Path) -> Path:
    chance = random.Random(4)
    samples = "".join(f"{count},200\n" for count in (2, 0, 1, 3, 1))
    points = "".join(f"{chance.gauss(0, 0.03):.4f},{chance.gauss(0.01, 0.03):.4f}\n" for _ in range(60)).replace("-0.0000", "0")
    drift = "".join(f"{place // 5},{10 + 0.02 * (place // 5) + chance.gauss(0, 0.05):.4f}\n" for place in range(100))
    for name, text in (("p", "bad,n\n" + samples), ("xy", "x,y\n" + points), ("drift", "hour,mm\n" + drift)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_counted_items_have_the_exact_interval_of_the_page(world):
    found = answer("capability", "binomial", world / "p.csv", "--column", "bad", "--sizes", "n")
    assert (found["count"], found["size"], found["stable"]) == (7, 1000, True)
    assert found["ppm"] == pytest.approx(7000)
    assert [round(1e6 * found["rateInterval"][end]) for end in ("lower", "upper")] == [2819, 14369]  # Clopper-Pearson of 7 of 1000
    assert found["rateInterval"]["method"] == "clopper-pearson"
    assert found == answer("capability", "binomial", world / "p.csv", "--column", "bad", "--size", 200)


def test_counted_defects_have_the_interval_of_garwood(world):
    found = answer("capability", "poisson", world / "p.csv", "--column", "bad", "--size", 1)
    # Garwood's table: 7 seen, 2.81 to 14.42 (over 5 units).
    assert [round(5 * found["rateInterval"][end], 2) for end in ("lower", "upper")] == [2.81, 14.42]
    assert found["rate"] == pytest.approx(1.4)


def test_samples_that_do_not_share_one_fraction_are_a_finding_without_an_index(world):
    (world / "q.csv").write_text("bad\n" + "\n".join(map(str, [1, 40, 2, 35, 0, 50])), encoding="utf-8")
    found = openqi("capability", "binomial", world / "q.csv", "--size", 100, "--json")
    assert found.status == 1
    assert (found.data["stable"], found.data["equivalentPpk"]) == (False, None)
    assert "not stated" in openqi("capability", "binomial", world / "q.csv", "--size", 100).out


def test_nothing_seen_is_no_perfection(world):
    (world / "none.csv").write_text("bad\n0\n0\n", encoding="utf-8")
    found = answer("capability", "binomial", world / "none.csv", "--size", 50)
    assert (found["z"], found["equivalentPpk"], found["dispersionP"]) == (None, None, None)
    assert found["rateInterval"]["upper"] == pytest.approx(1 - 0.025 ** (1 / 100))
    assert "∞" in openqi("capability", "binomial", world / "none.csv", "--size", 50).out


def test_a_position_is_what_the_library_says_and_its_interval_repeats(world):
    from openqi.science.capability.regions.position import position

    asked = ("capability", "position", world / "xy.csv", "--x", "x", "--y", "y", "--diameter", "0.4", "--target-y", "0.01")
    found = answer(*asked)
    rows = [line.split(",") for line in (world / "xy.csv").read_text().split()[1:]]
    known = position([float(x) for x, _ in rows], [float(y) for _, y in rows], diameter=0.4, target=(0.0, 0.01))
    assert (found["pp"], found["ppk"], found["interval"]) == (known.performance, known.nearer, None)
    drawn = answer(*asked, "--resamples", 200)["interval"]
    assert drawn["lower"] < found["ppk"] < drawn["upper"]
    assert drawn == answer(*asked, "--resamples", 200)["interval"]
    assert (
        answer("capability", "position", world / "xy.csv", "--x", "x", "--y", "y", "--diameter", "0.4", "--target-x", "-0.1")["ppk"]
        < (found["ppk"])
    )


def test_several_characteristics_are_limited_by_the_worst(world):
    found = answer("capability", "joint", world / "xy.csv", "--limits", "x:-0.15:0.15", "--limits", "y::0.2")
    assert (found["limitedBy"], found["pp"]) == ("x", None)
    assert found["ppk"] < min(found["singles"].values())
    assert found["expectedPpm"]["atLeast"] <= found["expectedPpm"]["atMost"]


def test_a_drift_is_model_c3_with_the_tests_that_said_so(world):
    found = answer("capability", "time-model", world / "drift.csv", "--by", "hour")
    assert (found["model"], found["methods"]) == ("C3", ["quantiles"])
    assert {one["question"]: one["found"] for one in found["tests"]}["trend"]
    assert found["tests"] == answer("capability", "time-model", world / "drift.csv", "--column", "mm", "--subgroup", 5)["tests"]
    assert set(MEANING) == set(MODELS)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("binomial", "p.csv", "--column", "bad", "--sizes", "n"), ("samples", "fraction nonconforming", "clopper-pearson")),
        (("poisson", "p.csv", "--column", "bad", "--sizes", "n"), ("defects a unit", "garwood", "equivalent Ppk")),
        (("position", "xy.csv", "--x", "x", "--y", "y", "--diameter", "1"), ("mean off target", "largest-ellipse")),
        (("joint", "xy.csv", "--limits", "x:-1:1", "--limits", "y:-1:1"), ("limited by", "largest-ellipsoid")),
        (("time-model", "drift.csv", "--by", "hour"), ("time-dependent model", "anova", "linear-trend", "memory")),
    ],
)
def test_each_speaks_chinese(world, asked, words):
    text = openqi("capability", asked[0], world / asked[1], *asked[2:], "--lang", "zh").out
    for word in words:
        assert CHINESE[word] in text, word


@pytest.mark.parametrize(
    ("asked", "rows", "says"),
    [
        (("binomial",), "bad\n1\n", "--sizes"),
        (("binomial", "--size", "10", "--sizes", "n"), "bad,n\n1,2\n", "--size"),
        (("binomial", "--size", "10"), "bad\n1.5\n", "whole"),
        (("binomial", "--size", "10"), "bad\n11\n", "sample 1: 11"),
        (("binomial", "--size", "10"), "bad\n1\n-1\n", "sample 2"),
        (("binomial", "--size", "ten"), "bad\n1\n", "--size"),
        (("binomial", "--size", "10"), "bad\n1\n\"\"\n", "x.csv:3: column bad is empty"),
        (("binomial", "--size", "10", "--confidence", "95"), "bad\n1\n", "confidence"),
        (("poisson", "--size", "0"), "bad\n1\n", "size above 0"),
        (("position", "--x", "x", "--y", "y", "--diameter", "0"), "x,y\n" + "1,2\n" * 6, "diameter"),
        (("position", "--x", "x", "--y", "y", "--diameter", "1"), "x,y\n" + "1,2\n2,1\n", "5"),
        (("position", "--x", "x", "--y", "y", "--diameter", "1"), "x,y\n" + "1,2\n2,4\n3,6\n4,8\n5,10\n", "line"),
        (("joint", "--limits", "x:1:2"), "x,y\n1,2\n", "two or more"),
        (("joint", "--limits", "x"), "x,y\n1,2\n", "COLUMN:LOWER:UPPER"),
        (("joint", "--limits", "x:2:1", "--limits", "y:1:2"), "x,y\n1,2\n", "2"),
        (("joint", "--limits", "x:1:2", "--limits", "x:1:3"), "x,y\n1,2\n", "twice"),
        (("joint", "--limits", "x:a:2", "--limits", "y:1:2"), "x,y\n1,2\n", "--limits x:a:2"),
        (("time-model",), "x\n1\n", "--subgroup"),
        (("time-model", "--subgroup", "3"), "x\n" + "1\n2\n3\n" * 4, "24"),
        (("time-model", "--subgroup", "3", "--significance", "2"), "x\n" + "1\n2\n3\n" * 9, "significance"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_and_says_why(tmp_path, asked, rows, says):
    (tmp_path / "x.csv").write_text(rows, encoding="utf-8")
    found = openqi("capability", asked[0], tmp_path / "x.csv", *asked[1:])
    assert found.status == 2
    assert says in found.err, found.err
