"""Managed guard band of Dobbert by the test uncertainty ratio: at most about 2 % of items are falsely accepted."""

from fractions import Fraction

from openqi.science.decision.rules.guard import narrowed, ratio_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput
from openqi.science.numbers import elementary


def _acceptance(given: RuleInput) -> Acceptance:
    ratio = ratio_of(given)
    multiplier = 1.04 - elementary.exp(0.38 * elementary.log(float(ratio)) - 0.54)
    # Beyond a ratio of about 4.6 the multiplier is negative: the tolerance is never widened, `narrowed` sees to it.
    return Acceptance(accept=narrowed(given, 1 - Fraction(multiplier) / ratio))


DECISIONRULE = DecisionRule(
    name="tur-dobbert/1",
    parameters=(),
    acceptance=_acceptance,
    source="[DOBBERT] a guard-band strategy for managing false-accept risk; figures of [SUNCAL]",
    promise="with limits about the middle of a normal process, the global consumer's risk is at most about 2 %",
)
