"""Model files: what a person writes, what comes of it, and what is refused with its line."""

from math import sqrt

import pytest

from openqi.formats.model_file import ModelFile, read_model_file
from openqi.kernel.errors import DomainError, FormatError, OpenQIError
from openqi.science.uncertainty.propagation.first_order import first_order

END_GAUGE = """\
model: ls + d - ls * (d_alpha * theta + alpha_s * d_theta)
output: {name: l, unit: nm}
inputs:
  ls: {value: "50000623", unit: nm, standard_uncertainty: "25", degrees_of_freedom: "18", id: "urn:a", certificate: "urn:b"}
  d: {value: "215", unit: nm, expanded_uncertainty: "19.4", coverage_factor: "2", degrees_of_freedom: "25.6"}
  d_alpha: {value: "0", unit: /K, half_width: "1e-6", distribution: rectangular, degrees_of_freedom: "50"}
  theta: {value: "-0.1", unit: K, standard_uncertainty: "0.41"}
  alpha_s: {value: "11.5e-6", unit: /K, half_width: "2e-6", distribution: rectangular}
  d_theta: {value: "0", unit: K, half_width: "0.05", distribution: rectangular, degrees_of_freedom: "2"}
coverage: {probability: "0.99"}
monte_carlo: {trials: "1000", seed: block}
"""


def read(text: str) -> ModelFile:
    return read_model_file(text.encode(), name="model.yaml")


def test_the_end_gauge_of_the_gum_is_read_and_evaluated_in_its_units():
    file = read(END_GAUGE)
    (found,) = first_order(file.model, file.inputs, file.correlations)
    assert (found.name, found.unit, found.value) == ("l", "nm", pytest.approx(50000838, rel=1e-15))
    parts = (25, 9.7, 50000623 * 11.5e-6 * 0.05 / sqrt(3), 50000623 * 0.1 * 1e-6 / sqrt(3))
    assert found.standard_uncertainty == pytest.approx(sqrt(sum(one * one for one in parts)), rel=1e-12)
    assert (file.coverage_probability, file.coverage_factor, file.trials, file.seed) == (0.99, None, 1000, "block")
    gauge = file.inputs["ls"]
    assert (gauge.exact, gauge.id, gauge.certificate) == (50000623, "urn:a", "urn:b")
    assert file.inputs["d"].standard_uncertainty == pytest.approx(9.7, rel=1e-15)
    assert file.inputs["alpha_s"].distribution.parameters == pytest.approx((9.5e-6, 13.5e-6), rel=1e-12)


def test_a_file_without_units_is_an_equation_between_numbers():
    file = read('model: c = 1000 * m / V\ninputs:\n  m: {value: "100.28", standard_uncertainty: "0.05"}\n'
                '  V: {value: "100", half_width: "0.1", distribution: triangular}\n')  # fmt: skip
    assert file.model.units is None
    assert file.inputs["V"].standard_uncertainty == pytest.approx(0.1 / sqrt(6), rel=1e-14)
    assert (file.coverage_probability, file.trials, file.seed) == (0.95, None, None)


ONE = "model: y = 2 * x\ninputs:\n  x: {%s}\n"


@pytest.mark.parametrize(
    ("written", "value", "u"),
    [
        ('value: "20", unit: Cel, standard_uncertainty: "0.1"', 20, 0.1),
        ('value: "20", unit: mm, statement: {relative: 1 %}', 20, 0.2),
        ('value: "20", unit: mm, statement: {absolute: "0.1", relative: "0.01", coverage_factor: "2"}', 20, 0.15),
        ('value: "20", unit: mm, statement: {absolute: "0.3", relative: "0.02", combine: rss}', 20, 0.5),
        ('value: "20", unit: mm, statement: {absolute: "0.3", limits: yes}', 20, 0.3 / sqrt(3)),
        ('value: "20", unit: mm, statement: {table: [["10", "0.1"], ["30", "0.3"]]}', 20, 0.2),
        ('unit: mm, data: ["20.1", "19.9", "20.0"]', 20, 0.1 / sqrt(3)),
        ('unit: mm, distribution: {kind: trapezoidal, lower: "19", upper: "21", ratio: "0"}', 20, 1 / sqrt(6)),
        ('unit: mm, distribution: {kind: discrete, values: ["19", "21"], probabilities: ["0.5", "0.5"]}', 20, 1),
        ('unit: Cel, distribution: {kind: normal, mean: "20", sd: "0.5"}', 20, 0.5),
        ('value: "20", unit: mm, standard_uncertainty: "0.1", distribution: arcsine', 20, 0.1),
        ('value: "20", unit: mm, standard_uncertainty: "0.1", degrees_of_freedom: "4", distribution: normal', 20, 0.1),
        ('value: "20", unit: mm, standard_uncertainty: "0.1", degrees_of_freedom: "4", distribution: t', 20, 0.1),
        ('value: "20", unit: mm, standard_uncertainty: "0"', 20, 0),
    ],
)
def test_every_way_to_know_an_uncertainty_gives_it_in_the_unit_of_the_file(written, value, u):
    unit = "Cel" if "Cel" in written else "mm"
    found = read(f"model: x\noutput: {{name: y, unit: {unit}}}\ninputs:\n  x: {{{written}}}\n")
    assert found.inputs["x"].value == pytest.approx(value, rel=1e-14)
    assert found.inputs["x"].standard_uncertainty == pytest.approx(u, rel=1e-12)


def test_a_difference_of_temperatures_is_no_temperature():
    text = 'model: t + d\noutput: {name: y, unit: K}\ninputs:\n  t: {value: "20", unit: Cel, standard_uncertainty: "0.1"}\n'
    file = read(text + '  d: {value: "5", unit: Cel, difference: yes, standard_uncertainty: "0.1"}\n')
    (found,) = first_order(file.model, file.inputs)
    assert found.value == pytest.approx(298.15, rel=1e-15)


def test_readings_of_one_series_are_correlated_and_one_ensemble():
    file = read('model: R = V / I\noutput: {name: R, unit: Ohm}\ninputs:\n  V: {unit: mV, data: ["5007", "4994", "5005"], '
                'series: s}\n'
                '  I: {unit: mA, data: ["19.663", "19.639", "19.640"], series: s}\n')  # fmt: skip
    (found,) = first_order(file.model, file.inputs, file.correlations)
    assert found.degrees_of_freedom == pytest.approx(2, rel=1e-12)
    assert file.inputs["V"].value == pytest.approx(5002, rel=1e-15)


def test_a_correlation_names_inputs_also_where_they_have_ids():
    file = read('model: y = a + b\ninputs:\n  a: {value: "1", standard_uncertainty: "0.3", id: "urn:a"}\n'
                '  b: {value: "2", standard_uncertainty: "0.4"}\n'
                'correlations:\n  - {between: [a, b], coefficient: "1"}\n')  # fmt: skip
    (found,) = first_order(file.model, file.inputs, file.correlations)
    assert found.standard_uncertainty == pytest.approx(0.7, rel=1e-14)


def test_a_complex_input_has_two_parts():
    file = read('model: y = z * z\ncomplex: [z]\ninputs:\n  z.re: {value: "1", standard_uncertainty: "0.1"}\n'
                '  z.im: {value: "2", standard_uncertainty: "0.1"}\n')  # fmt: skip
    assert [one.value for one in first_order(file.model, file.inputs)] == [-3.0, 4.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "model.yaml:1"), ("- a", "model.yaml:1"), ("inputs: {}", "'model' is missing"),
        ("model: y = x", "'inputs' is missing"),
        (ONE % 'value: "1"', "known 0 times"), (ONE % 'value: "1", standard_uncertainty: "1", half_width: "1"', "known 2 times"),
        (ONE % 'value: one, standard_uncertainty: "1"', "model.yaml:3.*no decimal"),
        (ONE % 'standard_uncertainty: "1"', "'value' is missing"),
        (ONE % 'value: "1", standard_uncertainty: "-1"', "0 or more"),
        (ONE % 'value: "1", standard_uncertainty: nan', "no decimal"),
        (ONE % 'value: "1", half_width: "1"', "of which distribution"),
        (ONE % 'value: "1", half_width: "1", distribution: gamma', "parameters"),
        (ONE % 'value: "1", half_width: "1", distribution: normal', "of which distribution"),
        (ONE % 'value: "1", standard_uncertainty: "1", distribution: t', "degrees_of_freedom"),
        (ONE % 'value: "1", standard_uncertainty: "1", degrees_of_freedom: "0"', "above 0"),
        (ONE % 'value: "1", expanded_uncertainty: "1"', "coverage_factor"),
        (ONE % 'value: "1", sigma: "1"', "'sigma' is not known"),
        (ONE % 'value: "1", expanded_uncertainty: "1", coverage_factor: "0"', "above 0"),
        (ONE % 'value: "1", statement: {}', "or a table"), (ONE % 'value: "1", statement: {table: [["1"]]}', "is \\[value"),
        (ONE % 'value: "9", statement: {table: [["1", "1"]]}', "outside of the table"), (ONE % 'data: ["1"]', "at least 2"),
        (ONE % 'value: "1", statement: {absolute: "1", relative: "1", combine: max}', "rss"),
        (ONE % 'value: "1", statement: {absolute: "1", limits: maybe}', "yes or no"),
        (ONE % 'value: "1", statement: {absolute: "1", limits: yes, coverage_factor: "2"}', "not both"),
        (ONE % 'value: "1", statement: {absolute: "1", combine: rss}', "give both"),
        (ONE % 'value: "1", statement: {table: [["1", "1"]], combine: sum}', "give both"),
        (ONE % 'value: "1", statement: {absolute: "1", limits: yes}, distribution: triangular', "of a rectangular"),
        (ONE % 'value: "1", statement: {absolute: "1", limits: yes}, distribution: normal', "of a rectangular"),
        (ONE % 'value: "1", data: ["1", "2"]', "leave the value out"),
        (ONE % 'value: "1", distribution: {kind: normal}', "leave the value out"),
        (ONE % 'distribution: {kind: normal, mean: "1"}', "sd"),
        (ONE % 'distribution: {kind: rectangular, lower: "2", upper: "1"}', "x:"),
        (ONE % 'unit: mm, value: "1", standard_uncertainty: "1"', "unit"),
        ("output: {name: y, unit: m}\n" + ONE % 'unit: mmm, value: "1", standard_uncertainty: "1"', "mmm"),
        (ONE % 'series: s, value: "1", data: ["1", "2"]', "does not go with series"),
        (ONE.replace("2 * x", "2 * x + q") % 'value: "1", standard_uncertainty: "1"', "q is not among the inputs"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + '  q: {value: "1", standard_uncertainty: "1"}', "no input q"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + "output: {name: z}", "no output z"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + "coverage: {}", "one of them"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + 'coverage: {factor: "-2"}', "above 0"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + 'coverage: {probability: "95"}', "between 0 and 1"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + 'monte_carlo: {trials: "1.5"}', "whole number"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + 'monte_carlo: {trials: "1"}', "whole number from 2"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + "correlations: [{between: [x], coefficient: 1}]", "between two"),
        (ONE % 'value: "1", standard_uncertainty: "1"' + 'correlations: [{between: [x, q], coefficient: "1"}]', "no input q"),
        ("model: y = __import__('os')\ninputs: {}", "model.yaml:1"), ("model: y = x.real\ninputs: {}", "model.yaml:1"),
        ("model: &a y = x\ninputs: *a", "anchors"),
    ],
)  # fmt: skip
def test_what_no_model_file_can_say_is_refused_with_its_line(text, said):
    with pytest.raises(OpenQIError, match=said) as caught:
        read(text)
    assert isinstance(caught.value, FormatError | DomainError)
    assert str(caught.value).startswith("model.yaml:")


WAYS_WITH = {
    'value: "1", standard_uncertainty: "1"': {"degrees_of_freedom"},
    'value: "1", coverage_factor: "2", expanded_uncertainty: "1"': {"coverage_factor", "degrees_of_freedom"},
    'value: "1", half_width: "1", distribution: rectangular': {"degrees_of_freedom"},
    'value: "1", statement: {absolute: "1"}': {"degrees_of_freedom"},
    'distribution: {kind: normal, mean: "0", sd: "1"}': {"degrees_of_freedom"},
    'data: ["1", "2", "4", "3", "5", "6", "8", "7"]': {"autocorrelated"},
    'data: ["1", "2", "4"], series: s': set(),
}


@pytest.mark.parametrize("way", WAYS_WITH)
@pytest.mark.parametrize("member", ["coverage_factor", "degrees_of_freedom", "autocorrelated"])
def test_a_member_that_the_way_does_not_use_is_refused_and_never_passed_over(way, member):
    text = ONE % (way if member in way else f"{way}, {member}: {'yes' if member == 'autocorrelated' else '3'}")
    if member in WAYS_WITH[way]:
        assert read(text).inputs["x"].standard_uncertainty > 0
    else:
        with pytest.raises(FormatError, match=f"model.yaml:3.*{member} does not go with"):
            read(text)


def test_limits_are_drawn_from_a_rectangular_distribution():
    file = read(ONE % 'value: "20", statement: {absolute: "0.3", limits: yes}')
    assert file.inputs["x"].distribution.kind == "rectangular"
    assert file.inputs["x"].distribution.parameters == pytest.approx((19.7, 20.3), rel=1e-14)


def test_a_unit_that_does_not_fit_is_refused():
    with pytest.raises(DomainError, match=r"model.yaml:1"):
        read(END_GAUGE.replace("unit: nm}", "unit: V}"))
