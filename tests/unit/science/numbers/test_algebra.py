"""Cholesky: what it makes gives the matrix again, and what is no covariance is refused."""

from math import inf, nan
from random import Random

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import cholesky


def product(lower):
    return [[sum(a * b for a, b in zip(row, other, strict=True)) for other in lower] for row in lower]


def test_a_factor_times_its_transpose_is_the_matrix():
    chance = Random("cholesky")
    for size in (1, 2, 5, 12):
        root = [[chance.gauss(0, 1) for _ in range(size)] for _ in range(size)]
        matrix = product(root)
        lower = cholesky(matrix)
        assert all(lower[row][column] == 0.0 for row in range(size) for column in range(row + 1, size))
        for row, again in zip(matrix, product(lower), strict=True):
            assert again == pytest.approx(row, abs=1e-12)


def test_a_matrix_without_full_rank_is_taken():
    assert cholesky([[1.0, 1.0], [1.0, 1.0]]) == ((1.0, 0.0), (1.0, 0.0))
    assert cholesky([[4.0, -2.0, 0.0], [-2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]) == ((2.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert cholesky([]) == ()


@pytest.mark.parametrize(
    ("matrix", "what"),
    [
        ([[1.0, 0.5]], "must be square"),
        ([[1.0, 0.5], [0.4, 1.0]], "must be symmetric"),
        ([[1.0, nan], [nan, 1.0]], "nan in row 1, column 2"),
        ([[inf]], "inf in row 1, column 1"),
        ([[-1.0]], "not positive semidefinite"),
        ([[1.0, 1.1], [1.1, 1.0]], "row 2"),
        ([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]], "row 3"),
        ([[0.0, 1.0], [1.0, 1.0]], "row 2, column 1"),
        ([[1.0, 1.0, 0.5], [1.0, 1.0, 0.6], [0.5, 0.6, 1.0]], "row 3, column 2"),
    ],
)
def test_what_is_no_covariance_is_refused_and_named(matrix, what):
    with pytest.raises(DomainError, match=what):
        cholesky(matrix)
