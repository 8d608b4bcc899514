"""--picture: what a command has found as a file, beside an answer that stays the same."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from unit.interfaces.cli_world import Answer, openqi
from unit.interfaces.test_cli_uncertainty import END_GAUGE

DECISION = ("decide", "9.7", "--unit", "mm", "--u", "0.1", "--lower", "9", "--upper", "10", "--method", "full-value")
PRIOR = ("--rule", "global-risk/1", "--parameter", "target=0.01", "--prior", "normal:mean=9.5,sd=0.3")
TWO = """\
model: |
  R = V / I * cos(phi)
  X = V / I * sin(phi)
outputs: {R: {unit: Ohm}, X: {unit: Ohm}}
inputs:
  V: {value: "4.999", unit: V, standard_uncertainty: "0.0032"}
  I: {value: "0.019661", unit: A, standard_uncertainty: "0.0000095"}
  phi: {value: "1.04446", unit: rad, standard_uncertainty: "0.00075"}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("gauge.yaml").write_text(END_GAUGE, encoding="utf-8")
    Path("two.yaml").write_text(TWO, encoding="utf-8")
    Path("points.csv").write_text("x,y,u_y\n1,1.1,0.1\n2,1.9,0.1\n3,3.2,0.1\n4,3.9,0.1\n", encoding="utf-8")
    return tmp_path


def texts(path: Path) -> str:
    return "\n".join("".join(one.itertext()) for one in ET.parse(path).iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("uncertainty", "gauge.yaml"), "Uncertainty budget of l"),
        (("uncertainty", "gauge.yaml", "--by", "certificate"), "https://lab.example/17"),
        (("uncertainty", "gauge.yaml", "--monte-carlo", "1000", "--of", "distribution"), "Distribution of l"),
        (("uncertainty", "two.yaml", "--of", "ellipse"), "Coverage ellipses of R and X"),
        (("uncertainty", "two.yaml", "--result", "X"), "Uncertainty budget of X"),
        (("calibrate", "points.csv"), "Calibration function"),
        ((*DECISION, "--rule", "guarded-acceptance/2"), "Pass"),
        ((*DECISION, "--rule", "guarded-acceptance/2", "--of", "risk"), "Risk of each measured value"),
        ((*DECISION, *PRIOR, "--of", "guard-band"), "Risks over all items"),
    ],
)
def test_a_command_writes_its_picture_and_answers_as_without(here: Path, command: tuple[str, ...], told: str):
    found = openqi(*command, "--picture", "out.svg", "--json")
    assert found.status == 0, found
    assert told in texts(here / "out.svg")
    plain = openqi(*(one for place, one in enumerate(command) if one != "--of" and command[place - 1] != "--of"), "--json")
    if "--result" not in command:
        assert plain.out == found.out


def test_a_finding_has_a_picture_too_and_chinese_words(here: Path):
    found = openqi("decide", "10.4", *DECISION[2:], "--rule", "guarded-acceptance/2", "--picture", "out.svg", "--lang", "zh")
    assert found.status == 1
    assert "不通过" in texts(here / "out.svg")


def test_a_png_is_a_png(here: Path):
    assert openqi("calibrate", "points.csv", "--picture", "out.PNG").status == 0
    assert (here / "out.PNG").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--picture", "out.pdf"), "out.pdf ends in .pdf; a picture is written as .svg or .png"),
        (("--picture", "none/out.svg"), "there is no folder none"),
        (("--of", "budget"), "--of says what the picture shows"),
        (("--picture", "out.svg", "--of", "distribution"), "give --monte-carlo N too"),
        (("--picture", "out.svg", "--of", "ellipse"), "shows 2 of the outputs l"),
        (("--picture", "out.svg", "--result", "m"), "shows 1 of the outputs l"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_file(here: Path, more: tuple[str, ...], why: str):
    before = set(here.iterdir())
    found: Answer = openqi("uncertainty", "gauge.yaml", *more)
    assert (found.status, found.out) == (2, "")
    assert why in found.err
    assert set(here.iterdir()) == before


def test_risks_over_all_items_ask_for_a_prior(here: Path):
    found = openqi(*DECISION, "--rule", "guarded-acceptance/2", "--picture", "out.svg", "--of", "guard-band")
    assert found.status == 2
    assert "give --prior" in found.err
    assert not (here / "out.svg").exists()
