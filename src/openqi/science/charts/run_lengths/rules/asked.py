"""A chart's rule in the words of its rule set, as the neutral rule whose run length is computed."""

from math import inf

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.rules.rule import Rule, SequenceRule, ValueRule, ZoneRule


def asked_rule(asks: str, *, sigma: float = 0.0, points: int = 1, among: int = 0, name: str = "") -> Rule:
    """Return the neutral rule of what a rule of a set asks.

    Args:
        asks: `same-side`, `above`, `below`, `outside` (either side), `within`, `trend`, `rising`, `falling`, `alternation`,
            or `opposite` (beyond one line, and the point before beyond the other).
        sigma: distance of the lines from the centre, in standard deviations.
        points: how many must be as asked.
        among: out of how many; `points` where 0.
        name: of the rule, for people.

    Raises:
        DomainError: nothing of the kind can be asked, or the numbers are none.
    """
    of = among or points
    sides = {"same-side": "either", "above": "upper", "below": "lower"}
    trends = {"trend": "either", "rising": "upper", "falling": "lower"}
    if asks in sides:
        return ZoneRule(least=points, of=of, above=sigma, side=sides[asks], name=name)  # type: ignore[arg-type]
    if asks == "outside":
        return ZoneRule(least=points, of=of, above=sigma, side="both", name=name)
    if asks == "within":
        return ZoneRule(least=points, of=of, above=0.0, below=sigma, side="both", name=name)
    if asks in trends:
        return ValueRule(pattern="trend", points=points, side=trends[asks], name=name)  # type: ignore[arg-type]
    if asks == "alternation":
        return ValueRule(pattern="alternation", points=points, name=name)
    if asks == "opposite":
        return SequenceRule(zones=((sigma, inf), (-inf, -sigma)), name=name)
    known = ", ".join([*sides, "outside", "within", *trends, "alternation", "opposite"])
    raise DomainError(f"a rule that asks {asks!r}; there are {known}")
