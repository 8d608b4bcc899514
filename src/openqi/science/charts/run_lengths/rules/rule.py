"""A rule of a chart in neutral words: how many of how many points lie where; trends and alternations are apart."""

from dataclasses import dataclass
from math import inf, isnan
from typing import Literal

from openqi.kernel.errors import DomainError

Side = Literal["upper", "lower", "either", "both"]
LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class ZoneRule:
    """At least `least` of the last `of` points lie between two lines.

    Args:
        least: so many points, 1 to `of`.
        of: among so many last ones, at most 60.
        above: lower line, in standard deviations from the centre.
        below: upper line, > `above`; may be inf.
        side: `upper`: as it stands; `lower`: mirrored at the centre; `either`: one of the two by itself;
            `both`: points here and in the mirror image count together (hugging, mixture).
        name: of the rule, for people.

    Raises:
        DomainError: the counts or the lines are none.
    """

    least: int
    of: int
    above: float
    below: float = inf
    side: Side = "either"
    name: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.of <= LONGEST:
            raise DomainError(f"rule {self.name}: {self.least} of {self.of} points; 1 to all, of at most {LONGEST}")
        _check_lines(self.name, self.above, self.below)


@dataclass(frozen=True, kw_only=True)
class SequenceRule:
    """The last points lie in zones in turn: the first of them between the first lines, and so on (R4s: one up, one down).

    Args:
        zones: lines (above, below) of each point, the oldest first; at most 60.
        side: `upper`: as it stands; `lower`: mirrored; `either`: one of the two.
        name: of the rule, for people.

    Raises:
        DomainError: there is no zone, there are too many, or the lines of one are none.
    """

    zones: tuple[tuple[float, float], ...]
    side: Literal["upper", "lower", "either"] = "either"
    name: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.zones) <= LONGEST:
            raise DomainError(f"rule {self.name}: {len(self.zones)} zones; 1 to {LONGEST}")
        for above, below in self.zones:
            _check_lines(self.name, above, below)


@dataclass(frozen=True, kw_only=True)
class ValueRule:
    """The last points rise or fall all the way (trend), or rise and fall by turns (alternation); not a rule on zones.

    Args:
        pattern: `trend` or `alternation`.
        points: so many, 2 (an alternation 3) to 60 (six in a row rising are five rises).
        side: of a trend: `upper` rising, `lower` falling, `either`. Of an alternation always `either`.
        name: of the rule, for people.

    Raises:
        DomainError: there are fewer points than a pattern has, or too many.
    """

    pattern: Literal["trend", "alternation"]
    points: int
    side: Literal["upper", "lower", "either"] = "either"
    name: str = ""

    def __post_init__(self) -> None:
        least = 2 if self.pattern == "trend" else 3
        if not least <= self.points <= LONGEST:
            raise DomainError(f"rule {self.name}: {self.points} points; {least} to {LONGEST}")
        if self.pattern == "alternation" and self.side != "either":
            raise DomainError(f"rule {self.name}: an alternation goes up and down; it has no side")


Rule = ZoneRule | SequenceRule | ValueRule


def _check_lines(name: str, above: float, below: float) -> None:
    if isnan(above) or isnan(below) or not above < below:
        raise DomainError(f"rule {name}: above {above} and below {below}; the first line lies under the second")
