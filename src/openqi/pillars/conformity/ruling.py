"""How a requirement judges a value: by a rule that moves limits, or by one of the second catalogue, which has six outcomes."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from openqi.evidence.record import Record
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.conformity.standing import rule_of
from openqi.records import body
from openqi.records.standards import ClausePublished, CriterionPublished
from openqi.science.decision.comparison import COMPARISONS
from openqi.science.decision.rule import Interval, acceptance_interval, verdict
from openqi.science.decision.rules.rule import Acceptance, DecisionRule, RuleInput

if TYPE_CHECKING:  # imported where it is used: most commands of an openqi process judge nothing
    from openqi.science.decision.outcomes import Outcome
    from openqi.science.distributions.distribution import Distribution

Clause: TypeAlias = ClausePublished | CriterionPublished
Verdict: TypeAlias = Literal["conforming", "nonconforming", "undecided"]
_VERDICTS: "Final[dict[Outcome, Verdict]]" = {
    "pass": "conforming", "conditionalPass": "conforming", "conditionalFail": "nonconforming", "fail": "nonconforming",
    "noPass": "undecided", "noFail": "undecided",
}  # fmt: skip
"""What an outcome declares: a conditional one declares it within U of a limit, the last two declare nothing."""


class Found(NamedTuple):
    """What came of a value; `outcome` where the rule has outcomes, `compared` where the requirement compares rounded values."""

    verdict: Verdict
    outcome: "Outcome | None"
    compared: str | None


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A requirement with its rule ready to judge.

    Args:
        clause: the requirement.
        accepted: what is accepted and rejected for texts of U and k, in the unit of the requirement.
        outcomes: whether the rule has outcomes.
    """

    clause: Clause
    accepted: Callable[[str, str], Acceptance]
    outcomes: bool

    @property
    def tolerance(self) -> Interval:
        """The limits of the requirement."""
        return tolerance_of(self.clause)

    def found(self, exact: Fraction, value: str, uncertainty: str, k: str) -> Found:
        """Return what comes of a value.

        Args:
            exact: before it was rounded; the rounded comparison starts from it, so that nothing is rounded twice.
            value: as reported.
            uncertainty: U as reported.
            k: its coverage factor.

        Raises:
            DomainError: nothing can be accepted with this uncertainty.
            RefusedError: the comparison would give part of a guard band away.
        """
        acceptance, clause = self.accepted(uncertainty, k), self.clause
        if clause.comparison == "rounded-value" and acceptance != Acceptance(accept=self.tolerance):
            raise RefusedError("round-without-guard", f"rounding would give part of the guard band of {clause.rule} away")
        compared = COMPARISONS[clause.comparison](exact, value, clause.rounding_interval)
        told = None if clause.rounding_interval is None else compared
        if not self.outcomes and acceptance.accept is not None:
            return Found(verdict(fraction(compared), acceptance.accept), None, told)
        from openqi.science.decision.outcomes import outcome_of

        outcome = outcome_of(fraction(compared), fraction(uncertainty), self.tolerance, acceptance)
        return Found(_VERDICTS[outcome], outcome, told)


def tolerance_of(clause: Clause) -> Interval:
    """Return the limits of a requirement."""
    return Interval(lower=_limit(clause.lower), upper=_limit(clause.upper))


def clause_of(record: Record) -> Clause:
    """Return the requirement of a record.

    Raises:
        FormatError: it is none of version 2 or 3.
    """
    if record.kind == CriterionPublished.KIND:
        return body(record, CriterionPublished)
    if record.kind == ClausePublished.KIND:
        return body(record, ClausePublished)
    raise FormatError(f"record {record.id} is a {record.kind}, not a {ClausePublished.KIND} or a {CriterionPublished.KIND}")


def ruling_of(clause: Clause) -> Ruling:
    """Return how a requirement judges.

    Raises:
        RefusedError: its rule is not known.
        DomainError: its prior is no distribution.
    """
    return _criterion(clause) if isinstance(clause, CriterionPublished) else _clause(clause)


def _clause(clause: ClausePublished) -> Ruling:
    """By a rule that moves the limits."""
    rule, tolerance, guard = rule_of(clause.rule), tolerance_of(clause), _limit(clause.guard_factor)

    @cache
    def accepted(uncertainty: str, _: str) -> Acceptance:
        return Acceptance(accept=acceptance_interval(rule, tolerance, fraction(uncertainty), guard_factor=guard))

    return Ruling(clause=clause, accepted=accepted, outcomes=False)


def _criterion(clause: CriterionPublished) -> Ruling:
    """By a rule of the second catalogue."""
    from openqi.science.decision.outcomes import accepted_by

    rule, tolerance, prior = decision_rule(clause.rule), tolerance_of(clause), _prior(clause)
    parameters = {one.name: fraction(one.value) for one in clause.parameters}

    @cache
    def accepted(uncertainty: str, k: str) -> Acceptance:
        whole, factor = fraction(uncertainty), fraction(k)
        return accepted_by(
            rule,
            RuleInput(
                tolerance=tolerance,
                standard_uncertainty=whole / factor,
                expanded_uncertainty=whole,
                coverage_factor=factor,
                parameters=parameters,
                prior=prior,
            ),
        )

    return Ruling(clause=clause, accepted=accepted, outcomes=True)


def decision_rule(name: str) -> DecisionRule:
    """Return the rule of the second catalogue of that name.

    Raises:
        RefusedError: there is none.
    """
    from openqi.science.decision.outcomes import decision_rules

    rules = decision_rules()
    if name not in rules:
        raise RefusedError("rule-known", f"decision rule {name!r} is not known; known are {', '.join(rules)}")
    return rules[name]


def _prior(clause: CriterionPublished) -> "Distribution | None":
    from openqi.science.distributions.distribution import distribution

    prior = clause.prior
    if prior is None:
        return None
    return distribution(prior.distribution, **{one.name: float(fraction(one.value)) for one in prior.parameters})


def _limit(text: str | None) -> Fraction | None:
    return None if text is None else fraction(text)
