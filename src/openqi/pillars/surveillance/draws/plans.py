"""The rules of a draw as a commitment states them, as science takes them, and what they lead to before any randomness."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, isqrt
from typing import Final

from openqi.kernel.errors import FormatError, RefusedError
from openqi.records.draws import ClassBound, StratumExpected, StratumStated
from openqi.science.draws.drawing import Planned, drawn, planned
from openqi.science.draws.frame import Frame
from openqi.science.draws.plan import Plan, StratumRule

VERSION: Final = "openqi draws 1"
"""The rules by which this program draws. Another meaning of any of them has another name, and commands of its own."""


TRIAL: Final = bytes(32)
MOST_DIGITS: Final = 9
"""Of the parts of a ratio, a floor or a cap: fractions without a common measure make chances of thousands of digits."""
MOST_WRITTEN: Final = 100
"""Digits of the chance for a unit of size: each drawn row has such a number."""
MOST_DRAWN: Final = 1_000_000
"""Rows of a record."""


def exact(text: str, what: str) -> Fraction:
    """Return a number that was written in lowest terms.

    Raises:
        FormatError: it was not, as the same number has one spelling, or has too many digits.
    """
    if max(map(len, text.split("/"))) > MOST_DIGITS:
        raise FormatError(f"{what} {text[:40]} has more than {MOST_DIGITS} digits above or below its stroke: write a rounder one")
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
        RefusedError: a stratum without a rule or a rule without a stratum, more than there are, somebody without a chance, more
            than a record has room for.
        DomainError: numbers that make no plan.
    """
    if len({rule.stratum for rule in plan.rules}) != len(plan.rules):
        raise RefusedError("strata-have-one-rule", "the plan has two rules for one stratum; give it one")
    found, strata = [], planned(frame, plan)
    _check_drawable(strata)
    drawn(frame, plan, TRIAL)  # a design that cannot draw so much is found out here, and not when the randomness is known
    for one in strata:
        objects = len(frame) if one.members is None else len(one.members)
        found.append(StratumExpected(stratum=one.rule.stratum, objects=objects, drawn=str(one.targets.expected)))
    return tuple(found)


def _check_drawable(strata: Sequence[Planned]) -> None:
    """Refuse what could not be written once it is drawn: chances of many digits, more rows than a record has."""
    for one in strata:
        rate = one.targets.rate
        if max(rate.numerator, rate.denominator) >= 10**MOST_WRITTEN:
            raise RefusedError(
                "chances-fit",
                f"stratum {one.rule.stratum!r}: its floors and caps have no common measure, and make chances of more than "
                f"{MOST_WRITTEN} digits; write rounder ones",
            )
    rows = sum(ceil(one.targets.expected) for one in strata)
    if rows + (0 if all(one.design.fixed for one in strata) else 8 * isqrt(rows) + 8) > MOST_DRAWN:
        raise RefusedError(
            "rows-fit", f"{rows} objects are to be drawn, and a record has at most {MOST_DRAWN} rows: draw in several lists"
        )
