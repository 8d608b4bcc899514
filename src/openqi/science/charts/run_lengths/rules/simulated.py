"""Run lengths of rules by simulation: for rules on values, which have no finite chain, and beside the exact ones as a check."""

from collections.abc import Sequence
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, Literal

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, KNOWN, NORMAL, RunLength, State
from openqi.science.charts.run_lengths.chance import normal_blocks
from openqi.science.charts.run_lengths.rules.automaton import Automaton, automaton
from openqi.science.charts.run_lengths.rules.rule import Rule, ValueRule
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

RUNS = 20_000
LEAST_RUNS = 100
MOST_POINTS = 100_000_000
WARM = 100
"""Points in control before the shift, where a steady state is asked for."""
NEVER = 1 << 40
STATE, RISES, FALLS, TURNS, SIGN, POINTS = range(6)
"""Places of a chart's memory."""


def _watched(
    values: Any, change: Any, cuts: Any, kinds: Any, nexts: Any, most: Any, memory: Any, last: Any, lengths: Any, done: int
) -> int:  # fmt: skip
    """Feed points to a chart, which begins anew after each signal; write the run lengths; return how many are there."""
    shift, scale, warm = change
    for place in range(len(values)):
        if done == len(lengths):
            break
        memory[POINTS] += 1
        x = values[place] if memory[POINTS] <= warm else shift + scale * values[place]
        zone = 0
        while zone < len(cuts) and x >= cuts[zone]:
            zone += 1
        memory[STATE] = nexts[memory[STATE], kinds[zone]]
        if memory[POINTS] > 1:
            sign = 1 if x > last[0] else -1 if x < last[0] else 0
            memory[TURNS] = 0 if sign == 0 else memory[TURNS] + 1 if sign == -memory[SIGN] else 1
            memory[RISES] = memory[RISES] + 1 if sign > 0 else 0
            memory[FALLS] = memory[FALLS] + 1 if sign < 0 else 0
            memory[SIGN] = sign
        last[0] = x
        if memory[STATE] < 0 or memory[RISES] >= most[0] or memory[FALLS] >= most[1] or memory[TURNS] >= most[2]:
            # What signals while it warms up is no chart in control for long: it begins anew.
            if memory[POINTS] > warm:
                lengths[done] = memory[POINTS] - warm
                done += 1
            memory[:] = 0
    return done


feed = compiled(_watched)


def simulated_run_length(
    rules: Sequence[Rule], shift: float, scale: float, *, side: Literal["upper", "lower", "either"] = "either",
    state: State = "zero", seed: str, runs: int = RUNS,
) -> RunLength:  # fmt: skip
    """Return the run length of rules by simulation, with its standard error.

    Args:
        rules: at least one.
        shift: of the mean, in standard deviations.
        scale: of the standard deviation, > 0.
        side: `upper` or `lower` leaves only signals of that side (a trend rising, or falling).
        state: `zero`, or `steady`: 100 points in control without a signal come first.
        seed: text.
        runs: so many signals are waited for, at least 100.

    Raises:
        DomainError: there are too few runs, or they are not ended after 100 million points.
    """
    lengths = run_lengths(rules, (shift, scale), side=side, state=state, seed=seed, runs=runs)
    mean = plain_sum(lengths) / runs
    deviation = sqrt(plain_sum((one - mean) ** 2 for one in lengths) / (runs - 1))
    return RunLength(
        value=mean, error_bound=None, standard_error=deviation / sqrt(runs), method="simulation",
        assumptions=(INDEPENDENT, NORMAL, KNOWN), state=state, shift=shift, scale=scale, standard_deviation=deviation,
    )  # fmt: skip


def run_lengths(
    rules: Sequence[Rule], change: tuple[float, float], *, side: Literal["upper", "lower", "either"] = "either",
    state: State = "zero", seed: str, runs: int,
) -> list[float]:  # fmt: skip
    """Return simulated run lengths, in the order in which they ended; arguments and errors as `simulated_run_length`."""
    import numpy as np

    if runs < LEAST_RUNS:
        raise DomainError(f"{runs} runs; a standard error needs at least {LEAST_RUNS}")
    prepared = prepared_rules(rules, side)
    memory, last, lengths = np.zeros(6, dtype=np.int64), np.zeros(1), np.empty(runs)
    done, points = 0, 0
    where = (change[0], change[1], WARM if state == "steady" else 0)
    for block in normal_blocks(seed):
        done = feed(block, where, *prepared, memory, last, lengths, done)
        points += len(block)
        if done == runs:
            return [float(one) for one in lengths]
        if points > MOST_POINTS:
            raise DomainError(f"only {done} of {runs} runs have ended after {points} points; ask for fewer runs")
    raise AssertionError


def prepared_rules(rules: Sequence[Rule], side: Literal["upper", "lower", "either"]) -> tuple[Any, Any, Any, Any]:
    """Return rules as arrays: cuts, the kind of each zone between them, the table of states, and how long patterns may last."""
    import numpy as np

    zones = tuple(rule for rule in rules if not isinstance(rule, ValueRule))
    if not rules:
        raise DomainError("no rule; give at least one")
    everything = Automaton(zones=(((-inf, inf),),), nexts=((0,),))
    machine = automaton(zones, side) if zones else everything
    pieces = sorted((low, high, kind) for kind, found in enumerate(machine.zones) for low, high in found)
    most = [NEVER, NEVER, NEVER]
    for rule in rules:
        if isinstance(rule, ValueRule):
            sides = [one for one in ("upper", "lower") if rule.side in (one, "either") and side in (one, "either")]
            wanted = [("upper", "lower").index(one) for one in sides]
            for place in [2] if rule.pattern == "alternation" else wanted:
                most[place] = min(most[place], rule.points - 1)
    return (
        np.array([low for low, _, _ in pieces[1:]]),
        np.array([kind for _, _, kind in pieces], dtype=np.int64),
        np.array(machine.nexts, dtype=np.int64),
        np.array(most, dtype=np.int64),
    )
