"""A target for the specific risk: of each value that is accepted, the probability of not conforming is at most the target."""

from fractions import Fraction

from openqi.science.decision.risk import guard_for
from openqi.science.decision.rule import Interval
from openqi.science.decision.rules.guard import moved_in, parts_of, target_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput


def _acceptance(given: RuleInput) -> Acceptance:
    lower, upper, u = given.tolerance.lower, given.tolerance.upper, given.standard_uncertainty
    # In units of u and from the lower limit on, so that the guard band is the same multiple of u in every unit.
    width = None if lower is None or upper is None else (upper - lower) / u
    guard = guard_for(target_of(given), None, 1.0, Interval(lower=Fraction(0), upper=width))
    return Acceptance(accept=moved_in(given.tolerance, parts_of(guard, u)))


DECISIONRULE = DecisionRule(
    name="specific-risk/1",
    parameters=("target",),
    acceptance=_acceptance,
    source="[JCGM106] clauses 8.3.2 and 9.3",
    promise="of every value that is accepted the specific consumer's risk is at most the target",
)
