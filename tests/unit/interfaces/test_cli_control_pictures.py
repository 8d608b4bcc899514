"""`openqi chart --picture` and `openqi arl … --picture`: files in both languages, and pictures that cannot be made."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from unit.interfaces.cli_world import answer, openqi
from vectors_of import vectors_of

CASES = vectors_of("control/qcc27_expected.json")


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    rows = [f"{value},{number}" for number, row in enumerate(CASES["pistonrings"], 1) for value in row]
    (tmp_path / "rings.csv").write_text("diameter,sample\n" + "\n".join(rows), encoding="utf-8")
    return tmp_path / "rings.csv"


def texts(path: Path) -> list[str]:
    return ["".join(one.itertext()) for one in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(
    ("language", "title", "phase"), [("zh", "均值–极差控制图", "监控"), ("en", "Means and ranges", "monitored")]
)
def test_the_picture_has_the_limits_and_violations_of_the_answer(rings: Path, language: str, title: str, phase: str):
    picture = rings.with_name("rings.svg")
    arguments = (
        "chart", rings, "--kind", "xbar-r", "--by", "sample", "--centre", 74.001176, "--sigma", 0.00981, "--unit", "mm",
        "--monitored-from", 26, "--picture", picture, "--lang", language,
    )  # fmt: skip
    found = openqi(*arguments, "--json")
    told = texts(picture)
    assert {title, phase} <= set(told)
    upper = found.data["panels"][0]["upper"][0]
    assert f"UCL {upper:.4f}" in told
    drawn = ET.parse(picture).getroot()
    marked = [one.attrib["aria-label"] for one in drawn.iter() if "breaks rule" in one.attrib.get("aria-label", "")]
    if language == "en":
        wanted = [
            f"{one['point']}: {panel['values'][one['point'] - 1]:.4f}; breaks rule {', '.join(map(str, one['rules']))}"
            for panel in found.data["panels"]
            for one in panel["violations"]
        ]
        assert sorted(marked) == sorted(wanted)


def test_a_specification_and_times_are_drawn_and_a_png_is_one(tmp_path: Path):
    rows = [f"2026-11-{day:02},{value}" for day, value in enumerate([10.0, 10.2, 9.9, 10.1, 9.8, 10.0, 10.3], 1)]
    (tmp_path / "x.csv").write_text("when,x\n" + "\n".join(rows), encoding="utf-8")
    arguments = ("chart", tmp_path / "x.csv", "--kind", "i-mr", "--time", "when", "--lower", 0, "--upper", 12)
    openqi(*arguments, "--picture", tmp_path / "x.svg")
    assert {"LSL 0", "USL 12"} <= set(texts(tmp_path / "x.svg"))
    assert any(one.startswith("11-0") for one in texts(tmp_path / "x.svg"))
    openqi(*arguments, "--picture", tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--lower", "0"), "--lower says what the picture shows"),
        (("--monitored-from", "3"), "--monitored-from says what the picture shows"),
        (("--picture", "rings.pdf"), "ends in .pdf"),
        (("--picture", "rings.svg", "--upper", "75"), "no single readings, to which a specification applies"),
        (("--picture", "rings.svg", "--monitored-from", "3"), "limits were estimated from all points"),
        (("--picture", "rings.svg", "--monitored-from", "99", "--centre", "74"), "monitored from point 98"),
    ],
)
def test_a_picture_that_cannot_be_made_leaves_no_file_and_no_answer(
    rings: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], said: str
):
    monkeypatch.chdir(rings.parent)
    found = openqi("chart", rings, "--kind", "xbar-r", "--by", "sample", *more)
    assert found.status == 2
    assert said in found.err
    assert not found.out
    assert [path.name for path in rings.parent.iterdir()] == ["rings.csv"]


def test_run_lengths_of_sets_and_charts_beside_each_other(tmp_path: Path):
    picture = tmp_path / "arl.svg"
    asked = ("arl", "rules", "--rules", "western-electric", "--shift", "1.25", "--beside", "shewhart", "--beside", "ewma:0.1:2.7")
    found = answer(*asked, "--picture", picture)
    assert found == answer("arl", "rules", "--rules", "western-electric", "--shift", "1.25")
    assert {"western-electric", "shewhart", "EWMA λ = 0.1, L = 2.7", "Mean run length over the shift"} <= set(texts(picture))
    labels = [one.attrib.get("aria-label", "") for one in ET.parse(picture).iter()]
    assert any(one.startswith(f"western-electric, 1.25 σ: {found['runLength']:.6g} ") for one in labels)
    openqi(*asked, "--of", "points", "--picture", picture, "--lang", "zh")
    assert all(any(line in text for text in texts(picture)) for line in ("至第 n 点尚未报警的概率", "均值偏移 1.25 σ 之后"))


@pytest.mark.parametrize(
    ("chart", "name"),
    [
        (("ewma", "--lambda", "0.2", "--limit", "2.86"), "EWMA λ = 0.2, L = 2.86"),
        (("cusum", "--reference", "0.5", "--limit", "4"), "CUSUM k = 0.5, h = 4"),
        (("cusum", "--reference", "0.5", "--limit", "4", "--crosier"), "Crosier k = 0.5, h = 4"),
        (("shewhart", "--limit", "3", "--side", "lower"), "Shewhart L = 3"),
    ],
)
def test_every_chart_that_has_a_run_length_has_a_picture(tmp_path: Path, chart: tuple[str, ...], name: str):
    picture = tmp_path / "one.svg"
    answer("arl", *chart, "--beside", "cusum:0.25:8", "--picture", picture)
    assert {name, "CUSUM k = 0.25, h = 8"} <= set(texts(picture))
    labels = [one.attrib.get("aria-label", "") for one in ET.parse(picture).iter()]
    assert any(one.startswith(f"{name}, {'−' if 'lower' in chart else ''}3 σ: ") for one in labels)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--of", "points"), "--of says what the picture shows"),
        (("--beside", "shewhart"), "--beside says what the picture shows"),
        (("--picture", "a.svg", "--beside", "ewma:1"), "write ewma:LAMBDA:LIMIT"),
        (("--picture", "a.svg", "--beside", "western-electric"), "each under its own name"),
        (("--picture", "a.svg", "--of", "points", "--beside", "nelson"), "which are only simulated"),
    ],
)
def test_run_lengths_that_have_no_picture_leave_no_file_and_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], said: str
):
    monkeypatch.chdir(tmp_path)
    found = openqi("arl", "--rules", "western-electric", *more)
    assert found.status == 2
    assert said in found.err
    assert not found.out
    assert not list(tmp_path.iterdir())
