"""First order: the worked examples of GUM, EURACHEM and NIST, closed forms, and what is refused."""

from dataclasses import replace
from fractions import Fraction
from math import cos, inf, nan, sin, sqrt

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity, quantity
from openqi.science.uncertainty.inputs.type_a import ensemble
from openqi.science.uncertainty.propagation.first_order import first_order, first_order_of
from unit.science.uncertainty.worked_examples import end_gauge, figures, input_of, inputs_of, titration


def test_the_end_gauge_of_the_gum_has_its_published_value_uncertainty_and_degrees_of_freedom():
    case = figures("gum_h1_end_gauge")
    expected, tolerance = case["expected"], case["tolerance"]
    model, inputs = end_gauge()
    (found,) = first_order(model, inputs)
    assert found.value == pytest.approx(expected["y"], abs=tolerance["y"])
    assert found.standard_uncertainty == pytest.approx(expected["u_c_rounded"], abs=tolerance["u_c_rounded"])
    assert found.degrees_of_freedom == pytest.approx(expected["dof_eff_unrounded"], abs=tolerance["dof_eff_unrounded"])
    expanded = found.expanded(0.99)
    assert expanded.degrees_of_freedom == 16
    assert expanded.coverage_factor == pytest.approx(expected["k99_for_dof16"], abs=tolerance["k99_for_dof16"])
    # The GUM multiplies by the standard uncertainty as it reports it, 32 nm.
    reported = expanded.coverage_factor * expected["u_c_rounded"]
    assert reported == pytest.approx(expected["U99_rounded_with_dof16"], abs=tolerance["U99_rounded_with_dof16"])
    assert expanded.uncertainty == pytest.approx(expanded.coverage_factor * found.standard_uncertainty, rel=1e-15)
    components = {one.name: abs(one.contribution) for one in found.components}
    assert components == pytest.approx(expected["components_nm"], rel=tolerance["components_relative"])


def test_the_measured_difference_of_the_end_gauge_has_its_published_degrees_of_freedom():
    case = figures("gum_h1_end_gauge")
    (found,) = first_order(measurement_model("d = d0 + d1 + d2"), {
        stated["name"]: input_of(stated) for stated in case["inputs"]["quantities"] if stated["name"] in ("d0", "d1", "d2")
    })  # fmt: skip
    assert found.degrees_of_freedom == pytest.approx(case["expected"]["dof_of_d"], abs=case["tolerance"]["dof_of_d"])


def test_the_cadmium_standard_has_its_published_uncertainty_and_components():
    case = figures("eurachem_a1_cd_standard")
    model = measurement_model("V = V_flask + V_rep + V_T\nc = 1000*m*P/V")
    (found,) = first_order(model, inputs_of("eurachem_a1_cd_standard"))
    assert found.value == pytest.approx(case["expected"]["c"], abs=case["tolerance"]["c"])
    assert found.standard_uncertainty == pytest.approx(case["expected"]["u_c"], abs=case["tolerance"]["u_c"])
    rows = {row.name: row.contribution for by in ("input", "intermediate") for row in found.budget(by=by)}
    assert rows == pytest.approx(case["expected"]["components"], abs=case["tolerance"]["components"])


def test_the_titration_has_its_published_uncertainty_and_components_by_intermediate():
    case = figures("eurachem_a3_titration")
    (found,) = first_order(*titration())
    assert found.value == pytest.approx(case["expected"]["c"], abs=case["tolerance"]["c"])
    assert found.standard_uncertainty == pytest.approx(case["expected"]["u_c"], abs=case["tolerance"]["u_c"])
    rows = {row.name: row.contribution for row in found.budget(by="intermediate")}
    named = {"m_KHP": "m", "P_KHP": "P", "M_KHP": "M"}
    wanted = {named.get(name, name): value for name, value in case["expected"]["components"].items()}
    assert rows == pytest.approx(wanted, rel=case["tolerance"]["components_relative"])


def test_the_expansion_coefficient_has_its_published_uncertainty():
    case = figures("nist_tn1900_e13_expansion")
    (found,) = first_order(measurement_model(f"y = {case['inputs']['model']}"), inputs_of("nist_tn1900_e13_expansion"))
    assert found.value == pytest.approx(case["expected"]["gum"]["y"], abs=case["tolerance"]["gum_y"])
    assert found.standard_uncertainty == pytest.approx(case["expected"]["gum"]["u"], abs=case["tolerance"]["gum_u"])


def test_the_logarithm_of_npl_is_as_far_off_as_published():
    case = figures("npl_log_model")
    low, high = case["inputs"]["x"]["low"], case["inputs"]["x"]["high"]
    x = quantity((low + high) / 2, half_width=(high - low) / 2, kind="rectangular")
    (found,) = first_order(measurement_model("y = ln(x)"), {"x": x})
    expected = case["expected"]["gum"]
    assert found.value == pytest.approx(expected["y"], abs=case["tolerance"]["all"])
    assert found.standard_uncertainty == pytest.approx(expected["u"], abs=case["tolerance"]["all"])
    upper = found.value + found.expanded(0.95).uncertainty
    assert upper == pytest.approx(expected["high95"], abs=case["tolerance"]["all"])


SERIES = {"V": ["5.007", "4.994", "5.005", "4.990", "4.999"], "I": ["19.663", "19.639", "19.640", "19.685", "19.678"],
          "phi": ["1.0456", "1.0438", "1.0468", "1.0428", "1.0433"]}  # fmt: skip


def impedance() -> tuple:
    inputs, correlations = ensemble(SERIES, id="five times")
    return first_order(measurement_model("R = V / I * cos(phi)\nX = V / I * sin(phi)\nZ = V / I"), inputs, correlations)


def test_correlated_series_give_the_same_as_readings_evaluated_one_by_one_to_first_order():
    # A linear function of simultaneous readings has the uncertainty of the series of its values, whatever the correlation.
    rows = list(zip(*(map(float, column) for column in SERIES.values()), strict=True))
    means = [sum(column) / 5 for column in zip(*rows, strict=True)]
    for found, slopes in zip(impedance(), slopes_of(*means), strict=True):
        series = [sum(c * (x - m) for c, x, m in zip(slopes, row, means, strict=True)) for row in rows]
        plain = sqrt(sum(one * one for one in series) / 4 / 5)
        assert found.standard_uncertainty == pytest.approx(plain, rel=1e-10)
        assert found.degrees_of_freedom == pytest.approx(4, rel=1e-12)


def slopes_of(v: float, i: float, phi: float) -> list[tuple[float, float, float]]:
    return [
        (cos(phi) / i, -v / i**2 * cos(phi), -v / i * sin(phi)),
        (sin(phi) / i, -v / i**2 * sin(phi), v / i * cos(phi)),
        (1 / i, -v / i**2, 0.0),
    ]


def test_a_series_without_correlation_is_one_influence_too():
    # Deviations at right angles: the coefficient is exactly 0, the degrees of freedom are still those of one series.
    inputs, correlations = ensemble({"a": ["1", "-1", "1", "-1"], "b": ["1", "1", "-1", "-1"]}, id="s")
    assert correlations == ()
    (found,) = first_order(measurement_model("y = a + b"), inputs)
    assert found.degrees_of_freedom == pytest.approx(3, rel=1e-14)


def test_the_uncertainty_of_a_rational_model_is_that_of_exact_arithmetic():
    model = measurement_model("y = a * b / (c - a)")
    a, b, c = Fraction(3), Fraction(7), Fraction(5)
    ua, ub, uc = Fraction(1, 10), Fraction(1, 5), Fraction(3, 10)
    slopes = (b * c / (c - a) ** 2, a / (c - a), -a * b / (c - a) ** 2)
    exact = sum((s * u) ** 2 for s, u in zip(slopes, (ua, ub, uc), strict=True))
    (found,) = first_order(model, {"a": quantity(3, u=0.1), "b": quantity(7, u=0.2), "c": quantity(5, u=0.3)})
    assert found.standard_uncertainty**2 == pytest.approx(float(exact), rel=1e-14)


def test_a_compiled_model_gives_the_same_bits():
    model, inputs = end_gauge()
    given = [inputs[name] for name in model.inputs]
    columns = ([one.value for one in given], [one.standard_uncertainty for one in given], [one.degrees_of_freedom for one in given])
    (found,) = first_order(model, inputs)
    assert first_order_of(model)(*columns) == ((found.value, found.standard_uncertainty, found.degrees_of_freedom),)


def test_the_answer_is_free_of_units():
    small_units, large_units = {"a": "mm", "b": "m", "A": "cm2"}, {"a": "m", "b": "m", "A": "m2"}
    b = quantity(3, u=0.02, dof=9)
    (small,) = first_order(measurement_model("A = a * b", units=small_units), {"a": quantity(20, u=0.1, dof=7), "b": b})
    (large,) = first_order(measurement_model("A = a * b", units=large_units), {"a": quantity(0.02, u=0.0001, dof=7), "b": b})
    assert small.unit == "cm2"
    assert small.value == pytest.approx(large.value * 1e4, rel=1e-15)
    assert small.standard_uncertainty == pytest.approx(large.standard_uncertainty * 1e4, rel=1e-14)
    assert small.degrees_of_freedom == pytest.approx(large.degrees_of_freedom, rel=1e-13)
    assert [row.share for row in small.budget()] == pytest.approx([row.share for row in large.budget()], rel=1e-14)
    # 3 m times a length in mm: 30 cm2 for each mm.
    assert small.components[0].sensitivity == pytest.approx(30, rel=1e-15)


def test_a_compiled_model_takes_and_gives_the_same_units():
    model = measurement_model("A = a * b", units={"a": "mm", "b": "m", "A": "cm2"})
    (found,) = first_order(model, {"a": quantity(20, u=0.1, dof=7), "b": quantity(3, u=0.02, dof=9)})
    compiled = first_order_of(model)([20, 3], [0.1, 0.02], [7, 9])
    assert compiled == ((found.value, found.standard_uncertainty, found.degrees_of_freedom),)


def test_a_temperature_in_celsius_is_a_value_and_its_uncertainty_a_difference():
    model = measurement_model("t = T + d", units={"T": "Cel", "d": "K", "t": "[degF]"})
    (found,) = first_order(model, {"T": quantity(20, u=0.1), "d": quantity(1, u=0.1)})
    assert found.value == pytest.approx(69.8, abs=1e-12)
    assert found.standard_uncertainty == pytest.approx(0.18 * sqrt(2), rel=1e-13)


def test_fully_correlated_inputs_add_up_and_cancel():
    inputs = {"a": quantity(1, u=0.3), "b": quantity(2, u=0.4)}
    together = [Correlation(first="a", second="b", coefficient=1.0)]
    found = first_order(measurement_model("s = a + b\nd = a - b"), inputs, together)
    assert [one.standard_uncertainty for one in found] == pytest.approx([0.7, 0.1], rel=1e-14)


def test_two_points_of_one_quantity_are_one_quantity():
    inputs = {"a": quantity(1, u=0.3, id="gain", dof=5), "b": quantity(2, u=0.4, id="gain", dof=5)}
    found = first_order(measurement_model("s = a + b\nd = a - b"), inputs)
    assert [one.standard_uncertainty for one in found] == pytest.approx([0.7, 0.1], rel=1e-14)
    assert [one.degrees_of_freedom for one in found] == pytest.approx([5, 5], rel=1e-12)
    assert len(found[0].budget()) == 1


def test_degrees_of_freedom_are_not_defined_where_finite_ones_are_correlated_outside_of_a_series():
    inputs = {"a": quantity(1, u=0.3, dof=5), "b": quantity(2, u=0.4)}
    model = measurement_model("s = a + b")
    (found,) = first_order(model, inputs, [Correlation(first="a", second="b", coefficient=0.5)])
    assert found.degrees_of_freedom is None
    with pytest.raises(DomainError, match="not defined"):
        found.expanded()


def test_four_thousand_inputs_are_summed():
    names = [f"x{number}" for number in range(4000)]
    inputs = {name: InputQuantity(value=1.0, standard_uncertainty=0.5, degrees_of_freedom=10.0) for name in names}
    (found,) = first_order(measurement_model("s = " + " + ".join(names)), inputs)
    assert (found.value, len(found.budget())) == (4000.0, 4000)
    assert found.standard_uncertainty == pytest.approx(0.5 * sqrt(4000), rel=1e-14)
    assert found.degrees_of_freedom == pytest.approx(40_000, rel=1e-12)


def test_an_input_that_first_order_does_not_see_is_told():
    (found,) = first_order(measurement_model("y = x^2"), {"x": quantity(0, u=0.1)})
    assert found.standard_uncertainty == 0.0
    assert "sees nothing of x" in found.warnings[0]


def test_an_input_that_does_not_stand_in_the_equation_is_not_missed():
    inputs = {"x": quantity(2, u=0.1), "y": quantity(3, u=0.1)}
    assert [one.warnings for one in first_order(measurement_model("a = 2 * x^2\nb = a * y - x"), inputs)] == [()]
    assert [one.warnings for one in first_order(measurement_model("a = x + 1\nb = y^2"), inputs)] == [(), ()]


@pytest.mark.parametrize(
    ("value", "u", "dof"), [(nan, 1, 1), (inf, 1, 1), (1, nan, 1), (1, -1, 1), (1, inf, 1), (1, 1, 0), (1, 1, nan)]
)
def test_an_input_that_cannot_be_is_refused(value, u, dof):
    with pytest.raises(DomainError, match="finite value"):
        InputQuantity(value=value, standard_uncertainty=u, degrees_of_freedom=dof)


A, B = quantity(1, u=0.1), quantity(2, u=0.1)


@pytest.mark.parametrize(
    ("inputs", "correlations", "said"),
    [
        ({"a": A}, [], "b are not given"),
        ({"a": A, "b": B, "q": B}, [], "q: no such input"),
        ({"a": A, "b": B}, [("a", "q", 0.5)], "no input q"),
        ({"a": A, "b": B}, [("a", "b", 1.1)], "between -1 and 1"),
        ({"a": A, "b": B}, [("a", "b", nan)], "between -1 and 1"),
        ({"a": A, "b": B}, [("a", "a", 1)], "with itself"),
        ({"a": A, "b": B}, [("a", "b", 0.5), ("b", "a", 0.6)], "keep one of them"),
        ({"a": A, "b": replace(B, id="a")}, [], "give both an id"),
        ({"a": replace(A, id="g"), "b": replace(A, id="g", standard_uncertainty=0.3)}, [], "uncertainties differ"),
        ({"a": replace(A, id="g"), "b": replace(A, id="g", degrees_of_freedom=3)}, [], "degrees of freedom or sources differ"),
        ({"a": replace(A, value=1e200), "b": replace(B, standard_uncertainty=1e200)}, [], "squares among floats"),
    ],
)
def test_inputs_and_correlations_that_do_not_fit_are_refused(inputs, correlations, said):
    given = [Correlation(first=first, second=second, coefficient=r) for first, second, r in correlations]
    with pytest.raises(DomainError, match=said):
        first_order(measurement_model("y = a + b"), inputs, given)


def test_correlations_that_no_quantities_can_have_are_refused_and_the_inputs_named():
    inputs = {name: quantity(1, u=0.1) for name in "abc"}
    pairs = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]
    with pytest.raises(DomainError, match=r"contradict each other.*3 c"):
        first_order(
            measurement_model("y = a + b + c"), inputs, [Correlation(first=i, second=j, coefficient=r) for i, j, r in pairs]
        )


def test_a_step_that_is_not_defined_is_named():
    with pytest.raises(DomainError, match="ln"):
        first_order(measurement_model("y = ln(a - 2)"), {"a": A})
