"""Root of the difference of squares: the square of the acceptance limit is that of the tolerance less that of U."""

from openqi.science.decision.rules.guard import narrowed, ratio_of, root
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    left = 1 - 1 / ratio_of(given) ** 2
    return Acceptance(accept=narrowed(given, root(left) if left > 0 else left))


DECISIONRULE = DecisionRule(
    name="rss/1",
    parameters=(),
    acceptance=_acceptance,
    source="[DEAVER] guard-banding with confidence; figures of [SUNCAL]",
    promise="the acceptance limits are the root of the squared tolerance less the squared U",
)
