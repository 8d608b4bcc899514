"""Guarded acceptance with w = r U: the requirement states r, how many times the expanded uncertainty keeps within the limits."""

from openqi.kernel.errors import DomainError
from openqi.science.decision.rules.guard import moved_in
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    times = given.parameters["r"]
    if times < 0:
        raise DomainError(f"r = {float(times):.6g}: a guard factor is not negative; limits are never moved outwards")
    return Acceptance(accept=moved_in(given.tolerance, times * given.expanded_uncertainty))


DECISIONRULE = DecisionRule(
    name="scaled-guard/2",
    parameters=("r",),
    acceptance=_acceptance,
    source="[ILAC-G8] clause 4.2.2, [JCGM106] clause 8.3.2",
    promise="of a value that is accepted, the interval value - r U to value + r U lies within the limits",
)
