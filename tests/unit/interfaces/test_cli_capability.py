"""`openqi capability` on the study that was verified with Minitab, in both languages, and on tables that it cannot use."""

import json
from pathlib import Path

import pytest

from openqi.interfaces.capability_words import SENTENCES, sentence
from openqi.interfaces.cli.words import CHINESE
from openqi.science.capability.estimates.spread import METHODS
from openqi.science.capability.shapes.shape import shape_kinds
from unit.interfaces.cli_world import answer, openqi
from vectors_of import vectors_of

JASP = vectors_of("control/capability_minitab_verified.json")
VERIFIED = ("--lower", 0, "--upper", 12, "--target", 6, "--estimator", "mean-range", "--confidence", 0.9, "--degrees", "nominal")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "diameters.csv"
    rows = "".join(f"h{place // 5},{value}\n" for place, value in enumerate(JASP["data"]))
    path.write_text("hour,diameter\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize("groups", [("--subgroup", 5, "--column", "diameter"), ("--by", "hour")])
def test_the_verified_study_end_to_end(table: Path, groups: tuple[object, ...]):
    found = answer("capability", table, *VERIFIED, *groups)
    indices = {one["name"]: one for one in found["indices"]}
    for name in ("Pp", "Ppk", "Cpm", "Cp", "Cpk"):
        assert round(indices[name]["value"], 2) == JASP["figures"][name]
        shown = [round(indices[name]["interval"][end], 2) for end in ("lower", "upper")]
        assert shown == JASP["figures"][f"{name}_ci90"]
    assert (found["column"], found["n"], found["subgroups"], found["stability"]["stable"]) == ("diameter", 100, 20, True)
    assert found["fit"]["p_value_method"] == "stephens"


def test_every_option_reaches_the_study(table: Path):
    ask = ("capability", table, "--by", "hour", "--lower", "0.5", "--upper", "12")
    assert answer(*ask, "--u", "0.4")["uncertainty"] == 0.4
    assert {one["method"] for one in answer(*ask, "--distribution", "weibull")["indices"]} == {"weibull"}
    assert {one["method"] for one in answer(*ask, "--transform", "box-cox")["indices"]} == {"box-cox"}
    types = answer(*ask, "--distribution", "empirical", "--quantile-type", 7)["indices"]
    assert {one["method"] for one in types} == {"empirical-type-7"}
    one, two, three = (answer(*ask, "--resamples", 99, "--seed", seed)["indices"] for seed in ("a", "a", "b"))
    assert one == two != three


def test_a_process_that_is_not_stable_is_a_finding_and_has_no_cp(table: Path):
    found = openqi("capability", table, "--by", "hour", "--lower", 0, "--upper", 12, "--alarms", 1, "--json")
    assert found.status == 1
    assert [one["name"] for one in found.data["indices"]] == ["Pp", "Ppk", "Ppu", "Ppl"]
    text = openqi("capability", table, "--by", "hour", "--lower", 0, "--upper", 12, "--alarms", 1)
    assert "not stable: index describes nothing about the future" in text.out
    assert "不稳定" in openqi("capability", table, "--by", "hour", "--lower", 0, "--upper", 12, "--alarms", 1, "--lang", "zh").out


def test_it_speaks_chinese(table: Path):
    text = openqi("capability", table, *VERIFIED, "--by", "hour", "--lang", "zh").out
    for word in ("readings", "mean", "stability", "capability index", "interval", "observed", "assumption", "normal"):
        assert CHINESE[word] in text, word
    assert set(METHODS) | (set(shape_kinds()) - {"normal"}) <= set(CHINESE)


def test_every_code_has_a_sentence_in_both_languages():
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path("src/openqi/science/capability").rglob("*.py"))
    import re

    assert set(re.findall(r'Notice\(code="([a-z-]+)"', source)) == set(SENTENCES)
    numbers = dict.fromkeys(("beyond", "points", "runs", "n", "recommended", "smallest", "largest", "needed", "alarms"), 3)
    words = {"rule": "effective", "method": "weibull"}
    shares = dict.fromkeys(("target", "share", "step", "p", "limit"), 0.25)
    for code in SENTENCES:
        english, chinese = (sentence(code, numbers | words | shares, language) for language in ("en", "zh"))
        assert english != chinese and "{" not in english + chinese


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        ("x\n1\n\n3\n", ("--upper", 5), "x.csv:3|reading"),
        ("x\n1\nn/a\n3\n", ("--upper", 5), "x.csv:3: column x"),
        ("x,y\n1,2\n", ("--upper", 5), "--column"),
        ("x\n1\n2\n4\n", ("--upper", "five"), "--upper"),
        ("x\n1\n2\n4\n", (), "no limit"),
        ("x\n1\n2\n4\n", ("--upper", 5, "--subgroup", 2, "--by", "x"), "state one of the two"),
        ("x\n1\n2\n4\n", ("--upper", 5, "--column", "z"), "no column 'z'"),
        ("x\n3\n3\n3\n", ("--upper", 5), "all readings are equal"),
        ("x\n1\n2\n4\n", ("--upper", 5, "--distribution", "cauchy"), "no distribution 'cauchy'"),
    ],
)
def test_what_it_cannot_use_is_said(tmp_path: Path, rows: str, options: tuple[object, ...], says: str):
    import re

    path = tmp_path / "x.csv"
    path.write_text(rows, encoding="utf-8")
    found = openqi("capability", path, *options, "--json")
    assert found.status == 2
    assert re.search(says, found.err), found.err
    assert "error" in json.loads(found.out)


def test_an_empty_cell_is_named_and_no_reading_is_made_of_it(tmp_path):
    (tmp_path / "x.csv").write_text("mm\n" + "10\n10.1\n9.9\n" * 9 + '""\n10\n', encoding="utf-8")
    found = openqi("capability", tmp_path / "x.csv", "--lower", 9, "--upper", 11)
    assert found.status == 2
    assert "x.csv:29: column mm is empty" in found.err


def test_a_picture_is_written_beside_the_same_answer_and_a_wrong_one_is_refused_first(tmp_path):
    table = tmp_path / "x.csv"
    table.write_text("mm\n" + "10\n10.1\n9.9\n10.05\n" * 9, encoding="utf-8")
    asked = ("capability", table, "--lower", 9, "--upper", 11, "--json")
    plain = openqi(*asked)
    for name, of in (("h.svg", "histogram"), ("s.png", "sixpack")):
        drawn = openqi(*asked, "--picture", tmp_path / name, "--of", of, "--unit", "mm", "--lang", "en")
        assert (drawn.status, drawn.data) == (plain.status, plain.data)
        assert (tmp_path / name).stat().st_size > 10_000
    assert "mm / mm" in (tmp_path / "h.svg").read_text(encoding="utf-8")  # the column is called mm too
    assert openqi(*asked, "--of", "sixpack").status == 2
    wrong = openqi(*asked, "--picture", tmp_path / "x.pdf")
    assert (wrong.status, ".svg or .png" in wrong.err) == (2, True)
    assert not (tmp_path / "x.pdf").exists()


def test_an_answer_in_chinese_names_intervals_and_tests_in_chinese(table: Path):
    for more in ((), ("--distribution", "weibull"), ("--transform", "johnson"), ("--transform", "box-cox")):
        found = answer("capability", table, "--by", "hour", *VERIFIED[:4], *more)
        methods = {one["interval"]["method"] for one in found["indices"] if one["interval"]}
        assert {*methods, found["fit"]["method"], found["fit"]["p_value_method"]} <= set(CHINESE)
    shown = openqi("capability", table, "--by", "hour", *VERIFIED[:6], "--lang", "zh").out
    assert not any(name in shown for name in ("chi-squared", "noncentral", "bissell", "stephens"))
