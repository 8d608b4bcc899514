"""ISO 14253-1: conformity is proved within the limits less U, nonconformity outside of them plus U, and nothing in between."""

from openqi.science.decision.rules.guard import left_by
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    return Acceptance(
        accept=left_by(given.tolerance, given.expanded_uncertainty), reject=left_by(given.tolerance, -given.expanded_uncertainty)
    )


DECISIONRULE = DecisionRule(
    name="iso-14253-1/1",
    parameters=(),
    acceptance=_acceptance,
    source="[ISO14253-1] clause 5",
    promise="pass and fail are said only where the whole interval value - U to value + U lies on one side of every limit",
)
