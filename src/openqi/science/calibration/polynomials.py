"""Which degree a calibration polynomial should have, by a rule that is stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.calibration.exact import Number
from openqi.science.calibration.regression import least_squares
from openqi.science.numbers import elementary
from openqi.science.numbers.special import incomplete_beta

SIGNIFICANT = 0.05


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The chosen degree, and for every degree that was tried what the rule looked at.

    That is, of `f-test`, the probability that a highest term without meaning comes out as large as it did; of `aicc` the
    information criterion, -inf where the polynomial meets every point.
    """

    degree: int
    rule: str
    table: tuple[tuple[int, float], ...]


def chosen_degree(x: Sequence[Number], y: Sequence[Number], highest: int, *, rule: Literal["f-test", "aicc"] = "f-test") -> Choice:
    """Return the degree from 0 to `highest` that the rule chooses.

    `f-test` goes down from `highest` and stops at the first degree whose own highest term is significant at 5 %: going up would
    stop at a straight line through a parabola. `aicc` takes the smallest corrected information criterion.

    Raises:
        DomainError: too few points for the highest degree, or no such rule.

    Source: [GUM] clause H.3 (least squares); [AICC].
    """
    if rule not in ("f-test", "aicc"):
        raise DomainError(f"there is no rule {rule!r} for the degree; known are f-test, aicc")
    count = len(x)
    least = highest + (2 if rule == "f-test" else 4)
    if highest < 0 or count < least:
        raise DomainError(f"{count} points: to choose a degree up to {highest} by {rule} needs at least {max(least, 2)}")
    rests = [_rest(x, y, degree) for degree in range(highest + 1)]
    if rule == "aicc":
        table = tuple((degree, _criterion(count, degree, rest)) for degree, rest in enumerate(rests))
        return Choice(degree=min(table, key=lambda row: (row[1], row[0]))[0], rule=rule, table=table)
    table = tuple((degree, _chance(count, degree, rests)) for degree in range(highest + 1))
    chosen = next((degree for degree in range(highest, 0, -1) if table[degree][1] < SIGNIFICANT), 0)
    return Choice(degree=chosen, rule=rule, table=table)


def _rest(x: Sequence[Number], y: Sequence[Number], degree: int) -> float:
    found = least_squares(x, y, degree=degree)
    return found.residual_sd**2 * found.dof


def _chance(count: int, degree: int, rests: Sequence[float]) -> float:
    """Probability of a larger F for the highest term, if it were none."""
    dof = count - degree - 1
    if degree == 0:
        return 0.0  # a constant there always is
    gain = rests[degree - 1] - rests[degree]
    if rests[degree] == 0:
        return 0.0 if gain > 0 else 1.0
    ratio = max(0.0, gain) / (rests[degree] / dof)
    return incomplete_beta(dof / 2, 0.5, dof / (dof + ratio))


def _criterion(count: int, degree: int, rest: float) -> float:
    parameters = degree + 2  # coefficients and the variance
    if rest == 0:
        return -inf
    return count * elementary.log(rest / count) + 2 * parameters * count / (count - parameters - 1)
