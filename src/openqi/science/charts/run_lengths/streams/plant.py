"""False alarms of a whole plant, shared among its streams: the run length that each chart must have in control."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.sums import plain_sum, total

Share = Literal["points", "streams"]
ANY_DEPENDENCE = "a chart begins anew after each alarm; streams may depend on each other in any way"
INDEPENDENT_STREAMS = "streams are independent of each other, and their charts have no memory"


@dataclass(frozen=True, kw_only=True)
class StreamGroup:
    """Streams that are sampled equally often.

    Args:
        streams: how many, at least 1.
        points_a_week: of each stream, > 0.
        name: for people.

    Raises:
        DomainError: a number lies outside.
    """

    streams: int
    points_a_week: float
    name: str = ""

    def __post_init__(self) -> None:
        if self.streams < 1 or not (isfinite(self.points_a_week) and self.points_a_week > 0.0):
            raise DomainError(
                f"group {self.name}: {self.streams} streams of {self.points_a_week} points a week; at least 1 of more than 0"
            )


@dataclass(frozen=True, kw_only=True)
class AlarmShare:
    """What a group of streams gets of the false alarms of the plant.

    Args:
        group: the streams.
        run_length: in control, of each of their charts, in points.
        probability: of a false alarm at one point of a chart without memory; 1 / `run_length`.
        alarms_a_week: false alarms a week of the whole group.
        assumptions: what must hold.
    """

    group: StreamGroup
    run_length: float
    probability: float
    alarms_a_week: float
    assumptions: tuple[str, ...]


def shared_alarms(groups: Sequence[StreamGroup], alarms_a_week: float, *, share: Share = "points") -> tuple[AlarmShare, ...]:
    """Return the run lengths with which a plant has so many false alarms a week on average.

    A chart that begins anew after each alarm has, over long, one false alarm in as many points as its run length; expectations
    add up whatever the streams have to do with each other.

    Args:
        groups: of streams, at least one.
        alarms_a_week: false alarms a week of the whole plant, > 0, fewer than its points.
        share: `points`: every chart has the same run length; `streams`: every stream the same false alarms a week.

    Raises:
        DomainError: an argument lies outside, or a run length would be 1 or less.
    """
    points = _points(groups)
    if not 0.0 < alarms_a_week < points:
        raise DomainError(f"{alarms_a_week} false alarms a week; above 0 and below the {points:g} points a week of the plant")
    streams = plain_sum(group.streams for group in groups)
    found = []
    for group in groups:
        run_length = points / alarms_a_week if share == "points" else group.points_a_week * streams / alarms_a_week
        if not run_length > 1.0:
            raise DomainError(
                f"group {group.name}: {group.points_a_week:g} points a week give no stream {alarms_a_week / streams:g} alarms; "
                "share by points, or ask for fewer alarms"
            )
        found.append(_share(group, run_length, ANY_DEPENDENCE))
    return tuple(found)


def quiet_week(groups: Sequence[StreamGroup], chance: float) -> tuple[AlarmShare, ...]:
    """Return the run lengths with which a week has no false alarm at all, but with a small chance (Šidák).

    Args:
        groups: of independent streams, watched by charts without memory (limits alone).
        chance: of at least one false alarm in the plant in a week, in (0, 1).

    Raises:
        DomainError: an argument lies outside.

    Source: [SIDAK1967].
    """
    points = _points(groups)
    if not 0.0 < chance < 1.0:
        raise DomainError(f"a chance of {chance}; between 0 and 1, both excluded")
    # 1 - (1 - chance)^(1/points), without the cancellation of a power next to 1.
    x = unchecked_log(1.0 - chance) / points if chance > 1e-6 else -(chance + chance * chance / 2.0) / points
    probability = -_exp_less_1(x)
    return tuple(_share(group, 1.0 / probability, INDEPENDENT_STREAMS) for group in groups)


def _exp_less_1(x: float) -> float:
    """e**x - 1 of x <= 0, with all digits near 0."""
    if x < -0.01:
        return unchecked_exp(x) - 1.0
    return x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0))))))


def _share(group: StreamGroup, run_length: float, assumption: str) -> AlarmShare:
    return AlarmShare(
        group=group, run_length=run_length, probability=1.0 / run_length,
        alarms_a_week=group.streams * group.points_a_week / run_length, assumptions=(assumption,),
    )  # fmt: skip


def _points(groups: Sequence[StreamGroup]) -> float:
    if not groups:
        raise DomainError("no streams; give at least one group")
    return total([group.streams * group.points_a_week for group in groups])
