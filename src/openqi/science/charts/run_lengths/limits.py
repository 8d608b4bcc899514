"""The limit at which a chart has a wanted run length, and the design that sees a shift soonest."""

from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength
from openqi.science.charts.run_lengths.charts.chart import Limited
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.numbers.exponential import unchecked_log

C = TypeVar("C", bound=Limited)
MOST = 1e7
CLOSE = 1e-11
STEPS = 80
REPEATS = 6
GOOD = 1e-9


@dataclass(frozen=True, kw_only=True)
class FoundLimit(Generic[C]):
    """A chart with the limit that was looked for.

    Args:
        chart: with that limit.
        run_length: in control, certified.
        error_bound: of the limit: by how much it may lie off for the bound of the run length.
    """

    chart: C
    run_length: RunLength
    error_bound: float


def limit_for(chart: C, run_length: float) -> FoundLimit[C]:
    """Return the limit at which a chart has a run length in control.

    Args:
        chart: all but the limit is kept; from its limit the search starts.
        run_length: above 1, at most 1e7.

    Raises:
        DomainError: the run length lies outside, there is no such limit, or its run length is not certified.
    """
    if not (isfinite(run_length) and 1.0 < run_length <= MOST):
        raise DomainError(f"a run length of {run_length}; above 1 and at most {MOST:g}")
    wanted = unchecked_log(run_length)
    aim, found = wanted, chart
    for _ in range(REPEATS):
        try:
            limit, slope = _root(found, aim)
        except DomainError as error:
            raise DomainError(
                f"no limit found for a run length of {run_length:g}: {error} (limits beside it, which stay, may signal sooner)"
            ) from None
        found = chart.with_limit(limit)
        answer = found.run_length()
        if answer.error_bound is None:
            raise DomainError("a limit is looked for on charts whose run length is computed, not simulated")
        off = answer.value / run_length - 1.0
        if abs(off) <= max(GOOD, answer.error_bound / run_length):
            return FoundLimit(chart=found, run_length=answer, error_bound=(answer.error_bound / run_length + abs(off)) / abs(slope))
        # The search ran on fewer nodes than the answer took: aim beside the mark by what the two are apart.
        aim += wanted - unchecked_log(answer.value)
    raise DomainError(f"no limit found for a run length of {run_length:g}: at {found.limit:.9g} it is {answer.value:.9g}")


def _root(chart: Limited, wanted: float) -> tuple[float, float]:
    """The limit at which the logarithm of the run length is wanted, and its slope there: secants within a bracket."""

    def apart(limit: float) -> float:
        value = chart.with_limit(limit).estimate()
        # Far beyond the wanted limit the nodes do not suffice: such a limit is only known to be too wide.
        return unchecked_log(value) - wanted if 1.0 <= value < 1e12 else 60.0

    low, high = 0.0, float("inf")
    here, gap = chart.limit, apart(chart.limit)
    slope = 2.0
    for _ in range(STEPS):
        if gap < 0.0:
            low = here
        else:
            high = here
        following = here - gap / slope
        if not low < following < high:
            following = (low + high) / 2.0 if high < float("inf") else 2.0 * here
        following = min(following, 2.0 * here)
        there = apart(following)
        if following != here and there != gap:
            slope = (there - gap) / (following - here)
        if abs(there) < CLOSE or abs(following - here) < 1e-14 * here:
            return following, slope
        if not slope > 0.0:
            slope = 2.0
        here, gap = following, there
    raise DomainError("no limit found: the run length does not rise with the limit there; start from another limit")


def cusum_for(shift: float, run_length: float) -> FoundLimit[Cusum]:
    """Return the two-sided CUSUM that sees a shift soonest: its reference value is half of the shift.

    Args:
        shift: in standard deviations of a point, above 0 to 20.
        run_length: in control.

    Raises:
        DomainError: an argument lies outside, or nothing is found.

    Source: [MOUSTAKIDES1986].
    """
    if not 0.0 < shift <= 20.0:
        raise DomainError(f"a shift of {shift}; above 0 and at most 20 standard deviations")
    return limit_for(Cusum(reference=shift / 2.0, limit=4.0 / shift if shift > 1.0 else 4.0), run_length)


def ewma_for(shift: float, run_length: float) -> FoundLimit[Ewma]:
    """Return the two-sided EWMA that sees a shift soonest: the weight (three digits) with the least run length after it.

    Args:
        shift: in standard deviations of a point, 0.1 to 20.
        run_length: in control.

    Raises:
        DomainError: an argument lies outside, or nothing is found.

    Source: [CROWDER1989].
    """
    if not 0.1 <= shift <= 20.0:
        raise DomainError(f"a shift of {shift}; 0.1 to 20 standard deviations")
    known: dict[int, tuple[float, FoundLimit[Ewma]]] = {}

    def seen(thousandths: int) -> float:
        if thousandths not in known:
            found = limit_for(Ewma(weight=thousandths / 1000.0, limit=2.8), run_length)
            known[thousandths] = found.chart.estimate(shift), found
        return known[thousandths][0]

    low, high = 10, 1000
    # The run length after the shift has one lowest place in the weight; thirds close in on it.
    while high - low > 2:
        third = max((high - low) // 3, 1)
        if seen(low + third) <= seen(high - third):
            high -= third
        else:
            low += third
    return known[min(range(low, high + 1), key=seen)][1]
