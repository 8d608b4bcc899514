"""How long a rule set runs until it alarms, in control or shifted: the rules in the words of the engine of run lengths."""

from math import inf
from typing import Literal, TypeAlias

from openqi.kernel.errors import DomainError
from openqi.science.charts.rules.rule import Rule, RuleSet
from openqi.science.charts.run_lengths.answer import RunLength
from openqi.science.charts.run_lengths.rules import rule as neutral
from openqi.science.charts.run_lengths.rules.exact import run_length_of_rules

_Side: TypeAlias = Literal["upper", "lower", "either"]
_SIDES: dict[str, _Side] = {"same-side": "either", "above": "upper", "below": "lower"}
_STEPS: dict[str, _Side] = {"trend": "either", "rising": "upper", "falling": "lower"}


def run_length_of(rules: RuleSet, shift: float = 0.0) -> RunLength:
    """Return the run length of a set: exact where all its rules are about zones, else simulated with its standard error.

    Args:
        rules: those that only warn are left out.
        shift: of the mean, in sigma; 0 is in control.

    Raises:
        DomainError: all rules only warn, or the engine cannot certify a value.

    Source: [CHAMP-WOODALL1987].
    """
    alarms = [_neutral(rule) for rule in rules.rules if not rule.warns]
    if not alarms:
        raise DomainError(f"all rules of {rules.name!r} only warn; the set never alarms")
    return run_length_of_rules(alarms, shift)


def _neutral(rule: Rule) -> neutral.Rule:
    """The rule in the engine's words. That a pattern's last point is as asked makes no difference to the first alarm."""
    name = str(rule.number)
    if rule.asks in _STEPS:
        return neutral.ValueRule(pattern="trend", points=rule.points, side=_STEPS[rule.asks], name=name)
    if rule.asks == "alternation":
        return neutral.ValueRule(pattern="alternation", points=rule.points, name=name)
    if rule.asks == "opposite":
        return neutral.SequenceRule(zones=((-inf, -rule.sigma), (rule.sigma, inf)), name=name)
    if rule.asks == "within":
        return neutral.ZoneRule(least=rule.points, of=rule.among, above=0.0, below=rule.sigma, side="both", name=name)
    if rule.asks == "outside":
        return neutral.ZoneRule(least=rule.points, of=rule.among, above=rule.sigma, side="both", name=name)
    return neutral.ZoneRule(least=rule.points, of=rule.among, above=rule.sigma, side=_SIDES[rule.asks], name=name)
