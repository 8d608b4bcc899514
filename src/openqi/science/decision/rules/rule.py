"""What a decision rule of the second catalogue is: from limits, uncertainty and parameters to what is accepted and rejected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import Distribution


@dataclass(frozen=True, kw_only=True)
class RuleInput:
    """What a rule is given, all in one unit.

    Args:
        tolerance: at least one limit.
        standard_uncertainty: u > 0.
        expanded_uncertainty: U > 0.
        coverage_factor: k = U / u.
        parameters: those that the rule names.
        prior: what is known of the measurand before; only some rules ask for it.
    """

    tolerance: Interval
    standard_uncertainty: Fraction
    expanded_uncertainty: Fraction
    coverage_factor: Fraction
    parameters: Mapping[str, Fraction] = field(default_factory=dict)
    prior: Distribution | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Where a measured value is accepted; and, of rules that leave a zone of doubt, outside of what it is rejected.

    Args:
        accept: None where with this uncertainty no value can be accepted.
        reject: None where everything that is not accepted is rejected.
        why: no value can be accepted.
    """

    accept: Interval | None
    reject: Interval | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class DecisionRule:
    """One decision rule.

    Args:
        name: with its version, for example `guarded-acceptance/2`.
        parameters: names that it needs; it takes no other.
        acceptance: raises NothingAcceptedError where no value can be accepted, or says so itself.
        source: its clause.
        promise: what is kept on a grid of cases, in one sentence.
        needs_prior: whether it refuses without a prior.
    """

    name: str
    parameters: tuple[str, ...]
    acceptance: Callable[[RuleInput], Acceptance]
    source: str
    promise: str
    needs_prior: bool = False
