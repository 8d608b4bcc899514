"""The run length of rules on zones, as the exact Markov chain of what of the past still matters."""

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Literal

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, KNOWN, NORMAL, RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.rules.automaton import Automaton, automaton
from openqi.science.charts.run_lengths.rules.rule import Rule, ValueRule
from openqi.science.charts.run_lengths.rules.simulated import RUNS, simulated_run_length
from openqi.science.charts.run_lengths.survival import table_distribution
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray

Sides = Literal["upper", "lower", "either"]
ASSUMED = (INDEPENDENT, NORMAL, KNOWN)


def run_length_of_rules(
    rules: Sequence[Rule], shift: float = 0.0, scale: float = 1.0, *, side: Sides = "either", state: State = "zero",
    seed: str = "run lengths", runs: int = RUNS,
) -> RunLength:  # fmt: skip
    """Return the run length of a set of rules, each point being judged as soon as it is there.

    Exact for rules on zones. With a rule on values (trend, alternation) there is no finite chain: then it is simulated, which
    `method` says, with its standard error.

    Args:
        rules: at least one.
        shift: of the mean, in standard deviations.
        scale: of the standard deviation, > 0; 1 in control.
        side: `upper` or `lower` leaves only signals of that side (and of both at once).
        state: `zero`: no point was there before; `steady`: a long time in control without a signal was.
        seed: of a simulation.
        runs: of a simulation, at least 100.

    Raises:
        DomainError: an argument lies outside, or the value is not certified.

    Source: [CHAMP-WOODALL1987].
    """
    _check(shift, scale)
    if any(isinstance(rule, ValueRule) for rule in rules):
        return simulated_run_length(rules, shift, scale, side=side, state=state, seed=seed, runs=runs)
    found = distribution_of_rules(rules, shift, scale, side=side, state=state)
    return RunLength(
        value=found.mean, error_bound=found.error_bound * found.mean, method="markov chain", assumptions=ASSUMED, state=state,
        shift=shift, scale=scale, standard_deviation=found.standard_deviation,
    )  # fmt: skip


def distribution_of_rules(
    rules: Sequence[Rule], shift: float = 0.0, scale: float = 1.0, *, side: Sides = "either", state: State = "zero"
) -> RunLengthDistribution:
    """Return the whole distribution of the run length of rules on zones; arguments and errors as `run_length_of_rules` has them."""
    import numpy as np

    _check(shift, scale)
    zones = [rule for rule in rules if not isinstance(rule, ValueRule)]
    if len(zones) != len(rules):
        raise DomainError("a rule on values (trend, alternation) has no finite chain; its run length can only be simulated")
    machine = automaton(tuple(zones), side)
    nexts = _table(machine)
    mass = np.zeros(len(nexts))
    mass[0] = 1.0
    if state == "steady":
        # Where a walk in control has become geometric, its masses are those of a chart that has not signalled for long.
        table_distribution(nexts, _chances(machine, 0.0, 1.0), mass)
        mass /= plain_sum(mass.tolist())
    return table_distribution(nexts, _chances(machine, shift, scale), mass)


@lru_cache(maxsize=64)
def _table(machine: Automaton) -> "NDArray[int64]":
    import numpy as np

    return np.array(machine.nexts, dtype=np.int64)


def _chances(machine: Automaton, shift: float, scale: float) -> "NDArray[float64]":
    import numpy as np

    return np.array([
        plain_sum(probability_between((low - shift) / scale, (high - shift) / scale) for low, high in pieces)
        for pieces in machine.zones
    ])  # fmt: skip


def probability_between(low: float, high: float) -> float:
    """Return the probability of a standard normal quantity between two lines, with all digits also far from the centre."""
    return normal_below(-low) - normal_below(-high) if low > 0.0 else normal_below(high) - normal_below(low)


def _check(shift: float, scale: float) -> None:
    if not isfinite(shift) or not (isfinite(scale) and scale > 0.0):
        raise DomainError(f"shift {shift} and scale {scale}; a finite shift and a finite scale above 0")
