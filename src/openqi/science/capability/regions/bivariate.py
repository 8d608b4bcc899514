"""Two coordinates at once: mean, covariance, and its main axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import checked, moments
from openqi.science.numbers.sums import total


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where points lie, and how they spread along their main axes.

    Args:
        n: points.
        mean: of both coordinates.
        sds: along the long axis and the short one; both > 0.
        direction: unit vector of the long axis.
        correlation: of the coordinates.
    """

    n: int
    mean: tuple[float, float]
    sds: tuple[float, float]
    direction: tuple[float, float]
    correlation: float

    def along(self, x: float, y: float) -> tuple[float, float]:
        """Return a vector in the directions of the axes."""
        c, s = self.direction
        return c * x + s * y, c * y - s * x


def spot(x: Sequence[float], y: Sequence[float]) -> Spot:
    """Return mean and covariance of points.

    Raises:
        DomainError: fewer than 5 points, not as many x as y, or points on a line.
    """
    xs, ys = checked(x, least=5, what="point"), checked(y, least=5, what="point")
    if len(xs) != len(ys):
        raise DomainError(f"{len(xs)} x and {len(ys)} y: every point has both")
    one, two = moments(xs), moments(ys)
    shared = total([(a - one.mean) * (b - two.mean) for a, b in zip(xs, ys, strict=True)]) / (one.n - 1)
    middle, apart = 0.5 * (one.variance + two.variance), 0.5 * (one.variance - two.variance)
    root = sqrt(apart * apart + shared * shared)
    determinant = one.variance * two.variance - shared * shared
    long = middle + root
    if not long > 0.0 or not determinant > 1e-12 * long * long:
        raise DomainError("the points lie on a line (or do not differ): judge the one direction in which they do by itself")
    # The short axis out of the determinant: the difference of nearly equal numbers would have lost it.
    return Spot(
        n=one.n, mean=(one.mean, two.mean), sds=(sqrt(long), sqrt(determinant / long)), direction=_direction(apart, shared, root),
        correlation=shared / sqrt(one.variance * two.variance),
    )  # fmt: skip


def _direction(apart: float, shared: float, root: float) -> tuple[float, float]:
    if root == 0.0:
        return 1.0, 0.0
    # Half the angle of (apart, shared), by the formula of the half angle whose difference does not cancel.
    if apart >= 0.0:
        c = sqrt(0.5 * (1.0 + apart / root))
        return c, 0.5 * shared / root / c
    s = sqrt(0.5 * (1.0 - apart / root))
    return 0.5 * shared / root / s, s
