"""The Shiryaev-Roberts e-detector: M(t) = (M(t-1) + 1) E(t), which no change lets grow faster than by one a point.

Where nothing has changed the mean of M(t) is at most t, so a signal at M >= A comes after at least A points on average: without any
assumption on the data but that each E has a mean of at most 1 given the past. Where the points are normal, the run length itself is
computed, and a threshold calibrated to it is lower.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isnan
from typing import Self

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.charts.chart import check_change, distribution_of, run_length_of
from openqi.science.charts.run_lengths.quadrature.solve import solved
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.streams.discoveries import e_benjamini_hochberg
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log

FAR = 9.0
WIDE = 2.5


def normal_e_value(point: float, bet: float) -> float:
    """Return the e-value of a point against "mean at most 0, no wider than a standard normal": e^(bet x - bet²/2).

    Args:
        point: standardised.
        bet: the shift that is bet on, in standard deviations.
    """
    return unchecked_exp(bet * point - 0.5 * bet * bet)


def detected(e_values: Sequence[float], threshold: float) -> int | None:
    """Return after how many points the detector signals; None where it does not.

    Args:
        e_values: of one stream, in order, each >= 0.
        threshold: A, > 0; the guaranteed mean run length where nothing has changed.

    Raises:
        DomainError: an e-value is negative or no number, or the threshold is not positive.

    Source: [SHIN2023] definition 2.8.
    """
    if not threshold > 0.0:
        raise DomainError(f"a threshold of {threshold}; above 0")
    detector = 0.0
    for place, value in enumerate(e_values):
        if isnan(value) or value < 0.0:
            raise DomainError(f"e-value {value} of point {place + 1}; at least 0")
        detector = (detector + 1.0) * value
        if detector >= threshold:
            return place + 1
    return None


def named_by_detectors(
    e_values: Iterable[Sequence[float]], level: float, patience: int
) -> Iterator[tuple[bool, ...]]:  # fmt: skip
    """Yield at each instant which streams are named by their detectors, which begin anew every `patience` points.

    Where nothing has changed a detector has a mean of at most the points since it began; over the patience it is an e-value. So of
    the streams that are named the expected share of those that have been in control since the detectors began is at most the level
    at every instant, without a model, whatever the streams have to do with each other.

    Args:
        e_values: at each instant one of every stream, each >= 0 and of mean at most 1 given the past.
        level: of the false discovery rate, in (0, 1).
        patience: points, at least 1.

    Raises:
        DomainError: an argument lies outside; says at which instant.

    Source: [DANDAPANTHULA-RAMDAS2025] e-d-BH, [WANG-RAMDAS2022].
    """
    if patience < 1:
        raise DomainError(f"a patience of {patience} points; at least 1")
    detectors: list[float] = []
    for instant, row in enumerate(e_values):
        if instant and len(row) != len(detectors):
            raise DomainError(f"instant {instant + 1} has {len(row)} e-values and the first one {len(detectors)}; one a stream")
        before = [0.0] * len(row) if instant % patience == 0 else detectors
        for stream, value in enumerate(row):
            if isnan(value) or value < 0.0:
                raise DomainError(f"instant {instant + 1}, stream {stream + 1}: e-value {value}; at least 0")
        detectors = [(last + 1.0) * value for last, value in zip(before, row, strict=True)]
        yield e_benjamini_hochberg([one / patience for one in detectors], level)


@dataclass(frozen=True, kw_only=True)
class ShiryaevRoberts:
    """The same detector as a one-sided chart of normal points, with the run length that it really has.

    Args:
        bet: the shift that is bet on, in standard deviations, 0.1 to 6.
        limit: the threshold A, 0.01 to 1e9.

    Raises:
        DomainError: an argument lies outside.

    Source: [SHIN2023].
    """

    bet: float
    limit: float

    def __post_init__(self) -> None:
        if not 0.1 <= self.bet <= 6.0:
            raise DomainError(f"bet = {self.bet}; 0.1 to 6 standard deviations")
        if not 0.01 <= self.limit <= 1e9:
            raise DomainError(f"limit = {self.limit}; 0.01 to 1e9")

    def with_limit(self, limit: float) -> Self:
        """Return the same chart with another threshold."""
        return replace(self, limit=limit)

    def walk(self, shift: float, scale: float) -> Walk:
        """Return the chart as a walk of r = log(1 + M)."""
        check_change(shift, scale)
        drift = self.bet * shift - 0.5 * self.bet * self.bet
        step, high = self.bet * scale, unchecked_log(1.0 + self.limit)
        # Near 0 the step is one of log r: panels widen by a factor, from where less than 1e-18 of any step goes.
        cuts = [unchecked_exp(max(min(drift, 0.0) - FAR * step, -600.0))]
        while cuts[-1] < high:
            cuts.append(cuts[-1] * unchecked_exp(WIDE * step))
        panels = tuple(pairwise([*[cut for cut in cuts if cut < high * 0.9], high]))
        return Walk(keep=1.0, drift=drift, step=step, panels=panels, start=0.0, restarts=True)

    def estimate(self, shift: float = 0.0, scale: float = 1.0) -> float:
        """Return the run length with no bound on its error."""
        return solved(self.walk(shift, scale)).value

    def run_length(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLength:
        """Return the run length with a bound on its error; see `Chart`."""
        return run_length_of(self.walk(shift, scale), self.walk(0.0, 1.0), shift, scale, state)

    def distribution(self, shift: float = 0.0, scale: float = 1.0, state: State = "zero") -> RunLengthDistribution:
        """Return the distribution of the run length; see `Chart`."""
        return distribution_of(self.walk(shift, scale), self.walk(0.0, 1.0), state)
