"""Rates of small areas that lean on each other by a regression: the Fay-Herriot model, with its mean squared error."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.numbers.algebra import cholesky
from openqi.science.numbers.sums import total

METHODS: Final = ("reml", "fay-herriot", "prasad-rao")
_STEPS, _CLOSE = 200, 1e-12


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area: its own estimate and variance, both None where nobody was examined, and what the regression knows of it.

    Args:
        name: of the area.
        direct: estimate from its own data.
        variance: sampling variance of it, > 0.
        known: covariates, the same number for each area; () for the mean of all.
    """

    name: str
    direct: float | None = None
    variance: float | None = None
    known: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shrunk:
    """An area's estimate: how much of it is its own data (`own`, 0 to 1), and the mean squared error.

    Its source is `both`, or `synthetic` where the area has no data: then only the regression speaks.
    """

    name: str
    value: float
    mean_squared_error: float
    own: float
    source: str


@dataclass(frozen=True, kw_only=True)
class AreaModel:
    """Estimates of all areas, the coefficients of the regression with their covariance, and the variance between areas."""

    areas: tuple[Shrunk, ...]
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    between: float
    method: str


def fay_herriot(areas: Sequence[Area], *, method: str = "reml") -> AreaModel:
    """Return empirical best linear unbiased predictors of areas.

    Args:
        areas: those with data must be more than two more than the coefficients.
        method: how the variance between areas is estimated, one of METHODS. Where that is 0, areas have nothing of their own.

    Raises:
        DomainError: no such method, variances not positive, covariates that differ in number or depend on each other.
        RefusedError: too few areas have data.

    Source: [FAY-HERRIOT1979]; [PRASAD-RAO1990]; [DATTA-LAHIRI2000]; [DATTA-RAO-SMITH2005]; [RAO-MOLINA2015] 6.
    """
    if method not in METHODS:
        raise DomainError(f"method {method!r}: one of {', '.join(METHODS)}")
    x, y, d = _checked(areas)
    between = {"reml": _reml, "fay-herriot": _moments, "prasad-rao": _prasad_rao}[method](x, y, d)
    weights = [1.0 / (between + one) for one in d]
    beta, covariance = _regression(x, y, weights)
    found = []
    for area in areas:
        row = _row(area)
        fit = total([one * b for one, b in zip(row, beta, strict=True)])
        reach = _form(row, covariance)
        if area.direct is None or area.variance is None:
            found.append(Shrunk(name=area.name, value=fit, mean_squared_error=between + reach, own=0.0, source="synthetic"))
            continue
        own = between / (between + area.variance)
        error = _error(between, area.variance, reach, d, method)
        found.append(
            Shrunk(name=area.name, value=own * area.direct + (1.0 - own) * fit, mean_squared_error=error, own=own, source="both")
        )
    return AreaModel(
        areas=tuple(found),
        coefficients=tuple(beta),
        standard_errors=tuple(sqrt(covariance[k][k]) for k in range(len(beta))),
        between=between,
        method=method,
    )


Matrix = list[list[float]]


def _row(area: Area) -> tuple[float, ...]:
    return area.known or (1.0,)


def _checked(areas: Sequence[Area]) -> tuple[list[tuple[float, ...]], list[float], list[float]]:
    x, y, d = [], [], []
    width = len(_row(areas[0])) if areas else 1
    for area in areas:
        if len(_row(area)) != width or not all(map(isfinite, _row(area))):
            raise DomainError(f"area {area.name!r}: {len(_row(area))} covariates; {width} finite ones, as the first area has")
        if (area.direct is None) != (area.variance is None):
            raise DomainError(f"area {area.name!r}: an estimate and its variance, or neither")
        if area.direct is not None and area.variance is not None:
            if not (isfinite(area.direct) and isfinite(area.variance) and area.variance > 0.0):
                raise DomainError(
                    f"area {area.name!r}: estimate {area.direct} with variance {area.variance}; the variance must be "
                    "positive. Where all that were seen are alike, take the beta-binomial model"
                )
            x.append(_row(area))
            y.append(area.direct)
            d.append(area.variance)
    if len(y) < width + 3:
        raise RefusedError("enough-areas", f"{len(y)} areas with data for {width} coefficients; at least {width + 3} are needed")
    return x, y, d


def _regression(x: list[tuple[float, ...]], y: list[float], weights: list[float]) -> tuple[list[float], Matrix]:
    """Coefficients of weighted least squares, and the inverse of X'WX."""
    size = len(x[0])
    matrix = [[total([w * row[i] * row[j] for row, w in zip(x, weights, strict=True)]) for j in range(size)] for i in range(size)]
    moments = [total([w * row[i] * one for row, one, w in zip(x, y, weights, strict=True)]) for i in range(size)]
    inverse = _inverse(matrix)
    return [total([inverse[i][j] * moments[j] for j in range(size)]) for i in range(size)], inverse


def _inverse(matrix: Matrix) -> Matrix:
    """The inverse of a positive definite matrix, column by column."""
    size = len(matrix)
    factor = cholesky(matrix)
    if any(factor[k][k] <= 1e-10 * sqrt(matrix[k][k]) for k in range(size)):
        raise DomainError("the covariates of the areas depend on each other; leave one of them out")
    columns = []
    for column in range(size):
        z: list[float] = []
        for i in range(size):
            rest = (1.0 if i == column else 0.0) - total([factor[i][k] * z[k] for k in range(i)])
            z.append(rest / factor[i][i])
        found = [0.0] * size
        for i in reversed(range(size)):
            found[i] = (z[i] - total([factor[k][i] * found[k] for k in range(i + 1, size)])) / factor[i][i]
        columns.append(found)
    return [[columns[j][i] for j in range(size)] for i in range(size)]


def _form(row: Sequence[float], matrix: Matrix) -> float:
    return total([a * b * matrix[i][j] for i, a in enumerate(row) for j, b in enumerate(row)])


def _reml(x: list[tuple[float, ...]], y: list[float], d: list[float]) -> float:
    """The variance between areas by restricted likelihood, by Fisher's scoring."""
    a = sorted(d)[len(d) // 2]
    for _ in range(_STEPS):
        weights = [1.0 / (a + one) for one in d]
        beta, inverse = _regression(x, y, weights)
        # P is the diagonal of the weights less W X (X'WX)^-1 X'W; its trace and that of its square come from X'W²X and X'W³X.
        rest = [one - total([b * c for b, c in zip(beta, row, strict=True)]) for one, row in zip(y, x, strict=True)]
        h = [_form(row, inverse) for row in x]
        second = _weighted_square(x, [w * w for w in weights], inverse)
        trace = total([w - w * w * one for w, one in zip(weights, h, strict=True)])
        square = total([w * w - 2.0 * w**3 * one for w, one in zip(weights, h, strict=True)]) + second
        score = total([(w * r) ** 2 for w, r in zip(weights, rest, strict=True)]) - trace
        following = max(a + score / square, 0.0)
        if abs(following - a) <= _CLOSE * (a + min(d)):
            return following
        a = following
    return a


def _weighted_square(x: list[tuple[float, ...]], weights: list[float], inverse: Matrix) -> float:
    """The trace of (X'WX inverse)², W of the given weights."""
    size = len(inverse)
    matrix = [[total([w * row[i] * row[j] for row, w in zip(x, weights, strict=True)]) for j in range(size)] for i in range(size)]
    product = [[total([matrix[i][k] * inverse[k][j] for k in range(size)]) for j in range(size)] for i in range(size)]
    return total([product[i][j] * product[j][i] for i in range(size) for j in range(size)])


def _moments(x: list[tuple[float, ...]], y: list[float], d: list[float]) -> float:
    """The variance between areas at which the weighted squares are as many as the degrees of freedom; 0 where they are fewer."""
    wanted = len(y) - len(x[0])

    def squares(a: float) -> float:
        weights = [1.0 / (a + one) for one in d]
        beta, _ = _regression(x, y, weights)
        rest = [one - total([b * c for b, c in zip(beta, row, strict=True)]) for one, row in zip(y, x, strict=True)]
        return total([w * r * r for w, r in zip(weights, rest, strict=True)])

    if squares(0.0) <= wanted:
        return 0.0
    low, high = 0.0, max(d)
    while squares(high) > wanted:
        low, high = high, 2.0 * high
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if middle in {low, high}:
            break
        low, high = (middle, high) if squares(middle) > wanted else (low, middle)
    return high


def _prasad_rao(x: list[tuple[float, ...]], y: list[float], d: list[float]) -> float:
    """The variance between areas out of the residuals of plain least squares."""
    beta, inverse = _regression(x, y, [1.0] * len(y))
    rest = [one - total([b * c for b, c in zip(beta, row, strict=True)]) for one, row in zip(y, x, strict=True)]
    expected = total([one * (1.0 - _form(row, inverse)) for one, row in zip(d, x, strict=True)])
    return max(0.0, (total([r * r for r in rest]) - expected) / (len(y) - len(x[0])))


def _error(a: float, variance: float, reach: float, d: list[float], method: str) -> float:
    """The mean squared error of an area, to the order of 1 / areas."""
    whole = a + variance
    share = variance / whole
    ones, squares = total([1.0 / (a + one) for one in d]), total([1.0 / (a + one) ** 2 for one in d])
    m = len(d)
    if method == "reml":
        spread = 2.0 / squares
    elif method == "prasad-rao":
        spread = 2.0 / m**2 * total([(a + one) ** 2 for one in d])
    else:
        spread = 2.0 * m / ones**2
    found = a * share + share**2 * reach + 2.0 * share**2 / whole * spread
    if method == "fay-herriot":
        found -= share**2 * 2.0 * (m * squares - ones**2) / ones**3
    return found
