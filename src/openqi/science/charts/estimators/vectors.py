"""Mean, covariance and squared distances of vectors, in one fixed order of operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import mean
from openqi.science.numbers.sums import plain_sum

Vector = Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Where vectors lie and how they vary together.

    Args:
        centre: their mean.
        covariance: by rows.
        count: of vectors it was estimated from; 0 where it is known.
    """

    centre: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    count: int


def spread_of(vectors: Sequence[Vector]) -> Spread:
    """Return mean and covariance (divisor n - 1) of vectors of one length.

    Raises:
        DomainError: there are not more vectors than components.
    """
    width = len(vectors[0]) if vectors else 0
    if len(vectors) <= width + 1:
        raise DomainError(f"{len(vectors)} vectors of {width} values; their covariance takes at least {width + 2}")
    centre = [mean([vector[place] for vector in vectors]) for place in range(width)]
    apart = [[vector[place] - centre[place] for place in range(width)] for vector in vectors]
    covariance = tuple(
        tuple(plain_sum(row[one] * row[other] for row in apart) / (len(vectors) - 1) for other in range(width))
        for one in range(width)
    )
    return Spread(centre=tuple(centre), covariance=covariance, count=len(vectors))


def spread_within(groups: Sequence[Sequence[Vector]], width: int) -> Spread:
    """Return the mean of subgroups of one size and the covariance within them; its count is that of the subgroups.

    Raises:
        DomainError: there are too few vectors.
    """
    dof = plain_sum(len(group) - 1 for group in groups)
    if len(groups) < 2 or dof < width:
        raise DomainError(f"{len(groups)} subgroups without missing values; a covariance of {width} values takes more")
    centre = [mean([vector[place] for group in groups for vector in group]) for place in range(width)]
    middles = [[mean([vector[place] for vector in group]) for place in range(width)] for group in groups]
    apart = [
        [vector[place] - middle[place] for place in range(width)]
        for group, middle in zip(groups, middles, strict=True) for vector in group
    ]  # fmt: skip
    covariance = tuple(
        tuple(plain_sum(row[one] * row[other] for row in apart) / dof for other in range(width)) for one in range(width)
    )
    return Spread(centre=tuple(centre), covariance=covariance, count=len(groups))


def frozen_spread(given: object, width: int, least: int) -> Spread:
    """Return a baseline as the user has it: a mapping with centre, covariance and count.

    Args:
        given: by the user.
        width: values of a vector.
        least: that its count must be where it is not 0.

    Raises:
        DomainError: it is no such mapping, or does not fit vectors of so many values.
    """
    parts = given if isinstance(given, Mapping) else {}
    centre, covariance, count = (parts.get(name) for name in ("centre", "covariance", "count"))
    if not isinstance(centre, Sequence) or not isinstance(covariance, Sequence) or not isinstance(count, int) or len(parts) != 3:
        raise DomainError("baseline: a mapping with centre, covariance (rows) and count, 0 where both are known")
    numbers = [value for row in (centre, *covariance) for value in (row if isinstance(row, Sequence) else [row])]
    if any(isinstance(value, bool | str) or not isinstance(value, int | float) for value in numbers):
        raise DomainError("baseline: centre and covariance hold numbers only")
    rows = tuple(tuple(map(float, row)) if isinstance(row, Sequence) else () for row in covariance)
    if len(centre) != width or len(rows) != width or not all(isfinite(x) for row in (centre, *rows) for x in row):
        raise DomainError(f"baseline of {len(centre)} values for vectors of {width}; as many finite numbers")
    if isinstance(count, bool) or (count != 0 and count < least):
        raise DomainError(f"baseline from {count} of vectors of {width} values; at least {least}, or 0 where it is known")
    return Spread(centre=tuple(map(float, centre)), covariance=rows, count=count)


def factor_of(covariance: Sequence[Vector]) -> list[list[float]]:
    """Return the lower triangular factor of a covariance.

    Raises:
        DomainError: it is none: not square, not symmetric, or a component depends on the others; says which.

    Source: [MONTGOMERY] section 11.3.
    """
    width = len(covariance)
    if any(len(row) != width for row in covariance) or any(
        covariance[one][other] != covariance[other][one] for one in range(width) for other in range(one)
    ):
        raise DomainError("a covariance is square and symmetric")
    factor = [[0.0] * width for _ in range(width)]
    for row in range(width):
        for column in range(row + 1):
            left = covariance[row][column] - plain_sum(factor[row][place] * factor[column][place] for place in range(column))
            if column < row:
                factor[row][column] = left / factor[column][column]
            elif left > 1e-13 * covariance[row][row]:
                factor[row][row] = sqrt(left)
            else:
                raise DomainError(f"component {row + 1} does not vary, or depends on those before it; leave one out")
    return factor


def squared_distance(vector: Vector, centre: Vector, factor: Sequence[Vector]) -> float:
    """Return the squared distance of a vector from a centre, in the metric of the factor's covariance."""
    solved: list[float] = []
    for row in range(len(centre)):
        left = vector[row] - centre[row] - plain_sum(factor[row][place] * solved[place] for place in range(row))
        solved.append(left / factor[row][row])
    return plain_sum(one * one for one in solved)
