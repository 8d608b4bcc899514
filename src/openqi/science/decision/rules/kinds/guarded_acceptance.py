"""Guarded acceptance with w = U: a value is accepted only where the whole expanded uncertainty keeps within the limits."""

from openqi.science.decision.rules.guard import moved_in
from openqi.science.decision.rules.rule import Acceptance, DecisionRule

DECISIONRULE = DecisionRule(
    name="guarded-acceptance/2",
    parameters=(),
    acceptance=lambda given: Acceptance(accept=moved_in(given.tolerance, given.expanded_uncertainty)),
    source="[ILAC-G8] clause 4.2.2, [JCGM106] clause 8.3.2",
    promise="of a value that is accepted, the whole interval value - U to value + U lies within the limits",
)
