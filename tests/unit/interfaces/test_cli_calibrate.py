"""`openqi calibrate` on the published examples, in both languages, and on tables that are not its own."""

import re
from pathlib import Path

import pytest

from openqi.interfaces.cli.words import CHINESE
from unit.interfaces.cli_world import answer, openqi
from vectors_of import figures_of


def table(folder: Path, **columns: list[float]) -> Path:
    path = folder / "points.csv"
    rows = zip(*columns.values(), strict=True)
    path.write_text(",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_thermometer_of_gum_h3_end_to_end(tmp_path: Path):
    case = figures_of("metrology/gum_h3_thermometer.json", "vectors")
    path = table(tmp_path, x=case["inputs"]["t_k"], y=case["inputs"]["b_k"])
    found = answer("calibrate", path, "--origin", "20", "--at", "30")
    wanted, close = case["expected"], case["tolerance"]
    assert [one["value"] for one in found["coefficients"]] == pytest.approx([wanted["y1"], wanted["y2"]], abs=close["y1"])
    assert found["at"]["y"] == pytest.approx(wanted["b_30"], abs=close["b_30"])
    assert found["at"]["standardUncertainty"] == pytest.approx(wanted["u_b_30"], abs=close["u_b_30"])
    assert (found["method"], found["degreesOfFreedom"], found["chiSquared"], found["choice"]) == ("ordinary", 9, None, None)
    assert found["warnings"] == ["x = 30 lies outside of what was calibrated, 21.521 to 26.511"]


def test_iso_28037_weighted_with_its_inverse_and_generalised(tmp_path: Path):
    case = figures_of("metrology/iso28037_wls_equal.json", "vectors")
    inputs = case["inputs"]
    found = answer("calibrate", table(tmp_path, x=inputs["x"], y=inputs["y"], u_y=inputs["u_y"]), "--inverse", "10.5", "--u", "0.5")
    assert found["method"] == "weighted"
    assert found["inverse"]["x"] == pytest.approx(case["expected"]["x_from_y"], abs=0.0005)
    assert found["inverse"]["standardUncertainty"] == pytest.approx(case["expected"]["u_x_from_y"], abs=0.0005)
    case = figures_of("metrology/iso28037_gdr.json", "vectors")
    found = answer("calibrate", table(tmp_path, **{name: case["inputs"][name] for name in ("x", "u_x", "y", "u_y")}))
    assert found["method"] == "generalised"
    assert found["chiSquared"] == pytest.approx(case["expected"]["chi2"], abs=0.0005)


@pytest.mark.parametrize("rule", ["f-test", "aicc"])
def test_the_degree_is_chosen_by_a_rule_that_the_answer_names(tmp_path: Path, rule: str):
    path = table(tmp_path, x=[*range(9)], y=[1 + x * x + (-1) ** x * 0.1 for x in range(9)])
    found = answer("calibrate", path, "--degree", 4, "--choose", rule)
    assert (found["degree"], found["choice"]["rule"], len(found["choice"]["table"])) == (2, rule, 5)


def test_people_read_it_in_chinese(tmp_path: Path):
    path = table(tmp_path, x=[1, 2, 3], y=[1, 2, 3.5], u_y=[0.1, 0.1, 0.1])
    text = openqi("calibrate", path, "--at", "2.5", "--inverse", "3", "--lang", "zh").out
    for word in ("points", "fit", "weighted", "coefficient", "standard uncertainty", "chi squared", "at x", "at y", "warning"):
        assert CHINESE[word] in text, word
    assert "y = 2.79166666667" in text


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        ("x,y\n1,2\n", (), "1 points: this function needs at least 3"),
        ("x,z\n1,2\n", (), "no column 'y'"),
        ("x,y\n1,2\n2,1e3\n3,4\n", (), "points.csv:3: column y: decimal '1e3'"),
        ("x,y\n1,2\n2,\n3,4\n", (), "points.csv:3: column y"),
        ("x,y\n1,2\n2,NaN\n3,4\n", (), "points.csv:3: column y"),
        ("x,y,u_y\n1,2,0.1\n2,3,-0.1\n3,4,0.1\n", (), "not positive"),
        ("x,y,u_x\n1,2,1\n2,3,1\n3,4,1\n", (), "u_x and none u_y"),
        ("x,y,u_x,u_y\n1,2,1,1\n2,3,1,1\n3,4,1,1\n", ("--degree", "2"), "straight line"),
        ("x,y,u_y\n1,2,1\n2,3,1\n3,4,1\n", ("--choose", "aicc"), "leave the columns"),
        ("x,y\n1,2\n2,3\n3,5\n", ("--inverse", "99"), "nowhere"),
        ("x,y\n1,2\n2,3\n3,5\n", ("--at", "ten"), "decimal 'ten'"),
    ],
)
def test_what_is_no_calibration_gets_no_number(tmp_path: Path, content: str, arguments: tuple[str, ...], says: str):
    (tmp_path / "points.csv").write_text(content, encoding="utf-8")
    found = openqi("calibrate", tmp_path / "points.csv", *arguments)
    assert (found.status, found.out) == (2, "")
    assert says in found.err


def test_a_negative_number_can_be_asked_for(tmp_path: Path):
    assert answer("calibrate", table(tmp_path, x=[-1, 0, 1], y=[-2, 0.1, 2]), "--at", "-0.5")["at"]["x"] == "-0.5"


def test_a_column_that_is_not_used_is_named(tmp_path: Path):
    found = answer("calibrate", table(tmp_path, x=[1, 2, 3], y=[1, 2, 3.5], uy=[0.1, 0.1, 0.1]))
    assert found["method"] == "ordinary"
    assert any("column uy is not used" in one for one in found["warnings"])


@pytest.mark.parametrize("read", [(), ("--at", "2", "--inverse", "2")])
def test_an_uncertainty_belongs_to_one_reading(tmp_path: Path, read: tuple[str, ...]):
    found = openqi("calibrate", table(tmp_path, x=[1, 2, 3], y=[1, 2, 3.5]), "--u", "0.1", *read)
    assert found.status == 2
    assert "one of the two" in found.err


def test_every_warning_is_said_in_chinese(tmp_path: Path):
    """The words around were Chinese and the sentences English."""
    table = tmp_path / "points.csv"
    table.write_text("x,y,u_y,uz\n" + "".join(f"{x},{x * x},0.001,1\n" for x in range(1, 8)), "utf-8")
    english = answer("calibrate", table, "--at", "99")["warnings"]
    assert len(english) == 3
    said = [
        line for line in openqi("calibrate", table, "--at", "99", "--lang", "zh").out.splitlines() if CHINESE["warning"] in line
    ]
    assert len(said) == 3
    for line, one in zip(said, english, strict=True):
        assert not re.search("[a-z]{3,}", line), line
        for number in re.findall(r"\d[\d.]*", one):
            assert number in line
