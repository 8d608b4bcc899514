"""The guard band with which the global consumer's risk is what it would be at a test uncertainty ratio of 4 without one."""

from fractions import Fraction

from openqi.kernel.errors import DomainError
from openqi.science.decision.risk import global_risk, guard_for
from openqi.science.decision.rule import Interval
from openqi.science.decision.rules.guard import moved_in, parts_of, ratio_of
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput
from openqi.science.distributions.distribution import distribution
from openqi.science.numbers.special import normal_quantile

_LIMITS = Interval(lower=Fraction(-1), upper=Fraction(1))


def _acceptance(given: RuleInput) -> Acceptance:
    ratio, share = ratio_of(given), given.parameters["itp"]
    if not 0 < share < 1:
        raise DomainError(f"itp = {float(share):.6g}: the share of items in tolerance lies between 0 and 1")
    if ratio >= 4:
        return Acceptance(accept=given.tolerance)
    # With the tolerance as -1 to 1: in every unit the same numbers.
    prior = distribution("normal", mean=0.0, sd=1 / normal_quantile((1 + float(share)) / 2))
    target = global_risk(prior, 1 / (4 * float(given.coverage_factor)), _LIMITS, _LIMITS).consumer
    u = 1 / (float(ratio) * float(given.coverage_factor))
    guard = guard_for(target, prior, u, _LIMITS)
    return Acceptance(accept=moved_in(given.tolerance, parts_of(guard / u, given.standard_uncertainty)))


DECISIONRULE = DecisionRule(
    name="tur-same-as-4/1",
    parameters=("itp",),
    acceptance=_acceptance,
    source="figures of [SUNCAL]",
    promise="the global consumer's risk of a centred normal process is at most that at a ratio of 4 without a guard band",
)
