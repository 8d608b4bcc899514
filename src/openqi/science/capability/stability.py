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
from openqi.science.numbers.beta_functions import beta_both, lacking, t_tail
from openqi.science.numbers.exponential import unchecked_power
from openqi.science.numbers.sums import long_total, total

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
        chance: about how likely a stable process shows as many points beyond, one as far, or a run as long, the least of the
            three; None where `given`.
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

    The limits come from the spread within. What a stable process of this length shows by itself is reckoned with: among a thousand
    points some always lie beyond three sigma, and nine in a row on one side; but none lies six sigma away, and not forty in a row.

    Args:
        groups: subgroups in order of time.
        spread: within them.
        significance: below this chance signals count as real: with 0.1 one point of 25 beyond three sigma, of 1000 six. So many
            points beyond, one so far, and a run so long each close the gate of a stable process about as often; 1 makes every
            signal count.

    Raises:
        DomainError: significance is not in (0, 1].

    Source: [MONTGOMERY] sections 5.3 and 6.2.
    """
    if not 0.0 < significance <= 1.0:
        raise DomainError(f"significance {significance}; it lies between 0 and 1")
    single = all(len(group) == 1 for group in groups)
    scaled = _individuals(groups, spread.value) if single else _means(groups, spread.value)
    beyond = len([one for one in scaled if abs(one) > 3.0])
    runs, longest = _runs(scaled)
    chance = 1.0
    if beyond:
        chance = min(_chance_of_so_many(len(scaled), beyond), _chance_of_so_far(scaled, spread.dof))
    if runs:
        chance = min(chance, chance_of_a_run(len(scaled), longest))
    return Stability(
        stable=not (beyond or runs) or (chance >= significance and significance < 1.0),
        test="individuals" if single else "subgroup-means",
        points=len(scaled), beyond=beyond, runs=runs, chance=chance, significance=significance,
    )  # fmt: skip


def _means(groups: Sequence[Sequence[float]], spread: float) -> list[float]:
    """How far the mean of each subgroup lies from the centre, in its standard deviations."""
    means = [moments(group).mean for group in groups]
    n = total([float(len(group)) for group in groups])
    centre = total([mean * len(group) for mean, group in zip(means, groups, strict=True)]) / n
    return [(mean - centre) * sqrt(len(group)) / spread for mean, group in zip(means, groups, strict=True)]


def _individuals(groups: Sequence[Sequence[float]], spread: float) -> list[float]:
    """The same of readings that stand alone."""
    values = [group[0] for group in groups]
    centre = long_total(values) / len(values)
    return [(value - centre) / spread for value in values]


def _runs(scaled: Sequence[float]) -> tuple[int, int]:
    """How many points complete `RUN` or more in a row on one side, and the longest such row; a point on the centre ends a run."""
    runs, longest, length, side = 0, 0, 0, 0
    for one in scaled:
        here = 1 if one > 0.0 else -1 if one < 0.0 else 0
        length = length + 1 if here == side and here else abs(here)
        side = here
        if length >= RUN:
            runs += 1
        if length > longest:  # noqa: PLR1730 - a call of max a reading takes longer than all the rest
            longest = length
    return runs, longest


def _chance_of_so_many(points: int, beyond: int) -> float:
    """That as many points or more lie beyond three sigma: binomial, as an incomplete beta integral."""
    a, b, p = float(beyond), float(points - beyond + 1), 2.0 * BEYOND_THREE_SIGMA
    return beta_both(a, b, p, 1.0 - p, lacking(a, b))[0]


def _chance_of_so_far(scaled: Sequence[float], dof: float) -> float:
    """That the farthest point lies as far or farther: one wild reading is no chance, however often one lies beyond three sigma."""
    tail = min(2.0 * t_tail(max(map(abs, scaled)), dof), 1.0)
    return 1.0 - unchecked_power(1.0 - tail, float(len(scaled))) if tail < 1.0 else 1.0


def chance_of_a_run(points: int, length: int) -> float:
    """Return the probability that so many independent signs show `length` or more alike in a row.

    Args:
        points: signs, at least 1.
        length: of a run, at least 2.

    Source: [FELLER] section XIII.7.
    """
    # A run of signs alike is a run, one shorter, of signs that equal the one before; the first one ends after one that does not.
    wanted, signs = length - 1, points - 1
    if signs < wanted:
        return 0.0
    ending, none = 0.5 ** (wanted + 1), [1.0] * wanted + [1.0 - 0.5**wanted]
    for place in range(wanted + 1, signs + 1):
        none.append(none[place - 1] - ending * none[place - wanted - 1])
    return 1.0 - none[signs]
