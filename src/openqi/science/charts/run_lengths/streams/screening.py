"""Has a stream alarmed more often than its rules do by themselves? Patterns without a common point, against the run length.

A pattern that goes on flags point after point, so points with alarms come in clumps, and their number says little about chance.
Counted here are alarms whose patterns share no point, as many as there can be. A chart that begins anew after each alarm would
have had at least as many, and the time to each of its alarms is one run length; so their number is at most that of a renewal
process, which is about Poisson with readings over run length, and less scattered where patterns need several points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.gamma_functions import gamma_both
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.special import log_gamma
from openqi.science.numbers.sums import plain_sum

_LOG_2, _LOG_ROOT_2_OVER_PI = 0.6931471805599453, -0.22579135264472744


@dataclass(frozen=True, kw_only=True)
class AlarmSpans:
    """How many points the pattern of each rule spans that alarms; a place a bit, 0 for rules that only warn."""

    spans: tuple[int, ...]

    def shortest(self, bits: int) -> int:
        """Return the fewest points that one of the patterns of a point spans, 0 where none alarms."""
        return _shortest(self.spans, bits)


@lru_cache(maxsize=4096)
def _shortest(spans: tuple[int, ...], bits: int) -> int:
    return min((span for place, span in enumerate(spans) if span and bits >> place & 1), default=0)


def separate_alarms(points: Sequence[int], bits: Sequence[int], spans: AlarmSpans, *, behind: int = 0) -> tuple[int, int]:
    """Return how many alarms have patterns without a common point, and the last point of the last one, `behind` without any.

    Args:
        points: numbers of points that complete patterns, rising.
        bits: of each, the rules whose patterns it completes.
        spans: of the rules.
        behind: patterns that reach back to this point or beyond are left out.
    """
    found, last = 0, behind
    for point, each in zip(points, bits, strict=True):
        span = spans.shortest(each)
        if span and point - span >= last:
            found, last = found + 1, point
    return found, last


@lru_cache(maxsize=4096)
def log_chance_of_alarms(alarms: int, expected: float) -> float:
    """Return the natural logarithm of the chance of so many alarms or more, as `separate_alarms` counts them, in control.

    Args:
        alarms: counted, >= 0.
        expected: readings over run length, >= 0.

    Raises:
        DomainError: an argument lies outside.

    Source: [DLMF] section 8.4, the tail of a Poisson distribution.
    """
    if alarms < 0 or not 0.0 <= expected < inf:
        raise DomainError(f"{alarms} alarms where {expected} are expected; neither is negative, and both are finite")
    if alarms == 0:
        return 0.0
    if expected == 0.0:
        return -inf
    if alarms <= expected:
        return log(gamma_both(float(alarms), expected)[0])
    # The tail as its first term times a series: no chance is too small for a logarithm.
    term, series, k = 1.0, 1.0, alarms
    while term > 1e-17 * series:
        k += 1
        term *= expected / k
        series += term
    return min(0.0, alarms * log(expected) - expected - log_gamma(alarms + 1.0) + log(series))


def log_chance_of_distance(farthest: float, readings: int) -> float:
    """Return the natural logarithm of at most the chance that one of so many readings lies so far off in control.

    Args:
        farthest: distance of a reading from the centre, in sigma, >= 0; where none is known, 0.
        readings: at least 0.

    Raises:
        DomainError: an argument lies outside.
    """
    if readings < 0 or not farthest >= 0.0:
        raise DomainError(f"{readings} readings, one {farthest} sigma off; neither is negative")
    if readings == 0 or farthest < 1.0:
        return 0.0
    if farthest == inf:
        return -inf
    if farthest < 30.0:
        return min(0.0, log(2.0 * normal_below(-farthest) * readings))
    # Where no float holds the tail: its first term, which is more.
    return min(0.0, -0.5 * farthest * farthest + log(readings / farthest) + _LOG_ROOT_2_OVER_PI)


def log_chance_of_either(one: float, other: float) -> float:
    """Return the logarithm of at most the chance that one of two chances is as small as the smaller of these is."""
    return min(0.0, min(one, other) + _LOG_2)


@dataclass(frozen=True, kw_only=True)
class Named:
    """Which streams are named together.

    Args:
        unstable: of each stream whether it is named.
        level: false discovery rate that was asked for.
        log_threshold: natural logarithm of the chance up to which a stream is named.
    """

    unstable: tuple[bool, ...]
    level: float
    log_threshold: float


def named_streams(log_chances: Sequence[float], level: float, *, dependent: bool = False) -> Named:
    """Return which streams are named so that at most a share `level` of the named ones, on average, was in control.

    Where all streams are in control, that any is named has a chance of at most `level`.

    Args:
        log_chances: of the alarms of each stream, at least one stream.
        level: of the false discovery rate, in (0, 1).
        dependent: streams may depend on each other in any way.

    Raises:
        DomainError: an argument lies outside.

    Source: [BENJAMINI-HOCHBERG1995].
    """
    chances = [exp(one) if one > -700.0 else 0.0 for one in log_chances]
    unstable = benjamini_hochberg(chances, level, dependent=dependent)
    count = len(chances)
    share = level / plain_sum(1.0 / k for k in range(1, count + 1)) if dependent else level
    named = max(1, unstable.count(True))
    return Named(unstable=unstable, level=level, log_threshold=log(share * named / count))
