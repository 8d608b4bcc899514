"""One value decided by one rule of the second catalogue: the outcome, by which interval, and at what risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from openqi.kernel.catalogue import load
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, RefusedError
from openqi.kernel.units import unit_of
from openqi.science.decision.comparison import COMPARISONS
from openqi.science.decision.risk import specific_risk
from openqi.science.decision.rule import Interval, NothingAcceptedError
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput
from openqi.science.distributions.distribution import Distribution

Outcome = Literal["pass", "conditionalPass", "conditionalFail", "fail", "noPass", "noFail"]
FOLDER = "openqi.science.decision.rules.kinds"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision.

    Args:
        outcome: as the DCC names it; `conditionalPass` and `conditionalFail` lie within U of a limit, `noPass` and `noFail` are
            those of rules that leave the zone of doubt open.
        compared: the decimal text that was compared.
        accept: where values are accepted, None where with this uncertainty none can be.
        reject: outside of what they are rejected, None for everything outside of `accept`.
        specific_risk: probability that this decision is wrong; a float, on which nothing is decided. Of `noPass` and `noFail`, that
            the measurand lies on the other side of the limit than the value.
        rule: name with version.
        method: of comparison.
    """

    outcome: Outcome
    compared: str
    accept: Interval | None
    reject: Interval | None
    specific_risk: float
    rule: str
    method: str


def decision_rules() -> Mapping[str, DecisionRule]:
    """Return the second catalogue of decision rules, by name with version."""
    return load(FOLDER, DecisionRule)


def decided(
    value: str, *, unit: str, u: str | None = None, expanded: str | None = None, k: str = "2", lower: str | None = None,
    upper: str | None = None, rule: str, method: Literal["full-value", "rounded-value"] | None = None,
    interval: str | None = None, parameters: Mapping[str, Fraction] | None = None, prior: Distribution | None = None,
) -> Decision:  # fmt: skip
    """Return the decision on a value, exact on the stated decimals.

    Args:
        value: decimal text, in `unit`; so are the others.
        unit: of all of them.
        u: standard uncertainty; or `expanded`, U = k u.
        expanded: expanded uncertainty.
        k: coverage factor, > 0.
        lower: tolerance limit, None for none; so is `upper`.
        upper: likewise.
        rule: name of a rule, with version.
        method: how the value is compared; it must be said. [GBT8170] clause 4.3.1 takes full-value where a requirement says
            nothing, but that it says nothing is for the one who has read it to say.
        interval: rounding interval of `rounded-value`.
        parameters: of the rule.
        prior: of the measurand, where the rule asks for it.

    Raises:
        RefusedError: uncertainty, unit or method is missing (`uncertainty-stated`, `unit-stated`, `method-stated`).
        DomainError: limits out of order, u not positive, no such rule, or wrong parameters.
        NothingAcceptedError: the value lies within the limits, and no value could be accepted.
        FormatError: a text is no decimal, or the unit is not known.

    Source: [JCGM106] clause 8, [GBT8170] clause 4.3.
    """
    how = _stated(unit, method)
    standard, whole, factor = _uncertainty(u, expanded, k)
    given = RuleInput(
        tolerance=_tolerance(lower, upper), standard_uncertainty=standard, expanded_uncertainty=whole, coverage_factor=factor,
        parameters=dict(parameters or {}), prior=prior,
    )  # fmt: skip
    return _decision(_rule(rule), given, COMPARISONS[how](fraction(value), value, interval), how)


def _decision(rule: DecisionRule, given: RuleInput, compared: str, method: str) -> Decision:
    held, acceptance = fraction(compared), accepted_by(rule, given)
    return Decision(
        outcome=outcome_of(held, given.expanded_uncertainty, given.tolerance, acceptance),
        compared=compared,
        accept=acceptance.accept,
        reject=acceptance.reject,
        specific_risk=_risk(held, given.standard_uncertainty, given.tolerance, acceptance),
        rule=rule.name,
        method=method,
    )


def accepted_by(rule: DecisionRule, given: RuleInput) -> Acceptance:
    """Return what a rule accepts and rejects, after checking what it is given.

    Raises:
        DomainError: u, U or k is not positive, there is no limit, limits are not in order, a parameter is missing or not the
            rule's, or a prior is missing or not the rule's.
    """
    for name, size in (("u", given.standard_uncertainty), ("U", given.expanded_uncertainty), ("k", given.coverage_factor)):
        if size <= 0:
            raise DomainError(f"{name} = {float(size):.6g} is not positive; no decision stands without an uncertainty")
    lower, upper = given.tolerance.lower, given.tolerance.upper
    if lower is None and upper is None:
        raise DomainError("there is no limit to judge by: state a lower limit, an upper limit, or both")
    if lower is not None and upper is not None and lower >= upper:
        raise DomainError(f"the lower limit {float(lower):.15g} is not below the upper limit {float(upper):.15g}")
    if set(given.parameters) != set(rule.parameters):
        wanted = ", ".join(rule.parameters) or "no parameters"
        raise DomainError(f"rule {rule.name} takes {wanted}; given were {', '.join(sorted(given.parameters)) or 'none'}")
    if rule.needs_prior and given.prior is None:
        raise DomainError(f"rule {rule.name} needs a prior: what is known of the items before they are measured")
    if given.prior is not None and not rule.needs_prior:
        raise DomainError(f"rule {rule.name} takes no prior: it would decide the same without; leave it out, or take global-risk/1")
    try:
        return rule.acceptance(given)
    except NothingAcceptedError as nothing:
        return Acceptance(accept=None, why=str(nothing))


def outcome_of(value: Fraction, expanded_uncertainty: Fraction, tolerance: Interval, acceptance: Acceptance) -> Outcome:
    """Return the outcome of a value under what a rule accepts and rejects; a value on the acceptance limit is accepted.

    A value outside of the limits is never accepted, whatever the guard band, so that there is an outcome also where no value can be
    accepted. Of a value within the limits there is none then: it would be rejected for the measurement, not for what it is.

    Args:
        value: what is compared.
        expanded_uncertainty: U; an outcome is conditional where value - U to value + U says less than it.
        tolerance: limits.
        acceptance: of the rule.

    Raises:
        NothingAcceptedError: the value lies within the limits, and no value could be accepted.

    Source: [ILAC-G8] clause 4.2, [DCC] element conformity.
    """
    low, high = value - expanded_uncertainty, value + expanded_uncertainty
    if acceptance.accept is not None and acceptance.accept.holds(value):
        return "pass" if tolerance.holds(low) and tolerance.holds(high) else "conditionalPass"
    if acceptance.reject is not None and acceptance.reject.holds(value):
        return "noFail" if tolerance.holds(value) else "noPass"
    if acceptance.accept is None and tolerance.holds(value):
        raise NothingAcceptedError(
            f"{acceptance.why}. The value lies within the limits, and would be rejected whatever it is: measure with a smaller "
            f"uncertainty, or agree on a rule that leaves such values open, as iso-14253-1/1 does"
        )
    near = any(low <= end <= high for end in (tolerance.lower, tolerance.upper) if end is not None)
    return "conditionalFail" if near or tolerance.holds(value) else "fail"


def _rule(name: str) -> DecisionRule:
    known = decision_rules()
    if name not in known:
        raise DomainError(f"there is no decision rule {name!r}; known are {', '.join(sorted(known))}")
    return known[name]


def _stated(unit: str, method: str | None) -> str:
    """The method of comparison, where it and the unit are stated."""
    if not unit:
        raise RefusedError("unit-stated", "no unit: name the one of value, limits and uncertainty; \\one for a number without unit")
    if not method:
        raise RefusedError(
            "method-stated",
            "no method of comparison: name full-value, which GB/T 8170 takes where the requirement says nothing, or "
            "rounded-value with its rounding interval, where the requirement says so",
        )
    unit_of(unit)
    if method not in COMPARISONS:
        raise DomainError(f"there is no method of comparison {method!r}; known are {', '.join(COMPARISONS)}")
    return method


def _uncertainty(u: str | None, expanded: str | None, k: str) -> tuple[Fraction, Fraction, Fraction]:
    if u is None and expanded is None:
        raise RefusedError("uncertainty-stated", "no uncertainty: state the standard uncertainty u, or the expanded one with its k")
    if u is not None and expanded is not None:
        raise DomainError("u and the expanded uncertainty are both stated; state one of them, with k")
    factor = fraction(k)
    if factor <= 0:
        raise DomainError(f"k = {k}: a coverage factor is positive")
    stated = fraction(expanded if u is None else u)  # type: ignore[arg-type]
    return (stated / factor, stated, factor) if u is None else (stated, stated * factor, factor)


def _tolerance(lower: str | None, upper: str | None) -> Interval:
    return Interval(lower=None if lower is None else fraction(lower), upper=None if upper is None else fraction(upper))


def _risk(value: Fraction, u: Fraction, tolerance: Interval, acceptance: Acceptance) -> float:
    """In units of u and from the value on, so that no unit is too large or small for a float."""
    about, accept = _relative(tolerance, value, u), acceptance.accept
    doubtful = acceptance.reject is not None and acceptance.reject.holds(value) and not (accept and accept.holds(value))
    return specific_risk(0.0, 1.0, about, about if doubtful or accept is None else _relative(accept, value, u))


def _relative(interval: Interval, value: Fraction, u: Fraction) -> Interval:
    lower, upper = interval.lower, interval.upper
    return Interval(lower=None if lower is None else (lower - value) / u, upper=None if upper is None else (upper - value) / u)
