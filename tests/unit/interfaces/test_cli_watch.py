"""`openqi watch`: the nightly job at the command line, in both languages, and what it refuses."""

import json

import pytest

from openqi.interfaces.cli.words import CHINESE
from plant_readings import baseline, plant, write_file
from unit.interfaces.cli_world import openqi


@pytest.fixture
def world(tmp_path):
    write_file(tmp_path / "in/1.parquet", [("a", 1, 0.5), ("a", 2, 0.2), ("b", 1, -4.0)])
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\nb,0,1\n", encoding="utf-8")
    return "watch", tmp_path / "in", "--baseline", tmp_path / "b.csv", "--out", tmp_path / "out"


def test_a_night_and_the_next_one(world, tmp_path):
    first = openqi(*world, "--rules", "western-electric", "--json")
    assert first.status == 1
    names = ("run", "newFiles", "violations", "alarms", "alarmingStreams", "readings", "streams")
    assert [first.data[name] for name in names] == [1, 1, 1, 1, 1, 3, 2]
    assert first.data["runLength"] == pytest.approx(91.75, abs=0.01)
    write_file(tmp_path / "in/2.parquet", [("a", 3, 0.1), ("b", 2, 0.0)])
    second = openqi(*world, "--rules", "western-electric", "--json")
    assert (second.status, second.data["run"], second.data["violations"], second.data["alarms"]) == (0, 2, 0, 1)
    told = openqi(*world, "--rules", "western-electric", "--lang", "zh")
    assert (told.status, "累计报警" in told.out, "全厂数据流" in told.out) == (0, True, True)


def test_every_label_has_a_chinese_word(world):
    told = openqi(*world, "--lang", "en").out
    labels = [line.split("  ")[0] for line in told.splitlines()]
    assert len(labels) == 10
    assert set(labels) <= set(CHINESE)


def test_a_set_of_ones_own_and_limits_that_are_learned(tmp_path):
    plant(tmp_path / "in", files=1, streams=5)
    (tmp_path / "own.json").write_text(json.dumps({"name": "wide", "rules": [{"number": 4, "asks": "same-side", "sigma": 9}]}))
    found = openqi(
        "watch",
        tmp_path / "in",
        "--learn",
        "median-moving-range",
        "--rules",
        tmp_path / "own.json",
        "--out",
        tmp_path / "out",
        "--json",
    )
    assert (found.status, found.data["rules"], found.data["violations"]) == (0, "wide", 0)


def test_limits_are_named_or_learned_and_errors_say_what_to_do(world, tmp_path):
    baseline(tmp_path / "c.csv")
    folder, out = tmp_path / "in", ("--out", tmp_path / "out")
    assert openqi("watch", folder, *out).status == 2
    assert openqi(*world, "--learn", "moving-range").status == 2
    wrong = openqi("watch", folder, "--learn", "guess", *out)
    assert (wrong.status, "median-moving-range" in wrong.err) == (2, True)
    unknown = openqi("watch", folder, "--baseline", tmp_path / "c.csv", *out, "--json")
    assert (unknown.status, unknown.data["kind"], "'a' is not in the baseline" in unknown.data["error"]) == (2, "domain", True)
    assert openqi(*world, "--engine", "abacus").status == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "one of them"),
        (("in", "--live", "a.csv"), "one of them"),
        (("in", "--login", "f"), "--login belongs to --live"),
        (("--live", "a.csv", "--learn", "moving-range"), "--live needs --baseline"),
        (("--live", "a.csv", "--baseline", "b.csv", "--workers", "2"), "--live needs --baseline"),
        (("--live", "a.csv", "--baseline", "b.csv", "--alarms-topic", "t"), "--alarms-topic belongs to a broker"),
        (("--live", "mqtt://h/t", "--baseline", "b.csv", "--broker-ca", "f"), "--broker-ca belongs to mqtts://"),
        (("--live", "mqtt://h/t", "--baseline", "b.csv", "--alarms-topic", "t/#"), "without + and #"),
        (("--live", "mqtt://u:secret@h/t", "--baseline", "b.csv"), "no user or password in an address"),
        (("--live", "mqtt://h/t", "--baseline", "b.csv", "--login", "login"), "goes over TLS only"),
        (("--live", "mqtt://h/a#", "--baseline", "b.csv"), "topic filter"),
        (("--live", "http://h/t", "--baseline", "b.csv"), "mqtt://HOST:PORT/TOPIC-FILTER"),
        (("--live", "mqtt://h", "--baseline", "b.csv"), "mqtt://HOST:PORT/TOPIC-FILTER"),
        (("--live", "none/a.csv", "--baseline", "b.csv"), "no folder none"),
        (("--live", "a.csv", "--baseline", "none.csv"), "none.csv"),
    ],
)
def test_what_live_watching_refuses_before_it_begins(world, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "login").write_text("me\nsecret\n", "utf-8")
    told = openqi("watch", *arguments, "--out", "out", "--lang", "en")
    assert told.status == 2
    assert says in told.err.replace("\n", " ")
    assert "secret" not in told.err + told.out
    assert not [*tmp_path.glob("out/readings/*"), *tmp_path.glob("out/*/*.parquet")]
