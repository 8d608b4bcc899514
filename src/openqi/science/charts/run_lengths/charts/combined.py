"""A CUSUM beside limits on single points: the sum sees small shifts, the limits see a large one at once."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Any, Literal, Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, State
from openqi.science.charts.run_lengths.chance import normal_blocks
from openqi.science.charts.run_lengths.charts.chart import ASSUMED, check_change, check_range
from openqi.science.charts.run_lengths.eased import eased
from openqi.science.charts.run_lengths.quadrature.windowed import CERTIFIED, WindowedWalk, roughly_windowed, windowed_run_length
from openqi.science.numbers.exponential import unchecked_exp
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.sums import plain_sum

RUNS = 20_000
MOST_POINTS = 200_000_000


@dataclass(frozen=True, kw_only=True)
class ShewhartCusum:
    """S(t) = max(0, S(t-1) + X(t) - k), a signal where S reaches h or a point lies beyond c; both sides, or one.

    Both sides together are computed where c + k is h or more: then one sum is at rest when the other side signals. Else a wild
    point can signal while the other sum is high, which no formula joins: it is simulated, with its standard error.

    Args:
        reference: k, 0 to 10, in standard deviations of a point.
        limit: h, > 0, likewise.
        point_limit: c, > 0, likewise; 3.5 is usual.
        side: `both`, `upper` or `lower`.
        seed: of the simulation.

    Raises:
        DomainError: an argument lies outside.

    Source: [LUCAS1982].
    """

    reference: float
    limit: float
    point_limit: float = 3.5
    side: Literal["both", "upper", "lower"] = "both"
    seed: str = "shewhart-cusum"

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0, 100.0)
        check_range("point limit", self.point_limit, 0.0, 10.0)
        if not 0.0 <= self.reference <= 10.0:
            raise DomainError(f"reference = {self.reference}; 0 to 10 standard deviations")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another limit of the sum."""
        return replace(self, limit=limit)

    @property
    def joins(self) -> bool:
        """Return whether a signal of one side finds the sum of the other at rest."""
        return self.side != "both" or self.point_limit + self.reference >= self.limit

    def walk(self, shift: float, scale: float, *, lower: bool = False) -> WindowedWalk:
        """Return one half of the chart as a walk."""
        check_change(shift, scale)
        h, reach = self.limit, self.point_limit - self.reference
        if not reach > 0.0:
            raise DomainError(f"point limit {self.point_limit} at or below the reference {self.reference}; the sum never rises")
        # What one step reaches ends at x + reach: the kernel bends where that meets the limit, and again a reach below.
        cuts = [h - reach * times for times in range(1, 9)] + [reach * times for times in range(1, 9)]
        return WindowedWalk(
            keep=1.0, drift=(-shift if lower else shift) - self.reference, step=scale, slope=1.0, high=reach, rest=True,
            panels=_panels(h, cuts, 3.0 * scale),
        )  # fmt: skip

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error, of both sides as if they always joined."""
        if self.side != "both":
            return roughly_windowed(self.walk(shift, scale, lower=self.side == "lower"))
        above, below = (roughly_windowed(self.walk(shift, scale, lower=lower)) for lower in (False, True))
        return above * below / (above + below)

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error, or simulated; see `Chart`. Only the zero state."""
        if state != "zero":
            raise DomainError("the steady state of this chart is not computed; ask for the zero state")
        if not self.joins:
            return self._simulated(shift, scale)
        if self.side == "both":
            value, relative = self._joined(shift, scale)
        else:
            found = windowed_run_length(self.walk(shift, scale, lower=self.side == "lower"))
            value, relative = found.value, found.relative
        return RunLength(
            value=value, error_bound=relative * value, method="quadrature", assumptions=ASSUMED, shift=shift, scale=scale
        )

    def _joined(self, shift: float, scale: float) -> tuple[float, float]:
        """The run length of both sides, and the bound of its relative error: the signals of both add up."""
        near = windowed_run_length(self.walk(abs(shift), scale))
        drift = -abs(shift) - self.reference
        # Each point begins a climb to h with at most this probability (Lundberg), or lies beyond c.
        most = normal_below((-abs(shift) - self.point_limit) / scale)
        most += unchecked_exp(2.0 * drift * self.limit / (scale * scale)) if drift < 0.0 else 1.0
        if near.value * most < CERTIFIED / 2.0:
            share, loose = 0.5 * near.value * most, 0.5 * near.value * most
        else:
            far = windowed_run_length(self.walk(-abs(shift), scale))
            share, loose = near.value / far.value, far.relative
        return near.value / (1.0 + share), near.relative + loose

    def _simulated(self, shift: float, scale: float) -> RunLength:
        import numpy as np

        check_change(shift, scale)
        lengths, done, seen, memory = np.empty(RUNS), 0, 0, np.zeros(3)
        numbers = np.array([self.reference, self.limit, self.point_limit, shift, scale])
        for block in normal_blocks(self.seed):
            done = _play(block, numbers, memory, lengths, done)
            seen += len(block)
            if done == RUNS:
                break
            if seen > MOST_POINTS:
                raise DomainError(f"only {done} of {RUNS} runs have ended after {seen} points; ask for one side")
        values = lengths.tolist()
        mean = plain_sum(values) / RUNS
        deviation = sqrt(plain_sum((one - mean) * (one - mean) for one in values) / (RUNS - 1))
        return RunLength(
            value=mean, error_bound=None, standard_error=deviation / sqrt(RUNS), standard_deviation=deviation, method="simulation",
            assumptions=ASSUMED, shift=shift, scale=scale,
        )  # fmt: skip


def _panels(high: float, cuts: list[float], widest: float) -> tuple[tuple[float, float], ...]:
    """Panels of (0, high) that end where the kernel bends, none wider than so much."""
    ends = [0.0]
    for cut in sorted({high, *(cut for cut in cuts if 1e-9 * high < cut < high * (1.0 - 1e-9))}):
        if cut - ends[-1] < 1e-9 * high:
            continue
        parts = max(int((cut - ends[-1]) / widest + 0.999), 1)
        start = ends[-1]
        ends += [start + (cut - start) * part / parts for part in range(1, parts)] + [cut]
    return tuple(pairwise(ends))


def _played(values: Any, numbers: Any, memory: Any, lengths: Any, done: int) -> int:
    """Feed standard normal numbers to both sums; write the run lengths; return how many are there."""
    reference, limit, point_limit, shift, scale = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    for place in range(len(values)):
        if done == len(lengths):
            break
        x = shift + scale * values[place]
        memory[0] = max(memory[0] + x - reference, 0.0)
        memory[1] = max(memory[1] - x - reference, 0.0)
        memory[2] += 1.0
        if memory[0] >= limit or memory[1] >= limit or x > point_limit or -x > point_limit:
            lengths[done] = memory[2]
            done += 1
            memory[0] = memory[1] = memory[2] = 0.0
    return done


_play = eased(lambda *given: 6 * len(given[0]))(_played)
