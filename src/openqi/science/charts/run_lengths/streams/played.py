"""A plant in control, played: how many false alarms a week its charts really give, counted, beside what was chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.chance import normal_blocks
from openqi.science.charts.run_lengths.playing import Played, alarm_places
from openqi.science.charts.run_lengths.streams.plant import StreamGroup
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

MOST_POINTS = 20_000_000


@dataclass(frozen=True, kw_only=True)
class PlayedWeeks:
    """What was counted.

    Args:
        weeks: that were played.
        alarms: in all of them, of all streams.
        alarms_a_week: their mean.
        standard_error: of that mean, from the differences between weeks; infinite of one week.
        quiet: weeks without any alarm.
    """

    weeks: int
    alarms: int
    alarms_a_week: float
    standard_error: float
    quiet: int


def played_weeks(charts: Sequence[tuple[StreamGroup, Played]], weeks: int, *, seed: str = "plant") -> PlayedWeeks:
    """Return the false alarms of a plant of independent streams of normal points in control, counted.

    Every chart begins at its start in the first week, and anew after each alarm.

    Args:
        charts: of each group of streams the chart of each of its streams; a group has whole points a week.
        weeks: at least 1.
        seed: of the points.

    Raises:
        DomainError: no weeks, points a week that are not whole, or more than 20 million points.
    """
    points = plain_sum(group.streams * group.points_a_week for group, _ in charts) * weeks
    if weeks < 1 or not points <= MOST_POINTS:
        raise DomainError(
            f"{weeks} weeks of {points:g} points; at least 1 week, and at most {MOST_POINTS} points: play fewer weeks"
        )
    counts = [0] * weeks
    for place, (group, chart) in enumerate(charts):
        a_week = int(group.points_a_week)
        if a_week != group.points_a_week:
            raise DomainError(f"group {group.name}: {group.points_a_week} points a week; only whole ones can be played")
        for row in _streams(seed, place, group.streams, a_week * weeks):
            for alarm in alarm_places(chart, row):
                counts[(alarm - 1) // a_week] += 1
    alarms = plain_sum(counts)
    mean = alarms / weeks
    spread = plain_sum((one - mean) * (one - mean) for one in counts)
    return PlayedWeeks(
        weeks=weeks, alarms=alarms, alarms_a_week=mean, quiet=plain_sum(one == 0 for one in counts),
        standard_error=sqrt(spread / (weeks - 1) / weeks) if weeks > 1 else inf,
    )  # fmt: skip


def _streams(seed: str, place: int, streams: int, length: int) -> "Iterator[Array]":
    """The points of one stream after the other, out of one source."""
    import numpy as np

    blocks, kept = normal_blocks(seed, place), np.empty(0)
    for _ in range(streams):
        parts, have = [kept], len(kept)
        while have < length:
            parts.append(next(blocks))
            have += len(parts[-1])
        whole = np.concatenate(parts)
        yield whole[:length]
        kept = whole[length:]
