"""The gate before capability: is the process stable enough that an index says anything about what comes next?

Until a chart of its own choice has judged the process, a plain one does: points beyond three sigma, and nine in a row on one side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.estimates.spread import Spread
from openqi.science.capability.indices import BEYOND_THREE_SIGMA
from openqi.science.numbers.beta_functions import beta_both, lacking
from openqi.science.numbers.sums import total

RUN = 9


@dataclass(frozen=True, kw_only=True)
class Stability:
    """What a chart said.

    Args:
        stable: whether the index may speak about the future.
        test: its name: `individuals`, `subgroup-means`, or `given` where the count came from elsewhere.
        points: plotted; 0 where the count came from elsewhere without them.
        beyond: points outside of three sigma.
        runs: points that complete nine or more in a row on one side of the centre.
        chance: about how likely a stable process shows as much; None where `given`.
        significance: below this chance the process is called not stable.
    """

    stable: bool
    test: str
    points: int
    beyond: int
    runs: int
    chance: float | None
    significance: float | None


def given(alarms: int, points: int = 0) -> Stability:
    """Return the judgement of a chart that was drawn elsewhere: stable where it raised no alarm.

    Raises:
        DomainError: a negative count.
    """
    if alarms < 0 or points < 0:
        raise DomainError(f"{alarms} alarms of {points} points: neither can be negative")
    return Stability(stable=alarms == 0, test="given", points=points, beyond=alarms, runs=0, chance=None, significance=None)


def gate(groups: Sequence[Sequence[float]], spread: Spread, *, alarms: int | None, significance: float) -> Stability:
    """Return the judgement of a chart drawn elsewhere where its alarms are given, else of the plain one here; see `judged`."""
    return judged(groups, spread, significance=significance) if alarms is None else given(alarms)


def judged(groups: Sequence[Sequence[float]], spread: Spread, *, significance: float = 0.1) -> Stability:
    """Return whether subgroup means (or single readings) stay where a stable process stays.

    The limits come from the spread within. How many signals a stable process of this length raises by itself is reckoned with:
    among a thousand points some always lie beyond three sigma.

    Args:
        groups: subgroups in order of time.
        spread: within them.
        significance: below this chance signals count as real: with 0.1 one point of 25 beyond three sigma, of 1000 six. Either
            finding closes the gate of a stable process about as often; 1 makes every signal count.

    Raises:
        DomainError: significance is not in (0, 1].

    Source: [MONTGOMERY] sections 5.3 and 6.2.
    """
    if not 0.0 < significance <= 1.0:
        raise DomainError(f"significance {significance}; it lies between 0 and 1")
    means = [moments(group).mean for group in groups]
    n = total([float(len(group)) for group in groups])
    centre = total([mean * len(group) for mean, group in zip(means, groups, strict=True)]) / n
    scaled = [(mean - centre) * sqrt(len(group)) / spread.value for mean, group in zip(means, groups, strict=True)]
    beyond = sum(abs(one) > 3.0 for one in scaled)
    runs = _runs(scaled)
    chance = _chance(len(scaled), beyond, runs)
    return Stability(
        stable=not (beyond or runs) or (chance >= significance and significance < 1.0),
        test="individuals" if all(len(group) == 1 for group in groups) else "subgroup-means",
        points=len(scaled), beyond=beyond, runs=runs, chance=chance, significance=significance,
    )  # fmt: skip


def _runs(scaled: Sequence[float]) -> int:
    """Points that complete nine or more on one side; a point on the centre ends a run."""
    found, length, side = 0, 0, 0
    for one in scaled:
        here = (one > 0.0) - (one < 0.0)
        length = length + 1 if here == side and here else abs(here)
        side = here
        found += length >= RUN
    return found


def _chance(points: int, beyond: int, runs: int) -> float:
    """The smaller of the chances of either finding; 1 without any."""
    p = 2.0 * BEYOND_THREE_SIGMA
    chance = 1.0
    if beyond:
        # Binomial: as many or more, as an incomplete beta integral.
        a, b = float(beyond), float(points - beyond + 1)
        chance = beta_both(a, b, p, 1.0 - p, lacking(a, b))[0]
    if runs:
        chance = min(chance, _chance_of_a_run(points))
    return chance


def _chance_of_a_run(points: int) -> float:
    """The probability that so many signs show nine or more alike in a row, by the lengths that a run may have now."""
    lengths = [0.0] * RUN
    lengths[1] = 1.0
    seen = 0.0
    for _ in range(points - 1):
        alive = total(lengths)
        seen += 0.5 * lengths[RUN - 1]
        lengths = [0.0, 0.5 * alive, *(0.5 * one for one in lengths[1 : RUN - 1])]
    return seen
