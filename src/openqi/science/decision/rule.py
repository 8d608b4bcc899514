"""What a decision rule is: from limits and an expanded uncertainty to an acceptance interval and a verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from openqi.kernel.errors import DomainError

Verdict = Literal["conforming", "nonconforming"]


class NothingAcceptedError(DomainError):
    """A rule under which, with this uncertainty, no value at all could be accepted."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A closed interval; None is no limit on that side."""

    lower: Fraction | None
    upper: Fraction | None

    def holds(self, value: Fraction) -> bool:
        """Return whether the value lies in the interval, its ends included."""
        return (self.lower is None or self.lower <= value) and (self.upper is None or value <= self.upper)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One decision rule. `guard(expanded_uncertainty)` is by how much each limit moves inwards; `source` is its clause.

    With `scaled` the requirement gives a factor r by which the guard band is multiplied.
    """

    name: str
    guard: Callable[[Fraction], Fraction]
    source: str
    scaled: bool = False


def acceptance_interval(
    rule: Rule, tolerance: Interval, expanded_uncertainty: Fraction, *, guard_factor: Fraction | None = None
) -> Interval:
    """Return the interval in which a measured value is accepted.

    Args:
        rule: the decision rule.
        tolerance: limits of the quantity, at least one of them.
        expanded_uncertainty: U with about 95 % coverage, same unit, > 0.
        guard_factor: r >= 0 of a scaled rule, None for any other.

    Raises:
        DomainError: U is not positive, there is no limit, the limits are not in order, the guard bands leave no interval, or the
            guard factor is missing, negative, or not the rule's to have.

    Source: [JCGM106] clause 8.
    """
    if expanded_uncertainty <= 0:
        raise DomainError(f"expanded uncertainty {expanded_uncertainty} is not positive; no verdict stands without one")
    if tolerance.lower is None and tolerance.upper is None:
        raise DomainError("there is no limit to judge by")
    if tolerance.lower is not None and tolerance.upper is not None and tolerance.lower >= tolerance.upper:
        raise DomainError(f"the lower limit {tolerance.lower} is not below the upper limit {tolerance.upper}")
    if rule.scaled != (guard_factor is not None) or (guard_factor or 0) < 0:
        raise DomainError(f"rule {rule.name} {'needs a guard factor r >= 0' if rule.scaled else 'has no guard factor'}")
    guard = rule.guard(expanded_uncertainty) * (1 if guard_factor is None else guard_factor)
    lower = None if tolerance.lower is None else tolerance.lower + guard
    upper = None if tolerance.upper is None else tolerance.upper - guard
    if lower is not None and upper is not None and lower > upper:
        raise DomainError(f"rule {rule.name}: with U = {expanded_uncertainty} the guard bands leave no acceptance interval")
    return Interval(lower=lower, upper=upper)


def verdict(value: Fraction, acceptance: Interval) -> Verdict:
    """Return the verdict on a measured value; a value on the acceptance limit is accepted.

    Source: [JCGM106] clause 8.2.
    """
    return "conforming" if acceptance.holds(value) else "nonconforming"
