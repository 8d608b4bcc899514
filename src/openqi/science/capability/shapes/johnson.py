"""Johnson's three systems: readings made normal by a curve that four of their quantiles determine.

Slifker and Shapiro say which system and which parameters fit the quantiles at -3z, -z, z and 3z; z is chosen as Chou, Polansky and
Mason do, from 0.25 to 1.25, where the transformed readings look most normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.quantiles import sample_quantile
from openqi.science.capability.shapes.goodness import normality
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.normal_functions import normal_below

QUANTILE_TYPE = 5
_SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class Johnson:
    """A curve of Johnson's: z = shape + slope * f((x - place) / width) is about standard normal.

    Args:
        system: SU without bounds (f is the inverse hyperbolic sine), SB within two (f = log(y / (1 - y))), SL above one (f = log).
        shape: gamma.
        slope: delta (also eta), > 0.
        place: xi (also epsilon), in the unit of the readings; the lower bound of SB and SL.
        width: lambda, same unit, > 0; 1 of SL.
    """

    system: Literal["SU", "SB", "SL"]
    shape: float
    slope: float
    place: float
    width: float

    def of(self, x: float) -> float:
        """Return z of x; infinite at a bound and beyond it."""
        y = (x - self.place) / self.width
        if self.system == "SU":
            return self.shape + self.slope * arsinh(y) if abs(x) < inf else x
        if y <= 0.0:
            return -inf
        if self.system == "SL":
            return self.shape + self.slope * log(y) if y < inf else inf
        return self.shape + self.slope * log(y / (1.0 - y)) if y < 1.0 else inf


def arsinh(y: float) -> float:
    """Return the inverse hyperbolic sine, within 1e-13 where |y| is not below 1e-3 and by its series there."""
    size = abs(y)
    if size < 1e-3:
        square = y * y
        return y * (1.0 - square * (1 / 6 - square * (3 / 40 - square * 15 / 336)))
    found = log(size + sqrt(size * size + 1.0)) if size < 1e150 else log(size) + log(2.0)
    return found if y > 0.0 else -found


def arcosh(y: float) -> float:
    """Return the inverse hyperbolic cosine of y >= 1."""
    return log(y + sqrt((y - 1.0) * (y + 1.0)))


def of_quantiles(far_below: float, below: float, above: float, far_above: float, z: float) -> Johnson | None:
    """Return the curve through the quantiles at -3z, -z, z and 3z; None where no system has them.

    Source: [SLIFKER-SHAPIRO1980].
    """
    m, n, p = far_above - above, below - far_below, above - below
    if not (m > 0.0 and n > 0.0 and p > 0.0):
        return None
    middle, ratio = 0.5 * (above + below), (m / p) * (n / p)
    if ratio > 1.0 + _SAME:
        return _unbounded(m / p, n / p, p, middle, z)
    if ratio < 1.0 - _SAME:
        return _bounded(p / m, p / n, p, middle, z)
    if m / p <= 1.0 + _SAME:
        return None
    slope = 2.0 * z / log(m / p)
    shape = slope * log((m / p - 1.0) / (p * sqrt(m / p)))
    return Johnson(system="SL", shape=shape, slope=slope, place=middle - 0.5 * p * (m / p + 1.0) / (m / p - 1.0), width=1.0)


def _unbounded(m: float, n: float, p: float, middle: float, z: float) -> Johnson:
    root, both = sqrt(m * n - 1.0), m + n
    slope = 2.0 * z / arcosh(0.5 * both)
    return Johnson(
        system="SU", slope=slope, shape=slope * arsinh((n - m) / (2.0 * root)),
        width=2.0 * p * root / ((both - 2.0) * sqrt(both + 2.0)), place=middle + 0.5 * p * (n - m) / (both - 2.0),
    )  # fmt: skip


def _bounded(m: float, n: float, p: float, middle: float, z: float) -> Johnson:
    product, rest = (1.0 + m) * (1.0 + n), m * n - 1.0
    slope = z / arcosh(0.5 * sqrt(product))
    width = p * sqrt((product - 2.0) * (product - 2.0) - 4.0) / rest
    return Johnson(
        system="SB", slope=slope, shape=slope * arsinh((n - m) * sqrt(product - 4.0) / (2.0 * rest)), width=width,
        place=middle - 0.5 * width + 0.5 * p * (n - m) / rest,
    )  # fmt: skip


def johnson(values: Sequence[float]) -> Johnson:
    """Return the curve that makes readings look most normal (smallest statistic of Anderson and Darling).

    Args:
        values: at least 20 readings.

    Raises:
        DomainError: fewer, or no system takes all of them.

    Source: [SLIFKER-SHAPIRO1980], [CHOU1998].
    """
    if len(values) < 20:
        raise DomainError(f"Johnson: {len(values)} readings; four quantiles of the curve need at least 20")
    ordered = sorted(values)
    best, found = inf, None
    for step in range(101):
        z = 0.25 + 0.01 * step
        a, b, c, d = (sample_quantile(ordered, normal_below(k * z), QUANTILE_TYPE) for k in (-3, -1, 1, 3))
        curve = of_quantiles(a, b, c, d, z)
        if curve is None:
            continue
        scaled = [curve.of(x) for x in ordered]
        # A bounded system whose bounds cut off readings describes others, not these.
        if not (scaled[0] > -inf and scaled[-1] < inf and scaled[0] < scaled[-1]):
            continue
        statistic = normality(scaled)[0]
        if statistic < best:
            best, found = statistic, curve
    if found is None:
        raise DomainError("Johnson: no system takes these readings (many may be equal); choose a distribution or sample quantiles")
    return found


def back(curve: Johnson, z: float) -> float:
    """Return the x whose z is given."""
    y = exp(min(max((z - curve.shape) / curve.slope, -700.0), 700.0))
    if curve.system == "SU":
        return curve.place + curve.width * 0.5 * (y - 1.0 / y)
    return curve.place + curve.width * (y if curve.system == "SL" else y / (1.0 + y))
