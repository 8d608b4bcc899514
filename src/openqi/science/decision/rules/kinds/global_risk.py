"""A target for the global risk: of all items from one process, at most this share is accepted and does not conform."""

from openqi.kernel.errors import DomainError
from openqi.science.decision.risk import guard_for
from openqi.science.decision.rules.guard import moved_in, parts_of, target_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    if given.prior is None:
        raise DomainError("a global risk needs to know what the items are like before they are measured: give a prior")
    u = given.standard_uncertainty
    guard = guard_for(target_of(given), given.prior, float(u), given.tolerance)
    return Acceptance(accept=moved_in(given.tolerance, parts_of(guard / float(u), u)))


DECISIONRULE = DecisionRule(
    name="global-risk/1",
    parameters=("target",),
    acceptance=_acceptance,
    source="[JCGM106] clause 9.5.4",
    promise="over all items the global consumer's risk is at most the target",
    needs_prior=True,
)
