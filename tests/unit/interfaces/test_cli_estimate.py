"""`openqi estimate`: rates, small areas, changes and plans out of tables, in both languages, and tables that it cannot use."""

import csv
import json
import re
from pathlib import Path

import pytest

from openqi.interfaces.cli.rate_words import SENTENCES, WORDS, sentence, term
from openqi.science.draws.rates.outcomes import OUTCOMES
from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.study import study
from shared_data import shared
from unit.interfaces.cli_world import answer, openqi

ROWS = [("D", "0.5", "nonconforming")] * 5 + [("D", "0.5", "conforming")] * 3 + [("D", "0.5", "not-found"), ("D", "0.5", "closed")]
ROWS += [("A", "0.05", "conforming")] * 7 + [("A", "0.05", "nonconforming"), ("A", "0.05", "拒绝检查"), ("A", "0.05", "not-found")]
ROWS += [("B", "0.1", "conforming")] * 9 + [("B", "0.1", "nonconforming")]


def table(path: Path, rows=ROWS) -> Path:
    text = "".join(f"F{place},{kind},{chance},{end}\n" for place, (kind, chance, end) in enumerate(rows))
    path.write_text("id,class,probability,outcome\n" + text, encoding="utf-8")
    return path


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return table(tmp_path / "results.csv")


def test_the_table_gives_what_the_study_gives(results: Path):
    found = answer("estimate", results, "--stratum", "class", "--by", "class", "--class", "class")
    kinds, chances, ends = zip(*ROWS, strict=True)
    wanted = study(sample_of([float(p) for p in chances], stratum=kinds), ends, by={"class": kinds}, classes=kinds)
    assert found["population"]["value"] == wanted.population.value
    assert found["population"]["standardError"] == wanted.population.standard_error
    assert found["hit"]["interval"]["upper"] == wanted.hit.interval.upper
    assert found["adjusted"]["value"] == wanted.adjusted.value
    assert (found["bounds"]["allGood"], found["bounds"]["allBad"]) == wanted.bounds[:2]
    assert found["counts"] == wanted.counts
    assert [one["value"] for one in found["parts"]] == ["D", "A", "B"]
    assert found["response"] == {
        "examined": 26, "notExamined": 3, "outOfScope": 1, "share": 26 / 29, "weighted": wanted.response.weighted,
    }  # fmt: skip
    assert answer("estimate", "rates", results, "--stratum", "class", "--by", "class", "--class", "class") == found


def test_every_option_reaches_the_estimate(results: Path, tmp_path: Path):
    plain = [row for row in ROWS if row[2] in {"conforming", "nonconforming"}]
    ask = ("estimate", table(tmp_path / "plain.csv", plain), "--stratum", "class")
    (tmp_path / "strata.csv").write_text("stratum,units\nD,20\nA,200\nB,100\n", encoding="utf-8")
    frame = ("--strata", tmp_path / "strata.csv")
    assert answer(*ask, "--variance", "overton")["variance"] == "overton"
    assert answer(*ask, *frame, "--variance", "srs")["variance"] == "srs"
    whole = answer(*ask, *frame, "--estimator", "stratified")
    assert whole["population"]["value"] == pytest.approx((20 * 5 / 8 + 200 / 8 + 100 / 10) / 320)
    assert answer(*ask, "--estimator", "horvitz-thompson", "--objects", 320)["population"]["value"] == pytest.approx(40 / 320)
    assert answer(*ask, "--interval", "logit", "--confidence", 0.9)["population"]["interval"]["method"] == "logit"
    assert answer(*ask, "--confidence", 0.9)["population"]["interval"]["confidence"] == 0.9
    units = answer("estimate", results, "--psu", "class", "--outcome", "outcome", "--probability", "probability")
    assert (units["variance"], units["degreesOfFreedom"]) == ("hansen-hurwitz", 2)
    known = answer("estimate", results, "--psu", "class", "--psu-probability", "probability")
    assert known["variance"] == "brewer"


def test_people_read_what_each_number_says_in_their_language(results: Path):
    english = openqi("estimate", results, "--stratum", "class", "--lang", "en").out
    chinese = openqi("estimate", results, "--stratum", "class", "--lang", "zh").out
    for code in ("hit", "population", "outside"):
        assert sentence(code, "en", outside=1) in english
        assert sentence(code, "zh", outside=1) in chinese
    assert "whatever those not examined (3) are" in english
    assert "无论 3 个未能检查的对象情况如何" in chinese
    for word in ("hit rate", "population rate", "not examined", "out of scope", "worst cases", "not-found", "closed"):
        assert word in english
        assert WORDS[word] in chinese


def test_nothing_found_and_nobody_examined_are_told(tmp_path: Path):
    rows = [("A", "0.05", "conforming")] * 8 + [("B", "0.1", "not-found")] * 2
    found = openqi("estimate", table(tmp_path / "r.csv", rows), "--by", "class", "--lang", "en")
    assert "nothing bad was found, which is not none" in found.out
    assert "class B: nobody was examined, so there is no rate" in found.out
    data = answer("estimate", tmp_path / "r.csv", "--by", "class")
    assert data["parts"][1]["rate"] is None
    assert data["population"]["interval"]["upper"] > 0.3
    mixed = [("A", "0.05", "conforming")] * 8 + [("B", "0.1", "nonconforming")] * 2 + [("B", "0.1", "conforming")] * 3
    text = openqi("estimate", table(tmp_path / "m.csv", mixed), "--stratum", "class", "--lang", "en").out
    assert "stratum A: all examined were alike" in text
    assert answer("estimate", tmp_path / "m.csv", "--stratum", "class")["silent"] == ["A"]


def test_the_published_strata_of_schools_from_the_command_line(tmp_path: Path):
    """The share of schools without award, beside R survey's 0.361064 with standard error 0.0344059."""
    with shared("data/surveillance/survey_apistrat.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    text = "".join(
        f"{row['stype']},{1 / float(row['pw']):.17f},{'nonconforming' if row['awards'] == 'No' else 'conforming'}\n" for row in rows
    )
    (tmp_path / "schools.csv").write_text("stype,probability,outcome\n" + text, encoding="utf-8")
    found = answer("estimate", tmp_path / "schools.csv", "--stratum", "stype")
    assert found["population"]["value"] == pytest.approx(0.361063935949, rel=1e-9)
    assert found["population"]["standardError"] == pytest.approx(0.0344059179973, rel=1e-7)


def test_areas_lean_on_each_other_and_one_without_data_says_so(tmp_path: Path):
    rows = []
    for place, (area, bad, n) in enumerate([("p", 1, 10), ("q", 6, 20), ("r", 0, 12), ("s", 2, 15), ("t", 9, 18), ("u", 1, 9)]):
        rows += [(area, "0.1", "nonconforming" if k < bad else "conforming") for k in range(n)]
        assert place >= 0
    path = table(tmp_path / "areas.csv", rows)
    (tmp_path / "all.csv").write_text("area\n" + "".join(f"{one}\n" for one in "pqrstuz"), encoding="utf-8")
    found = answer("estimate", "areas", path, "--area", "class", "--frame", tmp_path / "all.csv")
    known = {one["area"]: one for one in found["areas"]}
    assert (known["z"]["source"], known["z"]["rate"], known["z"]["ownRate"]) == ("synthetic", pytest.approx(found["common"]), None)
    assert 0.0 == known["r"]["ownRate"] < known["r"]["rate"] < found["common"]
    assert found["common"] < known["t"]["rate"] < known["t"]["ownRate"]
    assert (
        "areas without data: 1"
        in openqi("estimate", "areas", path, "--area", "class", "--frame", tmp_path / "all.csv", "--lang", "en").out
    )
    assert (
        "没有数据的区域"
        in openqi("estimate", "areas", path, "--area", "class", "--frame", tmp_path / "all.csv", "--lang", "zh").out
    )
    some = table(tmp_path / "some.csv", [row for row in rows if row[0] != "r"])
    model = ("estimate", "areas", some, "--area", "class", "--model", "fay-herriot", "--between")
    methods = {name: answer(*model, name)["method"] for name in ("reml", "prasad-rao", "fay-herriot")}
    assert all(name == method for name, method in methods.items())
    assert openqi("estimate", "areas", path, "--area", "class", "--model", "fay-herriot").status == 2


def test_a_change_is_split_with_a_frame_and_refused_without(results: Path, tmp_path: Path):
    after = table(tmp_path / "after.csv", [*ROWS, *[("D", "0.5", "nonconforming")] * 6])
    (tmp_path / "frame.csv").write_text("cell,before,after\nA,200,210\nB,100,90\nD,20,32\n", encoding="utf-8")
    ask = ("estimate", "change", results, after, "--cell", "class")
    found = answer(*ask, "--frame", tmp_path / "frame.csv")
    parts = sum(found["hit"][name]["value"] for name in ("mix", "targeting", "quality"))
    assert parts == pytest.approx(found["hit"]["after"] - found["hit"]["before"], abs=1e-15)
    assert (found["hit"]["before"], found["hit"]["after"]) == (pytest.approx(7 / 26), pytest.approx(13 / 32))
    refused = openqi(*ask, "--json")
    assert (refused.status, refused.data["rule"]) == (2, "weights-known")
    assert "cannot be decomposed" in refused.err
    text = openqi(*ask, "--frame", tmp_path / "frame.csv", "--lang", "zh").out
    assert all(WORDS[word] in text for word in ("mix", "targeting", "quality", "hit rate", "population rate"))


def test_a_plan_says_what_visits_buy(tmp_path: Path):
    path = tmp_path / "groups.csv"
    path.write_text("name,count,rate\nA,31107,0.02\nB,12044,0.06\nC,3682,0.15\nD,721,0.35\n", encoding="utf-8")
    found = answer("estimate", "plan", path, "--visits", 2000)
    assert sum(one["visits"] for one in found["groups"]) == pytest.approx(2000)
    assert sum(one["neyman"] for one in found["groups"]) == sum(one["power"] for one in found["groups"]) == 2000
    assert found["chosen"]["floor"] == found["advisedFloor"]
    assert found["chosen"]["guarded"] <= found["wanted"]
    own = answer("estimate", "plan", path, "--visits", 2000, "--floor", 0.5, "--exponent", 2, "--stratified", "--confidence", 0.9)
    assert (own["chosen"]["floor"], own["chosen"]["exponent"]) == (0.5, 2.0)
    assert min(one["neyman"] for one in answer("estimate", "plan", path, "--visits", 2000, "--least", 300)["groups"]) == 300
    sized = tmp_path / "sized.csv"
    sized.write_text("name,count,rate,size\nA,31107,0.02,1\nD,721,0.35,1\n", encoding="utf-8")
    assert (
        len({one["probability"] for one in answer("estimate", "plan", sized, "--visits", 100, "--half-width", 0.9)["groups"]}) == 1
    )
    text = openqi("estimate", "plan", path, "--visits", 2000, "--lang", "zh").out
    assert "建议随机底线" in text
    unreachable = openqi("estimate", "plan", path, "--visits", 2000, "--half-width", 0.001, "--json")
    assert (unreachable.status, unreachable.data["rule"]) == (2, "reachable-width")


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        ([("A", "0.1", "正常")], (), r"r.csv:2: column outcome: outcome '正常'"),
        ([("A", "0.1", "")], (), r"r.csv:2: column outcome is empty"),
        ([("A", "", "conforming")], (), r"r.csv:2: column probability is empty"),
        ([("A", "ten", "conforming")], (), r"r.csv:2: column probability"),
        ([("A", "0", "conforming")], (), "probability of row 1 is 0.0"),
        ([("A", "1.5", "conforming")], (), "probability of row 1 is 1.5"),
        ([("A", "0.1", "not-found")] * 3, (), "somebody-examined"),
        ([("A", "0.1", "conforming")] * 2, ("--stratum", "region"), "no column 'region'"),
        ([("A", "0.1", "conforming"), ("B", "0.1", "nonconforming")], ("--stratum", "class"), "single drawn unit"),
        ([("A", "0.1", "conforming")] * 2, ("--psu-probability", "probability"), "name the first-stage units too"),
        ([("A", "0.1", "conforming")] * 2, ("--confidence", "95"), "confidence = 95"),
        ([], (), "no object|no rows|empty"),
    ],
)
def test_what_it_cannot_use_is_said_and_no_rate_is_made_of_it(tmp_path: Path, rows, options, says):
    found = openqi("estimate", table(tmp_path / "r.csv", rows), *options, "--json")
    assert found.status == 2
    assert re.search(says, found.err), found.err
    assert set(json.loads(found.out)) >= {"error", "kind"}


def test_a_result_that_was_entered_twice_is_refused(tmp_path: Path):
    path = tmp_path / "r.csv"
    rows = "a,0.1,conforming\nb,0.1,nonconforming\nc,0.2,conforming\nb,0.1,conforming\n"
    path.write_text("id,probability,outcome\n" + rows, encoding="utf-8")
    found = openqi("estimate", path)
    assert found.status == 2
    assert "r.csv:5: object 'b' stands in r.csv:3 too" in found.err
    path.write_text("firm,probability,outcome\n" + rows, encoding="utf-8")
    assert openqi("estimate", path).status == 0  # nothing says that a firm may stand once only
    assert "r.csv:5: object 'b'" in openqi("estimate", path, "--id", "firm").err


def test_strata_that_stand_twice_or_have_no_count_are_refused(results: Path, tmp_path: Path):
    for text, says in [("stratum,units\nA,1\nA,2\n", "'A' stands twice"), ("stratum,units\nA,1.5\n", "1.5 is no count")]:
        (tmp_path / "s.csv").write_text(text, encoding="utf-8")
        found = openqi("estimate", results, "--stratum", "class", "--strata", tmp_path / "s.csv")
        assert says in found.err


def test_every_sentence_and_word_is_there_in_both_languages():
    for code, (english, chinese) in SENTENCES.items():
        names = set(re.findall(r"{(\w+)", english))
        assert names == set(re.findall(r"{(\w+)", chinese)), code
        assert re.search("[一-鿿]", chinese)
        assert not re.search("[一-鿿]", english)
    assert set(OUTCOMES) <= set(WORDS)
    assert all(term(word, "zh") == WORDS[word] and term(word, "en") == word for word in WORDS)
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in Path("src/openqi/interfaces/cli/commands").glob("estimate_*.py")
    )
    assert set(re.findall(r"""sentence\(\s*["']([a-z-]+)""", source)) | {"mix", "targeting", "quality"} == set(SENTENCES)
