"""What newcomers type at `openqi chart`, `capability`, `arl`, `watch`: a clear error, or an answer that says what is left out."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openqi.interfaces.cli.chart_notices import SENTENCES
from unit.interfaces.cli_world import answer, openqi

CHART, CAPABILITY = ("chart", "{}", "--kind", "i-mr"), ("capability", "{}", "--lower", "1", "--upper", "9")
BINOMIAL, STREAMS = ("capability", "binomial", "{}", "--size", "10"), ("arl", "streams", "{}", "--level", "0.1")
POSITION = ("capability", "position", "{}", "--x", "x", "--y", "y", "--diameter", "1")


@pytest.fixture
def typed(tmp_path):
    """Runs a command over a table."""

    def run(asked, rows, *more):
        (tmp_path / "t.csv").write_text(rows, encoding="utf-8")
        return openqi(*(str(tmp_path / "t.csv") if one == "{}" else one for one in asked), *more)

    return run


@pytest.mark.parametrize("asked", [CHART, CAPABILITY, BINOMIAL, STREAMS])
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("NaN", "is no number"), ("n/a", "is no number"), ("-", "is no number"), ("5 mm", "numbers of one unit"),
        ("5µm", "numbers of one unit"), ("5 %", "numbers of one unit"), ("inf", "is infinite"), ("-Infinity", "is infinite"),
        ("1e3", "has an exponent"), ("2.5E-3", "has an exponent"), ('"1,5"', "decimal point"), ("five", "decimal"),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_number_is_told_with_its_line_and_what_to_do(typed, asked, cell, says):
    found = typed(asked, f"x\n1\n{cell}\n3\n4\n")
    assert found.status == 2
    assert "t.csv:3: column x" in found.err and says in found.err, found.err
    assert typed(asked, f"x\n1\n{cell}\n3\n4\n", "--json").data["kind"] == "format"


@pytest.mark.parametrize(
    ("asked", "rows", "says"),
    [
        (CHART, "", "no columns"),
        (CHART, "x\n", "no data"),
        (CAPABILITY, "x\n", "at least 3"),
        (CAPABILITY, "x\n5\n", "at least 3"),
        (CAPABILITY, "x\n5\n5\n5\n5\n", "all readings are equal"),
        (BINOMIAL, "x\n", "at least one sample"),
        (POSITION, "x,y\n1,2\n", "at least 5"),
        (STREAMS, "x\n", "no points"),
        ((*CHART, "--column", "x"), "x,unit\n5,mm\n6,mm\n7,m\n", "t.csv:4: unit 'm' after 'mm'"),
        ((*CAPABILITY, "--column", "x"), "x,unit\n5,mm\n6,mm\n7,m\n", "t.csv:4: unit 'm' after 'mm'"),
        (POSITION, "x,y,unit\n5,1,mm\n6,2,m\n7,3,m\n", "t.csv:3: unit 'm' after 'mm'"),
        ((*CHART, "--time", "t"), "t,x\n2026-01-02,1\n2026-01-01,2\n", "t.csv:3: time goes backwards"),
        ((*CAPABILITY, "--time", "t"), "t,x\n2026-01-02,1\n2026-01-01,2\n", "t.csv:3: time goes backwards"),
        ((*CHART, "--time", "t"), 't,x\n2026-01-02,1\n"",2\n', "t.csv:3: column t: '' is no ISO date"),
        (
            (*CHART[:3], "xbar-s", "--by", "g", "--time", "t"),
            "g,t,x\na,2026-01-02,1\na,2026-01-01,2\n",
            "t.csv:3: time goes backwards",
        ),
        (("capability", "{}", "--lower", "9", "--upper", "1"), "x\n1\n2\n3\n", "lower one must lie below"),
        (("capability", "{}", "--lower", "1", "--upper", "9", "--target", "10"), "x\n1\n2\n3\n", "target"),
        ((*CHART, "--sigma", "0"), "x\n1\n2\n", "sigma = 0"),
        ((*CHART, "--subgroup", "2"), "x\n1\n2\n", "single values"),
        ((*CHART[:3], "xbar-s"), "x\n1\n2\n", "--subgroup counts them"),
        ((*CHART[:3], "t2"), "x\n1\n2\n", "each with --column"),
        ((*CHART[:3], "p"), "x\n1\n2\n", "--sizes names the column"),
        ((*CHART[:3], "z-mr"), "x\n1\n2\n", "--groups names the column"),
        ((*CHART[:3], "imr"), "x\n1\n2\n", "did you mean 'i-mr'"),
        (
            (*CHART[:3], "t2-means", "--column", "x", "--column", "y", "--by", "g"),
            "x,y,g\n1,2,a\n2,1,a\n3,3,b\n",
            "equally many vectors",
        ),
        ((*CHART[:3], "p", "--sizes", "n", "--column", "x"), "x,n\n1,5\n2,0\n", "size of point 2"),
        ((*CHART[:3], "p", "--sizes", "n", "--column", "x"), 'x,n\n1,5\n2,""\n', "size of point 2"),
        (("capability", "time-model", "{}", "--by", "g"), "g,x\na,1\na,2\nb,3\n", "24"),
    ],
)
def test_tables_that_cannot_be_answered_for_are_refused(typed, asked, rows, says):
    found = typed(asked, rows)
    assert found.status == 2
    assert says in found.err, found.err


@pytest.mark.parametrize(
    ("asked", "rows", "code"),
    [
        (CHART, "x\n5\n", "not-judged"),
        (CHART, 'x\n""\n""\n', "not-judged"),
        (CHART, "x\n5\n5\n5\n", "no-spread"),
        ((*CHART[:3], "ar1"), "x\n5\n5\n5\n5\n", "not-judged"),
        ((*CHART[:3], "cusum"), "x\n5\n5\n5\n5\n", "not-judged"),
        ((*CHART[:3], "xbar-r", "--subgroup", "3"), "x\n1\n2\n3\n4\n6\n5\n7\n3\n", "short-subgroup"),
        ((*CHART, "--stages", "s", "--column", "x"), "x,s\n1,a\n2,a\n1,a\n9,b\n", "stage-not-judged"),
    ],
)
def test_what_was_not_judged_is_said_and_is_no_pass(typed, asked, rows, code):
    found = typed(asked, rows, "--json")
    assert found.status == 0
    assert code in [one["code"] for one in found.data["notices"]]
    for language, place in (("en", 0), ("zh", 1)):
        text = typed(asked, rows, "--lang", language).out
        assert SENTENCES[code][place].partition("{")[0] in text
        if code == "not-judged":
            assert "no rule is broken" not in text and "没有违反任何准则" not in text


def test_a_chart_that_judged_everything_has_no_notice(typed):
    assert typed(CHART, "x\n1\n2\n1\n3\n", "--json").data["notices"] == []
    assert typed((*CHART, "--centre", "5", "--sigma", "1"), "x\n5\n", "--json").data["notices"] == []
    assert typed((*CHART[:3], "run"), "x\n5\n6\n7\n", "--json").data["notices"] == []


def test_no_number_is_made_up_of_readings_that_do_not_differ(typed):
    assert "nan" not in typed((*CHART[:3], "run"), "x\n5\n5\n5\n").out
    assert typed((*CHART[:3], "change-point"), "x\n5\n5\n5\n5\n5\n", "--json").data["stages"][0]["findings"] == {}


def test_subgroups_that_change_their_size_have_limits_of_their_own(typed):
    rows = "g,x\na,1\na,2\na,3\nb,1\nb,2\nc,4\n"
    found = typed((*CHART[:3], "xbar-s", "--by", "g", "--column", "x"), rows, "--json").data["panels"]
    assert found[0]["sigma"][0] < found[0]["sigma"][1] < found[0]["sigma"][2]
    assert (found[1]["values"][2], found[1]["upper"][2]) == (None, None)
    capability = ("capability", "{}", "--by", "g", "--column", "x", "--lower", "0", "--upper", "9")
    codes = {one["code"] for one in typed(capability, rows, "--json").data["warnings"]}
    assert "unequal-subgroups" in codes


READINGS = {
    "empty": [],
    "backwards": [("a", minute if minute != 10 else 3, 5.0) for minute in range(30)],
    "infinite": [("a", minute, float("inf") if minute == 7 else 5.0 + minute % 3) for minute in range(30)],
    "one": [("a", 0, 5.0)],
    "units": [("a", minute, 5.0, "mm" if minute < 20 else "m") for minute in range(30)],
}


@pytest.mark.parametrize(
    ("name", "limits", "says"),
    [
        ("backwards", "--baseline", "stream 'a': time goes backwards, 2026-01-01 00:03:00"),
        ("infinite", "--baseline", "stream 'a' has an infinite value"),
        ("infinite", "--learn", "stream 'a' has an infinite value"),
        ("one", "--learn", "too few readings"),
        ("units", "--baseline", "several units"),
        ("empty", "--baseline", None),
    ],
)
def test_watching_says_which_stream_and_when(tmp_path, name, limits, says):
    (tmp_path / "in").mkdir()
    rows, start = READINGS[name], datetime(2026, 1, 1)
    columns = {
        "stream": pa.array([row[0] for row in rows], pa.string()),
        "time": pa.array([start + timedelta(minutes=row[1]) for row in rows], pa.timestamp("us")),
        "value": pa.array([row[2] for row in rows], pa.float64()),
    }
    if name == "units":
        columns["unit"] = pa.array([row[3] for row in rows], pa.string())
    pq.write_table(pa.table(columns), tmp_path / "in/a.parquet")
    (tmp_path / "b.csv").write_text("stream,centre,sigma\na,5,1\n", encoding="utf-8")
    how = ("--baseline", tmp_path / "b.csv") if limits == "--baseline" else ("--learn", "moving-range")
    asked = ("watch", tmp_path / "in", *how, "--out", tmp_path / "out")
    if says is None:
        assert answer(*asked)["readings"] == 0
        return
    found = openqi(*asked)
    assert found.status == 2
    assert says in found.err, found.err


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("ewma --lambda nan --limit 3", "weight = nan"),
        ("cusum --reference 0.5 --limit -1", "limit = -1"),
        ("shewhart --limit 3 --shift inf", "a finite shift"),
        ("shewhart --limit 3 --quantile 2", "a quantile at 2"),
        ("shewhart --find-limit --run-length nan", "a run length of nan"),
        ("xbar --subgroup 5 --limit nan", "limit = nan"),
        ("binomial --size 10 --in-control nan", "between 0 and 1"),
        ("poisson --in-control 4 --mean -1", "a mean of -1"),
        ("t2 --variables 2 --limit 9 --shift -1", "a distance of 0 to 60"),
        ("ar1 --coefficient 0.5 --limit 3 --steady", "ask for the zero state"),
        ("variance-ewma --lambda 0.1 --subgroup 1 --limit 3", "--subgroup"),
        ("variance-cusum --reference 1.4 --subgroup 2 --limit 3", "--subgroup"),
        ("shewhart-cusum --reference 0.5 --limit 4 --point-limit nan", "point limit = nan"),
        ("e-detector --bet nan --limit 5", "bet = nan; 0.1 to 6"),
        ("plant --streams 5:nan --alarms-a-week 1", "5:nan"),
        ("plant --streams 5:5 --alarms-a-week nan", "nan false alarms"),
    ],
)
def test_run_lengths_of_what_is_no_chart_are_refused(asked, says):
    found = openqi("arl", *asked.split())
    assert found.status == 2
    assert says in found.err, found.err
