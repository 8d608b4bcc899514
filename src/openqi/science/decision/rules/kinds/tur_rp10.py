"""Guard band of NCSL RP-10 by the test uncertainty ratio: the share of the tolerance is 1.25 - 1/TUR, at most all of it."""

from fractions import Fraction

from openqi.science.decision.rules.guard import narrowed, ratio_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    return Acceptance(accept=narrowed(given, Fraction(5, 4) - 1 / ratio_of(given)))


DECISIONRULE = DecisionRule(
    name="tur-rp10/1",
    parameters=(),
    acceptance=_acceptance,
    source="[DEAVER] guard-banding with confidence; figures of [SUNCAL]",
    promise="the share of the tolerance is 1.25 - 1/TUR, all of it from a ratio of 4 on",
)
