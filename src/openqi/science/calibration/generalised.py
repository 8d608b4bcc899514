"""Straight lines with uncertainty in both x and y (generalised distance regression)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, inf, isfinite, pi, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.calibration.function import CalibrationFunction, Exact
from openqi.science.calibration.normal_equations import MAX_COVARIANCE, factor_of, whitened
from openqi.science.calibration.regression import least_squares, misfit
from openqi.science.numbers import elementary
from openqi.science.numbers.algebra import cholesky

_STEPS = 200
_SETTLED = 1e-13
_LEAST = 1e-140  # of an uncertainty: its square, and what is divided by it, are floats
_DIRECTIONS = 50
_LOOKED_AT = 500


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line, with the covariance of a and b and the weighted sum of squares."""

    a: float
    b: float
    covariance: tuple[float, float, float]  # of a and a, a and b, b and b
    chi_squared: float


@dataclass(frozen=True, kw_only=True)
class _Covariance:
    """Covariances of x, of x with y (a row an x), and of y; the diagonals where points are independent."""

    xx: Sequence[Sequence[float]]
    xy: Sequence[Sequence[float]]
    yy: Sequence[Sequence[float]]
    independent: bool


def generalised(
    x: Sequence[float],
    y: Sequence[float],
    *,
    u_x: Sequence[float],
    u_y: Sequence[float],
    covariance: Sequence[Sequence[float]] | None = None,
) -> CalibrationFunction:
    """Return the straight line.

    Args:
        x: with standard uncertainties `u_x` (0 where an x is known).
        y: with standard uncertainties `u_y`.
        covariance: of all x and then all y, in place of the two; its diagonal agrees with them. At most 150 points.

    Raises:
        DomainError: numbers of points do not match, an uncertainty is not positive, or the iteration does not settle.

    Source: [ISO28037] clauses 7 and 10.
    """
    count = len(x)
    _check(x, y, u_x, u_y)
    known = _independent(u_x, u_y) if covariance is None else _blocks(covariance, u_x, u_y)
    # The middle of x as origin, so that a and b are nearly independent and nothing cancels.
    middle = fsum(x) / count
    centred = [one - middle for one in x]
    start = least_squares(centred, y, u_y=u_y)
    # The sum of squares can have several smallest places: from the line of a scan it settles in the deepest one.
    starts = [(start.coefficients[0], start.coefficients[1]), _scanned(centred, y, u_x, u_y)]
    lines, said = [], None
    for a, b in starts:
        try:
            lines.append(_settled(centred, y, known, a, b))
        except DomainError as error:
            said = error
    if not lines:
        raise said or DomainError("the points do not determine a line")
    return _function(min(lines, key=lambda one: one.chi_squared), middle, x, count - 2)


def _settled(x: Sequence[float], y: Sequence[float], known: _Covariance, a: float, b: float) -> _Line:
    """The line at which Gauss-Newton steps from a and b settle."""
    for _ in range(_STEPS):
        line, step_a, step_b = _step(x, y, known, a, b)
        a, b = a + step_a, b + step_b
        if abs(step_a) <= _SETTLED * sqrt(line.covariance[0]) and abs(step_b) <= _SETTLED * sqrt(line.covariance[2]):
            break
        if abs(step_a) <= 1e-15 * abs(a) and abs(step_b) <= 1e-15 * abs(b):
            break
    else:
        raise DomainError(f"the line did not settle in {_STEPS} steps: the uncertainties of x are too large for what x spans")
    return _step(x, y, known, a, b)[0]


def _scanned(x: Sequence[float], y: Sequence[float], u_x: Sequence[float], u_y: Sequence[float]) -> tuple[float, float]:
    """The line with the smallest sum of squares of directions all around, as of independent points; at most 500 are looked at.

    For each slope the best a follows directly. Directions are even where the spans of x and y are drawn equally long.
    """
    every = -(-len(x) // _LOOKED_AT)
    points = [(p, q, u * u, v * v) for p, q, u, v in zip(x[::every], y[::every], u_x[::every], u_y[::every], strict=True)]
    unit = (max(y) - min(y) or max(u_y)) / (max(x) - min(x))
    best = (inf, 0.0, 0.0)
    for place in range(-_DIRECTIONS + 1, _DIRECTIONS):
        b = unit * elementary.tan(pi / 2 * place / _DIRECTIONS)
        weights = [1 / (vv + b * b * uu) for _, _, uu, vv in points]
        a = fsum(w * (q - b * p) for w, (p, q, _, _) in zip(weights, points, strict=True)) / fsum(weights)
        rests = [q - a - b * p for p, q, _, _ in points]
        best = min(best, (fsum(w * rest * rest for w, rest in zip(weights, rests, strict=True)), a, b))
    return best[1], best[2]


def _check(x: Sequence[float], y: Sequence[float], u_x: Sequence[float], u_y: Sequence[float]) -> None:
    if not len(x) == len(y) == len(u_x) == len(u_y):
        raise DomainError(f"{len(x)} x, {len(y)} y, {len(u_x)} u_x and {len(u_y)} u_y: every point has all four")
    for name, values in (("x", x), ("y", y), ("u_x", u_x), ("u_y", u_y)):
        if not all(map(isfinite, values)):
            raise DomainError(f"{name}: a value is not finite; leave out what was not measured")
    if not x:
        raise DomainError("no points: a line needs two of them at least")
    for name, values in (("u_x", u_x), ("u_y", u_y)):
        if any(u and not _LEAST <= abs(u) <= 1 / _LEAST for u in values):
            raise DomainError(f"{name}: the square of an uncertainty is beyond a float; choose units of usual size")
    if any(u < 0 for u in u_x):
        raise DomainError(f"u_x: the standard uncertainty {min(u_x)} is negative")


def _independent(u_x: Sequence[float], u_y: Sequence[float]) -> _Covariance:
    return _Covariance(xx=[[u * u] for u in u_x], xy=[[0.0] for _ in u_x], yy=[[u * u] for u in u_y], independent=True)


def _blocks(covariance: Sequence[Sequence[float]], u_x: Sequence[float], u_y: Sequence[float]) -> _Covariance:
    count, stated = len(u_x), [*u_x, *u_y]
    if 2 * count > MAX_COVARIANCE:
        raise DomainError(f"{count} points with a covariance matrix: at most {MAX_COVARIANCE // 2} are taken")
    if len(covariance) != 2 * count or any(len(row) != 2 * count for row in covariance):
        raise DomainError(f"the covariance of {count} x and {count} y has {2 * count} rows and columns")
    for place, u in enumerate(stated):
        if abs(covariance[place][place] - u * u) > 1e-9 * u * u:
            name = f"x {place + 1}" if place < count else f"y {place - count + 1}"
            raise DomainError(f"covariance: the variance of {name} is {covariance[place][place]}, its u squared is {u * u}")
    cholesky(covariance)  # refuses what is no covariance
    return _Covariance(
        xx=[row[:count] for row in covariance[:count]],
        xy=[row[count:] for row in covariance[:count]],
        yy=[row[count:] for row in covariance[count:]],
        independent=False,
    )


def _step(x: Sequence[float], y: Sequence[float], known: _Covariance, a: float, b: float) -> tuple[_Line, float, float]:
    """One Gauss-Newton step from a and b, and what holds there.

    The residual y - a - b x has the covariance V_yy - b (V_xy + V_yx) + b^2 V_xx; by it an x is moved along its own uncertainty,
    and the moved x make the design.
    """
    residuals = [right - a - b * left for left, right in zip(x, y, strict=True)]
    if known.independent:
        variances = [vy + b * b * vx for (vx,), (vy,) in zip(known.xx, known.yy, strict=True)]
        moved = [one + b * vx * e / v for one, (vx,), e, v in zip(x, known.xx, residuals, variances, strict=True)]
        scales = [sqrt(v) for v in variances]
        ones, design, rest = (
            [value / s for value, s in zip(column, scales, strict=True)] for column in ([1.0] * len(x), moved, residuals)
        )
    else:
        size = range(len(x))
        total = [[known.yy[i][j] - b * (known.xy[i][j] + known.xy[j][i]) + b * b * known.xx[i][j] for j in size] for i in size]
        lower = factor_of(total, len(x))
        rest = whitened(lower, residuals)
        weighted = _back(lower, rest)
        moved = [x[i] - fsum((known.xy[i][j] - b * known.xx[i][j]) * weighted[j] for j in size) for i in size]
        ones, design = whitened(lower, [1.0] * len(x)), whitened(lower, moved)
    return _solved(ones, design, rest, a, b)


def _solved(
    ones: Sequence[float], design: Sequence[float], rest: Sequence[float], a: float, b: float
) -> tuple[_Line, float, float]:
    aa, ab, bb = _product(ones, ones), _product(ones, design), _product(design, design)
    right_a, right_b = _product(ones, rest), _product(design, rest)
    determinant = aa * bb - ab * ab
    if not determinant > 1e-14 * aa * bb:
        raise DomainError("the points do not determine a line: their x do not differ by more than their uncertainties allow")
    line = _Line(a=a, b=b, covariance=(bb / determinant, -ab / determinant, aa / determinant), chi_squared=_product(rest, rest))
    return line, (bb * right_a - ab * right_b) / determinant, (aa * right_b - ab * right_a) / determinant


def _back(lower: Sequence[Sequence[float]], column: Sequence[float]) -> list[float]:
    """The transposed factor's inverse times a column."""
    found = [0.0] * len(column)
    for place in range(len(column) - 1, -1, -1):
        rest = column[place] - fsum(lower[row][place] * found[row] for row in range(place + 1, len(column)))
        found[place] = rest / lower[place][place]
    return found


def _function(line: _Line, middle: float, x: Sequence[float], dof: int) -> CalibrationFunction:
    """The line about x = 0 instead of the middle, without rounding on the way."""
    b, at = Fraction(line.b), Fraction(middle)
    vaa, vab, vbb = map(Fraction, line.covariance)
    covariance = ((vaa - 2 * at * vab + at * at * vbb, vab - at * vbb), (vab - at * vbb, vbb))
    coefficients = (Fraction(line.a) - b * at, b)
    return CalibrationFunction(
        coefficients=tuple(map(float, coefficients)),
        covariance=tuple(tuple(map(float, row)) for row in covariance),
        residual_sd=sqrt(line.chi_squared / dof) if dof else 0.0,
        dof=dof,
        chi_squared=line.chi_squared,
        origin=0.0,
        span=(min(x), max(x)),
        warnings=misfit(line.chi_squared, dof),
        exact=Exact(coefficients=coefficients, covariance=covariance, origin=Fraction(0)),
    )


def _product(left: Sequence[float], right: Sequence[float]) -> float:
    return fsum(one * two for one, two in zip(left, right, strict=True))
