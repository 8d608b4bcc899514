"""The degree of a polynomial, by rules that are stated."""

from math import inf, log

import numpy as np
import pytest
from scipy import stats

from openqi.kernel.errors import DomainError
from openqi.science.calibration.polynomials import chosen_degree
from vectors_of import figures_of

X = [float(x) for x in range(-6, 7)]
NOISE = [0.3, -0.1, 0.2, -0.4, 0.1, 0.3, -0.2, -0.1, 0.4, -0.3, 0.0, 0.2, -0.1]


def data(*coefficients):
    return [sum(c * x**power for power, c in enumerate(coefficients)) + e for x, e in zip(X, NOISE, strict=True)]


@pytest.mark.parametrize("rule", ["f-test", "aicc"])
@pytest.mark.parametrize("coefficients", [(5.0,), (1.0, 2.0), (1.0, 0.0, 0.5), (0.0, 0.0, 0.0, 0.1)])
def test_the_degree_that_made_the_data_is_found(coefficients, rule):
    """Among them a parabola and a cubic without lower terms, at which a test from below stops too early."""
    assert chosen_degree(X, data(*coefficients), 5, rule=rule).degree == len(coefficients) - 1


def test_the_probabilities_are_those_of_the_f_distribution():
    y = data(1.0, 0.2, 0.03)
    rests = [float(np.polynomial.Polynomial.fit(X, y, degree, full=True)[1][0][0]) for degree in range(5)]
    for degree, chance in chosen_degree(X, y, 4).table[1:]:
        dof = len(X) - degree - 1
        expected = stats.f.sf((rests[degree - 1] - rests[degree]) / (rests[degree] / dof), 1, dof)
        assert chance == pytest.approx(expected, rel=1e-7)


def test_the_criterion_is_that_of_its_definition():
    y, count = data(1.0, 0.2, 0.03), len(X)
    for degree, criterion in chosen_degree(X, y, 4, rule="aicc").table:
        rest = float(np.polynomial.Polynomial.fit(X, y, degree, full=True)[1][0][0])
        k = degree + 2
        assert criterion == pytest.approx(count * log(rest / count) + 2 * k + 2 * k * (k + 1) / (count - k - 1), rel=1e-9)


def test_a_polynomial_that_meets_every_point_is_not_made_longer():
    y = [1 + 2 * x + 3 * x * x for x in X]
    assert chosen_degree(X, y, 5).degree == chosen_degree(X, y, 5, rule="aicc").degree == 2
    assert dict(chosen_degree(X, y, 5, rule="aicc").table)[2] == -inf


def test_the_thermometer_of_gum_h3_bends():
    """A parabola is significant at 5 %, barely (p = 0.049): H.3 takes the line that its model states."""
    inputs = figures_of("metrology/gum_h3_thermometer.json", "vectors")["inputs"]
    found = chosen_degree(inputs["t_k"], inputs["b_k"], 3)
    assert found.degree == 2
    assert 0.04 < dict(found.table)[2] < 0.05 < dict(found.table)[3]


def test_bad_input_is_refused():
    with pytest.raises(DomainError, match="known are f-test, aicc"):
        chosen_degree(X, X, 2, rule="guess")
    with pytest.raises(DomainError, match="at least 6"):
        chosen_degree([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 4)
    with pytest.raises(DomainError, match="at least 8"):
        chosen_degree(X[:7], X[:7], 4, rule="aicc")
