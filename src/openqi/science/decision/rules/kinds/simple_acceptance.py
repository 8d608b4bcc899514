"""Simple acceptance: the limits are the acceptance limits; both sides share the risk."""

from openqi.science.decision.rules.rule import Acceptance, DecisionRule

DECISIONRULE = DecisionRule(
    name="simple-acceptance/2",
    parameters=(),
    acceptance=lambda given: Acceptance(accept=given.tolerance),
    source="[ILAC-G8] clause 4.2.1, [JCGM106] clause 8.2",
    promise="an accepted value conforms with a probability of at least one half, where the other limit is far",
)
