"""Guard band of the whole U95 by the test uncertainty ratio: the share of the tolerance is 1 - 1/TUR."""

from openqi.science.decision.rules.guard import narrowed, ratio_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    return Acceptance(accept=narrowed(given, 1 - 1 / ratio_of(given)))


DECISIONRULE = DecisionRule(
    name="tur-95/1",
    parameters=(),
    acceptance=_acceptance,
    source="[DEAVER] guard-banding with confidence; figures of [SUNCAL]",
    promise="the share of the tolerance is 1 - 1/TUR, which is a guard band of U",
)
