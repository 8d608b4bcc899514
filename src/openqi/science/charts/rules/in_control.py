"""How long a rule set runs until it alarms, in control or shifted: the rules in the words of the engine of run lengths."""

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import RuleSet
from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
from openqi.science.charts.run_lengths.rules.asked import asked_rule
from openqi.science.charts.run_lengths.rules.exact import Sides, distribution_of_rules, run_length_of_rules
from openqi.science.charts.run_lengths.rules.rule import Rule
from openqi.science.charts.run_lengths.rules.simulated import RUNS


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
    seed: str = "run lengths", runs: int = RUNS,
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
    return run_length_of_rules(alarms_of(rules), shift, scale, side=side, state=state, seed=seed, runs=runs)


def distribution_of(
    rules: RuleSet, shift: float = 0.0, scale: float = 1.0, *, side: Sides = "either", state: State = "zero"
) -> RunLengthDistribution:
    """Return the whole distribution of the run length of a set on zones; arguments and errors as `run_length_of` has them."""
    return distribution_of_rules(alarms_of(rules), shift, scale, side=side, state=state)
