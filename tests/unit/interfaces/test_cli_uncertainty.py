"""`openqi uncertainty`: a model file evaluated for people and programs, in both languages, and what it refuses."""

from pathlib import Path

import pytest

from openqi.kernel.units import unit_of
from unit.interfaces.cli_world import answer, openqi
from unit.science.uncertainty.worked_examples import figures

END_GAUGE = """\
model: |
  d = d0 + d1 + d2
  l = ls + d - ls * (d_alpha * (theta_bar + Delta) + alpha_s * d_theta)
output: {name: l, unit: nm}
inputs:
  ls: {value: "50000623", unit: nm, standard_uncertainty: "25", degrees_of_freedom: "18", certificate: "https://lab.example/17"}
  d0: {value: "215", unit: nm, standard_uncertainty: "5.8", degrees_of_freedom: "24"}
  d1: {value: "0", unit: nm, standard_uncertainty: "3.9", degrees_of_freedom: "5"}
  d2: {value: "0", unit: nm, standard_uncertainty: "6.7", degrees_of_freedom: "8"}
  d_alpha: {value: "0", unit: /K, half_width: "1e-6", distribution: rectangular, degrees_of_freedom: "50"}
  theta_bar: {value: "-0.1", unit: K, standard_uncertainty: "0.2"}
  Delta: {value: "0", unit: K, half_width: "0.5", distribution: arcsine}
  alpha_s: {value: "11.5e-6", unit: /K, half_width: "2e-6", distribution: rectangular}
  d_theta: {value: "0", unit: K, half_width: "0.05", distribution: rectangular, degrees_of_freedom: "2"}
coverage: {probability: "0.99"}
"""


@pytest.fixture
def gauge(tmp_path: Path) -> Path:
    path = tmp_path / "gauge.yaml"
    path.write_text(END_GAUGE, encoding="utf-8")
    return path


def test_the_end_gauge_of_the_gum_comes_out_as_published(gauge: Path):
    expected = figures("gum_h1_end_gauge")["expected"]
    (found,) = answer("uncertainty", gauge)["outputs"]
    assert round(found["value"]) == expected["y"]
    assert round(found["standard_uncertainty"]) == expected["u_c_rounded"]
    assert found["degrees_of_freedom"] == pytest.approx(expected["dof_eff_unrounded"], abs=0.02)
    assert found["expanded"]["coverage_factor"] == pytest.approx(expected["k99_for_dof16"], abs=0.005)
    components = {row["name"]: row["contribution"] for row in found["budget"]}
    assert components == pytest.approx(expected["components_nm"], rel=1e-4)
    (higher,) = answer("uncertainty", gauge, "--second-order")["outputs"]
    assert round(higher["standard_uncertainty"]) == expected["u_c_second_order_rounded"]


def test_people_read_rounded_numbers_with_units(gauge: Path):
    shown = openqi("uncertainty", gauge)
    assert shown.status == 0
    assert "l = 50000838 nm" in shown.out
    assert "32 nm" in shown.out
    assert "92 nm (k = 2.92, 99 %)" in shown.out
    assert "first order sees nothing of theta_bar, Delta, alpha_s" in shown.out


def test_the_budget_can_have_a_row_a_certificate_or_an_intermediate(gauge: Path):
    by = {
        one: {row["name"] for row in answer("uncertainty", gauge, "--by", one)["outputs"][0]["budget"]}
        for one in ("certificate", "intermediate")
    }
    assert "https://lab.example/17" in by["certificate"]
    assert {"ls", "d"} <= by["intermediate"]
    assert "d0" not in by["intermediate"]


def test_chinese_has_its_own_words(gauge: Path):
    shown = openqi("uncertainty", gauge, "--second-order", "--lang", "zh").out
    for word in (
        "标准不确定度",
        "自由度",
        "扩展不确定度",
        "不确定度来源",
        "二阶项",
        "测量模型",
        "一阶法不适用：标准不确定度按一阶为 31.7",
    ):
        assert word in shown
    assert "一阶法看不到 theta_bar、Delta、alpha_s" in openqi("uncertainty", gauge, "--lang", "zh").out
    assert "试验次数太少" in openqi("uncertainty", gauge, "--monte-carlo", "2000", "--lang", "zh").out
    (told,) = answer("uncertainty", gauge)["outputs"][0]["cautions"]
    assert told == {"code": "sensitivity-zero", "names": ["theta_bar", "Delta", "alpha_s"], "figures": []}


def test_a_complex_result_of_second_order_is_refused(gauge: Path):
    gauge.write_text(
        "model: y = z * z\ncomplex: [z]\ninputs:\n"
        '  z.re: {value: "1", standard_uncertainty: "0.1"}\n  z.im: {value: "2", standard_uncertainty: "0.2"}\n'
    )
    assert answer("uncertainty", gauge)["complex"]
    refused = openqi("uncertainty", gauge, "--second-order")
    assert (refused.status, "first order" in refused.err) == (2, True)


def test_a_run_of_trials_says_what_anybody_needs_to_repeat_it(gauge: Path):
    one, two = (answer("uncertainty", gauge, "--monte-carlo", "2000")["monte_carlo"] for _ in range(2))
    assert one == two
    assert (one["trials"], one["generator"], len(one["digest"])) == (2000, "openqi-trials/1", 64)
    assert one["seed"].startswith("sha256:")
    assert one["outputs"][0]["value"] == pytest.approx(50000838, abs=5)
    # Of normal inputs second order gives 34; those with few degrees of freedom are t, and wider.
    assert one["outputs"][0]["standard_uncertainty"] == pytest.approx(36, abs=1)
    fit = one["outputs"][0]["first_order"]
    assert (fit["fits"], fit["delta"]) == (None, 0.5)  # 2000 trials are too few to tell
    other = answer("uncertainty", gauge, "--monte-carlo", "2000", "--seed", "mine")["monte_carlo"]
    assert (other["seed"], other["digest"] == one["digest"]) == ("mine", False)
    shown = openqi("uncertainty", gauge, "--monte-carlo", "2000", "--lang", "zh").out
    assert "最短包含区间" in shown
    assert one["digest"] in shown


def test_the_file_can_ask_for_trials_and_a_factor(gauge: Path):
    text = END_GAUGE.replace('coverage: {probability: "0.99"}', 'coverage: {factor: "2"}\nmonte_carlo: {trials: "1000", seed: s}')
    gauge.write_text(text, encoding="utf-8")
    found = answer("uncertainty", gauge)
    assert found["monte_carlo"]["seed"] == "s"
    expanded = found["outputs"][0]["expanded"]
    assert (expanded["coverage_factor"], expanded["probability"]) == (2.0, None)
    assert "(k = 2)" in openqi("uncertainty", gauge).out


def test_inputs_correlated_outside_of_a_series_have_no_coverage_factor(gauge: Path):
    gauge.write_text(END_GAUGE + 'correlations: [{between: [d1, d2], coefficient: "0.5"}]\n', encoding="utf-8")
    (found,) = answer("uncertainty", gauge)["outputs"]
    assert (found["degrees_of_freedom"], found["expanded"]) == (None, None)
    assert "not defined" in openqi("uncertainty", gauge).out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: nm}", "unit: V}", "gives metre"), ("5.8", "-5.8", "gauge.yaml:7"), ("ls + d", "ls + open(d)", "gauge.yaml:1"),
        ("d0:", "d9:", "d9"), ('"25"', "nan", "no decimal"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_an_error_and_never_a_number(gauge: Path, old: str, new: str, said: str):
    gauge.write_text(END_GAUGE.replace(old, new, 1), encoding="utf-8")
    found = openqi("uncertainty", gauge)
    assert (found.status, found.out) == (2, "")
    assert said in found.err


def test_a_file_that_is_not_there_and_a_seed_without_trials_are_errors(gauge: Path):
    assert openqi("uncertainty", gauge.parent / "none.yaml").status == 2
    assert openqi("uncertainty", gauge, "--seed", "s").status == 2


def test_the_units_of_the_example_are_units():
    assert unit_of("/K").dimension == tuple(-one for one in unit_of("K").dimension)


IMPEDANCE = """\
model: |
  R = V / I * cos(phi)
  X = V / I * sin(phi)
  Z = V / I
outputs: {R: {unit: Ohm}, X: {unit: Ohm}, Z: {unit: Ohm}}
inputs:
  V: {unit: V, data: ["5.007", "4.994", "5.005", "4.990", "4.999"], series: s}
  I: {unit: mA, data: ["19.663", "19.639", "19.640", "19.685", "19.678"], series: s}
  phi: {unit: rad, data: ["1.0456", "1.0438", "1.0468", "1.0428", "1.0433"], series: s}
"""


def test_several_outputs_come_with_their_correlations(gauge: Path):
    gauge.write_text(IMPEDANCE, encoding="utf-8")
    case = figures("gum_h2_impedance")
    found = answer("uncertainty", gauge)
    u = {one["name"]: one["standard_uncertainty"] for one in found["outputs"]}
    assert u == pytest.approx(case["expected"]["u"], abs=case["tolerance"]["u"])
    assert found["covariance"][0][1] / u["R"] / u["X"] == pytest.approx(-0.588, abs=0.001)
    assert "R, X: -0.588" in openqi("uncertainty", gauge).out


def test_a_complex_output_has_the_covariance_and_degrees_of_freedom_of_both_parts(gauge: Path):
    gauge.write_text(
        "model: y = 2 * z\ncomplex: [z]\ninputs:\n"
        '  z.re: {data: ["1.1", "1.3", "1.2", "1.0"], series: z}\n  z.im: {data: ["0.4", "0.1", "0.2", "0.2"], series: z}\n',
        encoding="utf-8",
    )
    (found,) = answer("uncertainty", gauge)["complex"]
    assert (found["name"], found["value"]) == ("y", pytest.approx([2.3, 0.45]))
    assert found["degrees_of_freedom"] == pytest.approx(3, rel=1e-12)


def test_covariances_that_second_order_does_not_allow_are_not_told(gauge: Path):
    gauge.write_text('model: |\n  y = sin(x)\n  z = 2 * sin(x)\ninputs:\n  x: {value: "0", standard_uncertainty: "0.5"}\n')
    assert answer("uncertainty", gauge)["covariance"] == [[0.25, 0.5], [0.5, 1.0]]
    assert answer("uncertainty", gauge, "--second-order")["covariance"] is None
    assert "y, z: not defined" in openqi("uncertainty", gauge, "--second-order").out


def test_less_than_one_degree_of_freedom_with_a_stated_factor_leaves_first_order_unchecked(gauge: Path):
    gauge.write_text(
        'model: y = x\ninputs:\n  x: {value: "0", standard_uncertainty: "1", degrees_of_freedom: "0.5"}\ncoverage: {factor: "2"}\n'
    )
    (found,) = answer("uncertainty", gauge, "--monte-carlo", "1000")["monte_carlo"]["outputs"]
    assert found["first_order"] is None


def test_a_run_whose_standard_uncertainty_does_not_exist_says_so(gauge: Path):
    gauge.write_text('model: y = x\ninputs:\n  x: {data: ["1", "2", "3"]}\nmonte_carlo: {trials: "1000"}\n')
    assert len(answer("uncertainty", gauge)["monte_carlo"]["warnings"]) == 1
    assert "no finite variance" in openqi("uncertainty", gauge).out
