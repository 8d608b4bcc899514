"""Results stay correlated by the ids of their inputs: in memory, in a file, and across evaluations."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import combinations
from math import inf, sqrt
from multiprocessing import get_context

import pytest

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity
from openqi.science.uncertainty.inputs.type_a import ensemble
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.evaluation import Evaluation, evaluation_of
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.second_order import second_order
from unit.science.uncertainty.worked_examples import end_gauge, figures, titration

STANDARD = quantity("10", u="0.02", dof=12, id="ni:///sha-256;standard#mass", certificate="https://lab.example/17")


def compared(reading: str) -> Evaluation:
    model = measurement_model("m = standard + d")
    (found,) = first_order(model, {"standard": STANDARD, "d": quantity(reading, u="0.01", id=f"reading {reading}")})
    return found


def read_back(evaluation: Evaluation) -> Evaluation:
    return evaluation_of(json.loads(json.dumps(evaluation.document())))


@pytest.mark.parametrize("kept", [lambda one: one, read_back])
def test_two_results_that_share_a_standard_are_correlated_also_when_read_back(kept):
    one, two = kept(compared("0.1")), kept(compared("0.3"))
    matrix = covariance_of([one, two])
    assert matrix[0][1] == matrix[1][0] == pytest.approx(0.02**2, rel=1e-14)
    assert matrix[0][0] == pytest.approx(0.02**2 + 0.01**2, rel=1e-14)


def test_a_sum_of_results_has_the_uncertainty_of_the_whole_model():
    one, two = compared("0.1"), compared("0.3")
    (whole,) = first_order(
        measurement_model("s = 2 * standard + a + b"),
        {"standard": STANDARD, "a": quantity("0.1", u="0.01"), "b": quantity("0.3", u="0.01")},
    )
    matrix = covariance_of([one, two])
    assert sum(map(sum, matrix)) == pytest.approx(whole.standard_uncertainty**2, rel=1e-14)


def test_outputs_of_one_evaluation_are_correlated_without_ids():
    a, b = quantity(3, u=0.1), quantity(5, u=0.2)
    found = first_order(measurement_model("s = a + b\nd = a - b"), {"a": a, "b": b})
    assert covariance_of(found)[0][1] == pytest.approx(0.1**2 - 0.2**2, rel=1e-14)


def test_impedances_of_simultaneous_readings_have_the_correlations_of_their_readings():
    columns = {"V": [5.007, 4.994, 5.005, 4.990, 4.999], "I": [19.663, 19.639, 19.640, 19.685, 19.678]}
    inputs, correlations = ensemble(columns, id="H.2")
    found = first_order(measurement_model("s = V + 2 * I\nd = V - I"), inputs, correlations)
    sums = [[v + 2 * i for v, i in zip(*columns.values(), strict=True)], [v - i for v, i in zip(*columns.values(), strict=True)]]
    means = [sum(one) / 5 for one in sums]
    plain = sum((a - means[0]) * (b - means[1]) for a, b in zip(*sums, strict=True)) / 4 / 5
    assert covariance_of(found)[0][1] == pytest.approx(plain, rel=1e-9)


def test_the_impedance_of_the_gum_has_its_published_correlations():
    case = figures("gum_h2_impedance")
    columns = {name: case["inputs"][name] for name in ("V", "I", "phi")}
    inputs, stated = ensemble(columns, id="s")
    expected, tolerance = case["expected"], case["tolerance"]
    means = {f"{one.first},{one.second}".replace("s#", ""): one.coefficient for one in stated}
    assert means == pytest.approx(expected["correlations_of_means"], abs=tolerance["correlations_of_means"])
    found = first_order(measurement_model("\n".join(case["inputs"]["model"])), inputs, stated)
    assert {one.name: one.value for one in found} == pytest.approx(expected["value"], abs=tolerance["value"])
    u = {one.name: one.standard_uncertainty for one in found}
    assert u == pytest.approx(expected["u"], abs=tolerance["u"])
    matrix = covariance_of(found)
    pairs = {
        f"{one.name},{two.name}": matrix[i][j] / u[one.name] / u[two.name]
        for (i, one), (j, two) in combinations(enumerate(found), 2)
    }
    assert pairs == pytest.approx(expected["correlations"], abs=tolerance["correlations"])


def test_inputs_of_different_results_can_be_correlated():
    (one,) = first_order(measurement_model("x = a + 1"), {"a": quantity(1, u=0.1, id="A")})
    (two,) = first_order(measurement_model("y = 2 * b"), {"b": quantity(1, u=0.1, id="B")})
    assert covariance_of([one, two])[0][1] == 0.0
    found = covariance_of([one, two], [Correlation(first="A", second="B", coefficient=-0.5)])
    assert found[0][1] == pytest.approx(-0.5 * 0.1 * 0.2, rel=1e-14)


def test_an_anonymous_input_of_two_results_asks_for_an_id():
    one, two = (first_order(measurement_model("y = a"), {"a": quantity(1, u=0.1)})[0] for _ in range(2))
    with pytest.raises(DomainError, match="give it an id"):
        covariance_of([one, two])


def test_a_shared_input_with_other_degrees_of_freedom_is_refused():
    (one,) = first_order(measurement_model("y = a"), {"a": quantity(1, u=0.1, id="A")})
    (two,) = first_order(measurement_model("z = a"), {"a": quantity(1, u=0.1, id="A", dof=3)})
    with pytest.raises(DomainError, match="differ"):
        covariance_of([one, two])


def test_a_correlation_with_an_input_of_no_result_is_refused():
    with pytest.raises(DomainError, match="no result has an input nobody"):
        covariance_of([compared("0.1")], [Correlation(first=STANDARD.id, second="nobody", coefficient=0.1)])


@pytest.mark.parametrize("example", [end_gauge, titration])
@pytest.mark.parametrize("evaluate", [first_order, second_order])
def test_a_document_is_read_back_bit_for_bit(example, evaluate):
    for one in evaluate(*example()):
        assert read_back(one) == one


def test_a_result_goes_to_another_process_and_stays_correlated():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        one, two = pool.map(compared, ["0.1", "0.3"])
    assert (one, two) == (compared("0.1"), compared("0.3"))
    assert covariance_of([one, compared("0.3")])[0][1] == pytest.approx(0.02**2, rel=1e-14)


@pytest.mark.parametrize(
    "change",
    [
        {"value": "nan"}, {"value": 1}, {"standardUncertainty": "-1"}, {"degreesOfFreedom": "0"}, {"components": None},
        {"components": [{}]}, {"correlations": [{"first": "x", "second": "y", "coefficient": "0"}]}, {"unit": 3},
        {"intermediates": [{"name": "x", "contributions": ["1"]}]}, {"bias": "nan"}, {"method": "guessed"},
        {"standardUncertainty": "9.0"},
    ],
)  # fmt: skip
def test_a_document_that_is_none_is_refused(change):
    with pytest.raises(FormatError, match="document"):
        evaluation_of(compared("0.1").document() | change)
    with pytest.raises(FormatError, match="document"):
        evaluation_of({})


@pytest.mark.parametrize("member", ["sensitivity", "contribution"])
@pytest.mark.parametrize("number", ["nan", "inf", "1e200"])
def test_a_component_that_no_evaluation_has_is_refused(member, number):
    document = compared("0.1").document()
    document["components"][0][member] = number
    if (member, number) != ("sensitivity", "1e200"):
        with pytest.raises(FormatError, match="contradicts itself"):
            evaluation_of(document)


def test_covariances_that_variances_of_second_order_do_not_allow_are_refused():
    model, inputs = measurement_model("y = sin(x)\nz = 2 * sin(x)"), {"x": quantity("0", u="0.5")}
    assert covariance_of(first_order(model, inputs)) == ((0.25, 0.5), (0.5, 1.0))
    with pytest.raises(DomainError, match=r"y and z.*second order allow"):
        covariance_of(second_order(model, inputs))


def test_coverage_factors_are_those_of_the_gum():
    case = figures("gum_g2_t_factors")
    base = compared("0.1")
    for (probability, dof), k in zip(case["inputs"]["cases"], case["expected"]["k"], strict=True):
        found = replace(base, degrees_of_freedom=float(dof)).expanded(probability)
        assert found.coverage_factor == pytest.approx(k, abs=case["tolerance"]["k"])


def test_degrees_of_freedom_are_cut_unless_told_otherwise_and_a_rounding_error_cuts_nothing():
    base = compared("0.1")
    assert replace(base, degrees_of_freedom=16.75).expanded().degrees_of_freedom == 16
    assert replace(base, degrees_of_freedom=16.75).expanded(truncate=False).degrees_of_freedom == 16.75
    assert replace(base, degrees_of_freedom=15.999999999999996).expanded().degrees_of_freedom == 16
    assert replace(base, degrees_of_freedom=inf).expanded().coverage_factor == pytest.approx(1.959963984540054, rel=1e-13)


@pytest.mark.parametrize(
    ("dof", "probability", "said"), [(0.7, 0.95, "below 1"), (5, 1.0, "between 0 and 1"), (5, float("nan"), "0 and 1")]
)
def test_coverage_that_cannot_be_is_refused(dof, probability, said):
    with pytest.raises(DomainError, match=said):
        replace(compared("0.1"), degrees_of_freedom=dof).expanded(probability)


def test_the_uncertainty_of_the_whole_is_that_of_its_budget():
    one = compared("0.1")
    assert sqrt(sum(row.contribution**2 for row in one.budget())) == pytest.approx(one.standard_uncertainty, rel=1e-14)
