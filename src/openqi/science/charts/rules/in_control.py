"""How long a rule set runs until it alarms, in control or shifted: the rules in the words of the engine of run lengths."""

from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import RuleSet, rule_sets
from openqi.science.charts.run_lengths.answer import INDEPENDENT, KNOWN, NORMAL, RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.rules.asked import asked_rule
from openqi.science.charts.run_lengths.rules.exact import Sides, distribution_of_rules, run_length_of_rules
from openqi.science.charts.run_lengths.rules.rule import Rule
from openqi.science.charts.run_lengths.rules.simulated import RUNS

SEED: Final = "run lengths"
SIMULATED_BEFORE: Final = {
    "aiag": (54.2216, 0.3474656836179149, 49.139068223169424),
    "juran": (89.37175, 0.6066989506977186, 85.80018843542395),
    "nelson": (73.7199, 0.48695839003264024, 68.86631594955273),
}
"""In-control run length, its standard error and the standard deviation of published sets whose rules must be simulated, with `SEED`
and `RUNS`: what the simulation gives again, bit for bit, so that not every process waits for it."""


def alarms_of(rules: RuleSet) -> tuple[Rule, ...]:
    """Return what a set alarms on, as neutral rules; those that only warn are left out.

    That a pattern's last point must be as asked makes no difference to the first alarm, which is what a run length counts.

    Raises:
        DomainError: all rules only warn.
    """
    alarms = [rule for rule in rules.rules if not rule.warns]
    if not alarms:
        raise DomainError(f"all rules of {rules.name!r} only warn; the set never alarms")
    return tuple(
        asked_rule(rule.asks, sigma=rule.sigma, points=rule.points, among=rule.among, name=str(rule.number)) for rule in alarms
    )


def run_length_of(
    rules: RuleSet, shift: float = 0.0, scale: float = 1.0, *, side: Sides = "either", state: State = "zero",
    seed: str = SEED, runs: int = RUNS,
) -> RunLength:  # fmt: skip
    """Return the run length of a set: exact where all its rules are about zones, else simulated with its standard error.

    Args:
        rules: those that only warn are left out.
        shift: of the mean, in sigma; 0 is in control.
        scale: of the standard deviation, > 0; 1 in control.
        side: `upper` or `lower` leaves only alarms of that side.
        state: `zero`, or `steady` after a long time in control.
        seed: of a simulation.
        runs: of a simulation, at least 100.

    Raises:
        DomainError: all rules only warn, an argument lies outside, or the engine cannot certify a value.

    Source: [CHAMP-WOODALL1987].
    """
    asked_for = (shift, scale, side, state, seed, runs)
    if asked_for == (0.0, 1.0, "either", "zero", SEED, RUNS) and (found := _simulated_before(rules)) is not None:
        return found
    return run_length_of_rules(alarms_of(rules), shift, scale, side=side, state=state, seed=seed, runs=runs)


def _simulated_before(rules: RuleSet) -> RunLength | None:
    """The in-control run length of a published set, where it was simulated before."""
    if rules.name not in SIMULATED_BEFORE or rule_sets()[rules.name].rules != rules.rules:
        return None
    value, off_by, deviation = SIMULATED_BEFORE[rules.name]
    return RunLength(
        value=value, error_bound=None, standard_error=off_by, method="simulation", assumptions=(INDEPENDENT, NORMAL, KNOWN),
        state="zero", shift=0.0, scale=1.0, standard_deviation=deviation,
    )  # fmt: skip


def distribution_of(
    rules: RuleSet, shift: float = 0.0, scale: float = 1.0, *, side: Sides = "either", state: State = "zero"
) -> RunLengthDistribution:
    """Return the whole distribution of the run length of a set on zones; arguments and errors as `run_length_of` has them."""
    return distribution_of_rules(alarms_of(rules), shift, scale, side=side, state=state)
