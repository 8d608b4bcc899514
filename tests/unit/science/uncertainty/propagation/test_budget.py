"""Budgets by input, certificate and intermediate: their shares make the whole, with correlations too."""

from math import sqrt

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, quantity
from openqi.science.uncertainty.propagation.budget import budget_rows
from openqi.science.uncertainty.propagation.first_order import first_order

MODEL = measurement_model("p = a + b\nq = b - c\ny = p * q + d")
INPUTS = {
    "a": quantity(1, u=0.1, certificate="https://lab.example/1"), "b": quantity(2, u=0.2, certificate="https://lab.example/1"),
    "c": quantity(3, u=0.3, certificate="https://lab.example/2"), "d": quantity(4, u=0.4),
}  # fmt: skip


@pytest.mark.parametrize("correlations", [[], [("a", "c", 0.7)], [("a", "c", -0.7), ("b", "d", 0.2)]])
@pytest.mark.parametrize("by", ["input", "certificate", "intermediate"])
def test_shares_are_one_together_and_the_largest_comes_first(by, correlations):
    stated = [Correlation(first=first, second=second, coefficient=r) for first, second, r in correlations]
    rows = first_order(MODEL, INPUTS, stated)[0].budget(by=by)
    assert sum(row.share for row in rows) == pytest.approx(1.0, rel=1e-13)
    assert [row.share for row in rows] == sorted((row.share for row in rows), reverse=True)


def test_a_certificate_stands_for_all_that_it_states():
    rows = {row.name: row for row in first_order(MODEL, INPUTS)[0].budget(by="certificate")}
    # y = (a + b)(b - c) + d: slopes -1, 2, -3, 1.
    one, two, own = 0.1**2 + (2 * 0.2) ** 2, (3 * 0.3) ** 2, 0.4**2
    assert set(rows) == {"https://lab.example/1", "https://lab.example/2", "d"}
    assert rows["https://lab.example/1"].contribution == pytest.approx(sqrt(one), rel=1e-14)
    assert rows["https://lab.example/2"].share == pytest.approx(two / (one + two + own), rel=1e-14)


def test_intermediates_that_share_an_input_hold_half_of_what_it_makes_each():
    rows = {row.name: row for row in first_order(MODEL, INPUTS)[0].budget(by="intermediate")}
    # Through p: -(a + b); through q: 3(b - c). b counts in both, as -0.2 and 0.6.
    whole = 0.1**2 + 0.4**2 + 0.9**2 + 0.4**2
    assert set(rows) == {"p", "q", "d"}
    assert rows["p"].contribution == pytest.approx(sqrt(0.1**2 + 0.2**2), rel=1e-14)
    assert rows["p"].share == pytest.approx((0.1**2 - 0.2 * 0.4) / whole, rel=1e-13)
    assert rows["q"].share == pytest.approx((0.6 * 0.4 + 0.9**2) / whole, rel=1e-13)


def test_correlated_inputs_share_their_covariance():
    model = measurement_model("y = a + b")
    inputs = {"a": quantity(1, u=0.3), "b": quantity(2, u=0.4)}
    found = first_order(model, inputs, [Correlation(first="a", second="b", coefficient=0.5)])[0]
    rows = {row.name: row for row in found.budget()}
    assert rows["a"].share == pytest.approx((0.09 + 0.06) / (0.09 + 0.16 + 0.12), rel=1e-14)
    assert rows["b"].contribution == pytest.approx(0.4, rel=1e-14)


def test_a_model_without_intermediates_has_no_budget_by_them():
    found = first_order(measurement_model("y = a"), {"a": quantity(1, u=0.3)})[0]
    with pytest.raises(DomainError, match="intermediate"):
        found.budget(by="intermediate")
    with pytest.raises(DomainError, match="intermediate"):
        budget_rows(found.components, by="intermediate")


def test_a_result_without_uncertainty_has_a_budget_of_zeros():
    found = first_order(measurement_model("y = a"), {"a": quantity(1, u=0)})[0]
    assert [(row.contribution, row.share) for row in found.budget()] == [(0.0, 0.0)]


def test_a_budget_by_certificate_of_many_inputs_is_quick_to_make():
    names = [f"x{number}" for number in range(2000)]
    inputs = {name: quantity(1, u=1, certificate=f"c{number % 7}") for number, name in enumerate(names)}
    rows = first_order(measurement_model("s = " + " + ".join(names)), inputs)[0].budget(by="certificate")
    assert len(rows) == 7
    assert sum(row.share for row in rows) == pytest.approx(1.0, rel=1e-13)
