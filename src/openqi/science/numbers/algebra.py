"""Linear algebra of small matrices in one fixed order of operations."""

from collections.abc import Sequence
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError

Matrix = tuple[tuple[float, ...], ...]
SLACK = 1e-12


def cholesky(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Return the lower factor L of a covariance or correlation matrix, matrix = L times its transpose.

    A matrix without full rank (coefficients of 1) is taken, with pivots at most 1e-12 below zero as zero.

    Raises:
        DomainError: the matrix is not square, not symmetric, not finite or not positive semidefinite; names row and column.
    """
    _check_shape(matrix)
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for column in range(size):
        own = matrix[column][column]
        pivot = own
        for k in range(column):
            pivot -= factor[column][k] * factor[column][k]
        if pivot < -SLACK * abs(own) or own < 0.0:
            row = _most_correlated(matrix, column)
            raise DomainError(
                f"the matrix is not positive semidefinite: row {column + 1} contradicts those before it, most of all row {row + 1} "
                f"({matrix[column][row]} between them, {own} on the diagonal); no quantities have such a covariance"
            )
        root = sqrt(pivot) if pivot > SLACK * own else 0.0
        factor[column][column] = root
        for row in range(column + 1, size):
            rest = matrix[row][column]
            for k in range(column):
                rest -= factor[row][k] * factor[column][k]
            if root > 0.0:
                factor[row][column] = rest / root
            elif abs(rest) > 4.0 * sqrt(SLACK * own * abs(matrix[row][row])):
                raise DomainError(
                    f"not positive semidefinite: {matrix[row][column]} in row {row + 1}, column {column + 1} contradicts "
                    "the rows before, which determine it; no quantities have such a covariance"
                )
    return tuple(tuple(row) for row in factor)


def _check_shape(matrix: Sequence[Sequence[float]]) -> None:
    for place, row in enumerate(matrix):
        if len(row) != len(matrix):
            raise DomainError(f"row {place + 1} has {len(row)} entries and the matrix {len(matrix)} rows; it must be square")
        for column, value in enumerate(row):
            if not isfinite(value):
                raise DomainError(f"{value} in row {place + 1}, column {column + 1}; entries must be finite")
            if value != matrix[column][place]:
                raise DomainError(
                    f"row {place + 1}, column {column + 1} has {value} and its mirror image {matrix[column][place]}; "
                    "the matrix must be symmetric"
                )


def _most_correlated(matrix: Sequence[Sequence[float]], row: int) -> int:
    """The row before this one with the largest coefficient of correlation to it; the row itself where it is the first."""
    best, found = -1.0, row
    for other in range(row):
        scale = sqrt(abs(matrix[row][row]) * abs(matrix[other][other]))
        size = abs(matrix[row][other]) / scale if scale > 0.0 else abs(matrix[row][other])
        if size > best:
            best, found = size, other
    return found
