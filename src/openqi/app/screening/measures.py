"""What screening says of a stream, and of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any, Literal

Quadrant = Literal["unstable-incapable", "unstable-capable", "stable-incapable", "stable-capable", "unstable", "stable"]
"""Whether a stream is named unstable, and capable; the last two of streams without a tolerance. The worst is first."""
QUADRANTS: tuple[Quadrant, ...] = (
    "unstable-incapable",
    "unstable",
    "unstable-capable",
    "stable-incapable",
    "stable",
    "stable-capable",
)
Moment = Any
"""A time as the readings have it: a whole number, or a date and time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Screened:
    """A stream; numbers are None where there is nothing to say.

    Args:
        stream: as the readings call it, as text.
        unit: of its readings, empty where it was not said.
        readings: that are there; missing ones are counted in `missing`.
        missing: readings without a value.
        last_time: of its last reading.
        centre, sigma: that its chart has.
        lower_limit, upper_limit: of the chart.
        lower, upper: of the tolerance.
        mean, within, overall: of the readings since they are watched: mean, spread between neighbours, spread of all.
        alarm_points: points at which a rule alarms that does not only warn.
        alarms: of those, with patterns that share no point, as many as there can be.
        farthest: how far from the centre the farthest of these points lies, in sigma.
        expected: so many of these a stream in control has.
        log_chance: natural logarithm of the chance of as many alarms or more, or of a reading so far; None where the run length
            is not known.
        unstable: whether the stream is named.
        last_alarm: time of the last point at which a rule alarmed.
        last_alarm_value: its value.
        cp, cpk, pp, ppk, cpm: capability, as plain descriptions.
        cpk_ends, ppk_ends: intervals of 95 %, where the watch has them.
        capable: whether Ppk is as large as was asked for.
        quadrant: of the map.
        rules: how many points broke each rule, by its number.
    """

    stream: str
    unit: str
    readings: int
    missing: int
    last_time: Moment | None
    centre: float
    sigma: float
    lower_limit: float | None
    upper_limit: float | None
    lower: float | None
    upper: float | None
    mean: float | None
    within: float | None
    overall: float | None
    alarm_points: int
    alarms: int
    farthest: float | None
    expected: float | None
    log_chance: float | None
    unstable: bool
    last_alarm: Moment | None
    last_alarm_value: float | None
    cp: float | None
    cpk: float | None
    pp: float | None
    ppk: float | None
    cpm: float | None = None
    cpk_ends: tuple[float, float] | None = None
    ppk_ends: tuple[float, float] | None = None
    capable: bool | None
    quadrant: Quadrant
    rules: Mapping[int, int]

    @property
    def chance(self) -> float | None:
        """The chance of as many alarms or more, or of a reading so far, in control."""
        return None if self.log_chance is None else exp(self.log_chance)

    @property
    def alarm_rate(self) -> float | None:
        """Share of the readings at which a rule alarms."""
        return self.alarm_points / self.readings if self.readings else None

    @property
    def stability_index(self) -> float | None:
        """Spread of all readings over that between neighbours; about 1 where nothing moves slowly."""
        return self.overall / self.within if self.overall is not None and self.within else None

    @property
    def shift(self) -> float | None:
        """How far the mean lies from the centre of the chart, in its sigma."""
        return (self.mean - self.centre) / self.sigma if self.mean is not None and self.sigma else None


@dataclass(frozen=True, kw_only=True)
class Screening:
    """All streams, the worst first.

    Args:
        streams: in the order of `order`.
        rules: name of the rule set.
        run_length: of the rules in control; None where it is not certified, and then no stream is named.
        run_length_off_by: bound, or standard error where simulated.
        run_length_method: how it was found.
        rate: false discovery rate that was asked for.
        dependent: whether streams may depend on each other in any way.
        log_threshold: natural logarithm of the chance up to which a stream is named; None where none can be.
        capable_from: least Ppk that is called capable.
        order: in which the streams stand.
        clock: type of the times.
    """

    streams: tuple[Screened, ...]
    rules: str
    run_length: float | None
    run_length_off_by: float | None
    run_length_method: str
    rate: float
    dependent: bool
    log_threshold: float | None
    capable_from: float
    order: str
    clock: str

    def counts(self) -> dict[str, int]:
        """Return how many streams lie in each quadrant."""
        found: dict[str, int] = dict.fromkeys(QUADRANTS, 0)
        for one in self.streams:
            found[one.quadrant] += 1
        return found
