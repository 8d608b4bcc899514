"""Statements of uncertainty, evaluated at each point."""

from math import inf, nan, sqrt

import numpy as np
import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.inputs.statement import absolute, mixed, relative, table

POINTS = [-4.0, -0.5, 0.0, 0.25, 1.0, 3.0, 10.0]
EVERY = [
    absolute(0.2, divisor=2), relative(0.01), mixed(0.1, 0.02, divisor=sqrt(3)), mixed(0.1, 0.02, form="rss"),
    table([(-5, 0.1), (0, 0.3), (2, 0.2), (10, 1.0)], divisor=2),
]  # fmt: skip


@pytest.mark.parametrize("statement", EVERY, ids=lambda one: one.form)
def test_many_points_at_once_give_the_bits_of_each_alone(statement):
    assert statement.at_each(np.array(POINTS)).tolist() == [statement.at(x) for x in POINTS]


def test_each_form_says_what_it_is_meant_to_say():
    assert absolute(0.2, divisor=2).at(7.0) == 0.1
    assert relative(0.01).at(-7.0) == pytest.approx(0.07, rel=1e-15)
    assert mixed(0.1, 0.02).at(-5.0) == pytest.approx(0.2, rel=1e-15)
    assert mixed(0.3, 0.04, form="rss").at(10.0) == pytest.approx(0.5, rel=1e-15)
    assert [EVERY[-1].at(x) for x in (-5.0, -2.5, 0.0, 1.0, 2.0, 6.0, 10.0)] == pytest.approx(
        [0.05, 0.1, 0.15, 0.125, 0.1, 0.3, 0.5]
    )


def test_a_table_says_nothing_beyond_its_ends():
    for x in (-5.1, 10.1):
        with pytest.raises(DomainError, match="outside of the table"):
            EVERY[-1].at(x)
        with pytest.raises(DomainError, match="outside of the table"):
            EVERY[-1].at_each(np.array([0.0, x]))


@pytest.mark.parametrize("x", [nan, inf])
@pytest.mark.parametrize("statement", EVERY, ids=lambda one: one.form)
def test_no_point_has_no_uncertainty(statement, x):
    with pytest.raises(DomainError, match="finite"):
        statement.at(x)
    with pytest.raises(DomainError, match="finite"):
        statement.at_each(np.array([1.0, x]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: absolute(-1), "0 or more"), (lambda: absolute(nan), "0 or more"), (lambda: relative(inf), "0 or more"),
        (lambda: mixed(0.1, -0.1), "0 or more"), (lambda: mixed(0.1, 0.1, form="product"), "rss"),
        (lambda: absolute(1, divisor=0), "divisor"), (lambda: absolute(1, divisor=nan), "divisor"), (lambda: table([]), "no rows"),
        (lambda: table([(1, 0.1), (1, 0.2)]), "do not ascend"), (lambda: table([(2, 0.1), (1, 0.2)]), "do not ascend"),
        (lambda: table([(1, -0.1)]), "0 or more"), (lambda: table([(nan, 0.1)]), "finite"),
    ],
)  # fmt: skip
def test_a_statement_that_cannot_be_is_refused(make, said):
    with pytest.raises(DomainError, match=said):
        make()
