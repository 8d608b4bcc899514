"""The rules of a draw as a commitment states them, as science takes them, and what they lead to before any randomness."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from openqi.kernel.errors import FormatError, RefusedError
from openqi.records.draws import ClassBound, StratumExpected, StratumStated
from openqi.science.draws.drawing import drawn, planned
from openqi.science.draws.frame import Frame
from openqi.science.draws.plan import Plan, StratumRule

VERSION: Final = "openqi draws 1"
"""The rules by which this program draws. Another meaning of any of them has another name, and commands of its own."""


TRIAL: Final = bytes(32)


def exact(text: str, what: str) -> Fraction:
    """Return a number that was written in lowest terms.

    Raises:
        FormatError: it was not: the same number has one spelling.
    """
    found = Fraction(text)
    if str(found) != text:
        raise FormatError(f"{what} {text} is {found}: write it so")
    return found


def plan_of(purpose: str, strata: Sequence[StratumStated]) -> Plan:
    """Return the rules as science takes them.

    Raises:
        FormatError: a number is not in lowest terms.
    """
    return Plan(purpose=purpose, rules=tuple(_rule(one) for one in strata))


def _rule(one: StratumStated) -> StratumRule:
    def bounds(stated: Sequence[ClassBound], what: str) -> tuple[tuple[str, Fraction], ...]:
        return tuple((bound.risk_class, exact(bound.chance, f"stratum {one.stratum!r}: the {what}")) for bound in stated)

    return StratumRule(
        stratum=one.stratum,
        design=one.design,
        size=one.size,
        ratio=None if one.ratio is None else exact(one.ratio, f"stratum {one.stratum!r}: the ratio"),
        floors=bounds(one.floors, "floor"),
        caps=bounds(one.caps, "cap"),
    )


def expected_of_plan(frame: Frame, plan: Plan) -> tuple[StratumExpected, ...]:
    """Return how many of each stratum will be drawn, after checking that everybody on the list can be.

    Raises:
        RefusedError: a stratum without a rule or a rule without a stratum, more than there are, somebody without a chance.
        DomainError: numbers that make no plan.
    """
    if len({rule.stratum for rule in plan.rules}) != len(plan.rules):
        raise RefusedError("strata-have-one-rule", "the plan has two rules for one stratum; give it one")
    drawn(frame, plan, TRIAL)  # a design that cannot draw so much is found out here, and not when the randomness is known
    found = []
    for one in planned(frame, plan):
        objects = len(frame) if one.members is None else len(one.members)
        found.append(StratumExpected(stratum=one.rule.stratum, objects=objects, drawn=str(one.targets.expected)))
    return tuple(found)
