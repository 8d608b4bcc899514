"""Walks whose steps reach only so far (limits on single points, moving ranges, variances): collocation with a certified bound.

Kernels that end within the interval have no quadrature that fits every place. So the run length is a polynomial on each panel, the
integral is taken over what can be reached from each place, and the residual, taken on finer nodes, bounds the error as elsewhere.
"""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.eased import eased
from openqi.science.charts.run_lengths.quadrature.kernels import eliminated
from openqi.science.charts.run_lengths.quadrature.nodes import gauss_legendre, on_panels
from openqi.science.charts.run_lengths.quadrature.reach import chances
from openqi.science.numbers.gamma_functions import log_of_gamma
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

ORDERS = (12, 18, 27, 40)
WANTED, CERTIFIED, SAFE, ROUNDING = 1e-9, 1e-6, 2.0, 4e-15
LOG_TWO = 0.6931471805599453


@dataclass(frozen=True, kw_only=True)
class WindowedWalk:
    """One step: y = a x + c + s xi, where y lies between b x + low and b x + high; else it signals, as beyond the panels.

    Args:
        keep: a.
        drift: c.
        step: s > 0.
        slope: b.
        low: the lower end of what is reached, may be -inf.
        high: the upper end, may be inf.
        panels: intervals that follow each other; ends of kernels should be ends of panels.
        start: first x; None where the first point has no window and follows none.
        rest: y below 0 becomes 0 (CUSUM).
        dof: xi is chi-squared with so many degrees of freedom; 0 for standard normal.
    """

    keep: float
    drift: float
    step: float
    slope: float
    panels: tuple[tuple[float, float], ...]
    low: float = -inf
    high: float = inf
    start: float | None = 0.0
    rest: bool = False
    dof: int = 0

    def numbers(self) -> "Array":
        """Return what the kernels take."""
        import numpy as np

        half = 0.5 * self.dof
        norm = half * LOG_TWO + log_of_gamma(half) if self.dof else 0.0
        return np.array([self.keep, self.drift, self.step, self.slope, self.low, self.high, float(self.dof), norm])


@dataclass(frozen=True, kw_only=True)
class Windowed:
    """The run length of a windowed walk, and the bound of its relative error."""

    value: float
    relative: float


_rows = eased(lambda *given: 40 * given[7].size)(chances)


def _solved(matrix: Any, values: Any) -> None:
    """Solve (I - K) L = 1: K comes in as a matrix, ones as values."""
    for row in range(len(values)):
        for column in range(len(values)):
            matrix[row, column] = -matrix[row, column]
        matrix[row, row] += 1.0
    eliminated(matrix, values)


_solve = eased(lambda matrix, values: matrix.size * len(values) // 3)(_solved)


def windowed_run_length(walk: WindowedWalk) -> Windowed:
    """Return the run length of a walk with a bound on its relative error, on as many nodes as that takes.

    Raises:
        DomainError: no bound of at most 1e-6 is reached with 40 nodes a panel.
    """
    for order in ORDERS:
        value, highest, gap = _attempt(walk, order)
        bound = gap + ROUNDING * highest
        if gap < 0.5 and value >= 1.0 and bound <= min(max(WANTED, 20.0 * ROUNDING * highest), CERTIFIED):
            return Windowed(value=value, relative=bound / (1.0 - bound))
    if gap < 0.5 and bound <= CERTIFIED and value >= 1.0:
        return Windowed(value=value, relative=bound / (1.0 - bound))
    raise DomainError(
        f"the run length is not certified: about {value:.5g}, within {bound:.0e} of it at best; take other limits, or simulate"
    )


def roughly_windowed(walk: WindowedWalk) -> float:
    """Return the run length with no bound on its error."""
    return _attempt(walk, ORDERS[1], check=False)[0]


def _attempt(walk: WindowedWalk, order: int, *, check: bool = True) -> tuple[float, float, float]:
    """The run length on so many nodes a panel, the highest of all, and the largest residual with a factor of safety."""
    import numpy as np

    places = _with_rest(walk, on_panels(walk.panels, order)[0])
    matrix = _probabilities(walk, places, order, 2 * order)
    values = np.ones(len(places))
    _solve(matrix, values)
    known = values.tolist()
    start = _first(walk) if walk.start is None else walk
    where = np.array([0.0 if walk.start is None else walk.start])
    value = 1.0 + _weighed(_probabilities(start, where, order, 3 * order), known)[0]
    if not check:
        return value, 0.0, 0.0
    checks = _with_rest(walk, on_panels(walk.panels, order + 7)[0])
    here = _weighed(_basis(walk, checks, order), known)
    stepped = _weighed(_probabilities(walk, checks, order, 3 * order + 5), known)
    gap = max(abs(1.0 + after - before) for before, after in zip(here, stepped, strict=True))
    return value, max(abs(one) for one in known), SAFE * gap


def _first(walk: WindowedWalk) -> WindowedWalk:
    return WindowedWalk(keep=0.0, drift=walk.drift, step=walk.step, slope=0.0, panels=walk.panels, rest=walk.rest, dof=walk.dof)


def _with_rest(walk: WindowedWalk, places: "Array") -> "Array":
    import numpy as np

    return np.append(places, 0.0) if walk.rest else places


def _probabilities(walk: WindowedWalk, places: "Array", order: int, finer: int) -> "Array":
    """What a step from each place gives each coefficient of the run length."""
    import numpy as np

    out = np.zeros((len(places), order * len(walk.panels) + walk.rest))
    nodes, weights = gauss_legendre(order)
    fine, fine_weights = gauss_legendre(finer)
    _rows(walk.numbers(), places, np.array(walk.panels), nodes, weights, fine, fine_weights, out)
    return out


def _basis(walk: WindowedWalk, places: "Array", order: int) -> "Array":
    """What each coefficient gives the run length at each place; the last place is that of rest."""
    import numpy as np

    nodes, weights = (one.tolist() for one in gauss_legendre(order))
    signs = [(-1.0) ** j * ((1.0 - x * x) * w) ** 0.5 for j, (x, w) in enumerate(zip(nodes, weights, strict=True))]
    out = np.zeros((len(places), order * len(walk.panels) + walk.rest))
    for row, x in enumerate(places.tolist()):
        if walk.rest and row == len(places) - 1:
            out[row, -1] = 1.0
            continue
        part = next(k for k, (low, high) in enumerate(walk.panels) if low <= x <= high)
        low, high = walk.panels[part]
        t = (2.0 * x - low - high) / (high - low)
        if t in nodes:
            out[row, part * order + nodes.index(t)] = 1.0
            continue
        shares = [sign / (t - node) for sign, node in zip(signs, nodes, strict=True)]
        whole = plain_sum(shares)
        for j, share in enumerate(shares):
            out[row, part * order + j] = share / whole
    return out


def _weighed(rows: "Array", values: list[float]) -> list[float]:
    return [plain_sum(p * value for p, value in zip(row, values, strict=True)) for row in rows.tolist()]
