"""A rule set as the tables that the kernel reads."""

from dataclasses import dataclass
from functools import cache

from openqi.science.charts.kernel import patterns
from openqi.science.charts.rules.rule import RuleSet

_CODES = {
    "same-side": patterns.SAME_SIDE,
    "above": patterns.ABOVE,
    "below": patterns.BELOW,
    "outside": patterns.OUTSIDE,
    "within": patterns.WITHIN,
    "trend": patterns.TREND,
    "rising": patterns.RISING,
    "falling": patterns.FALLING,
    "alternation": patterns.ALTERNATION,
    "opposite": patterns.OPPOSITE,
}
_SHORTER = {"trend": 1, "rising": 1, "falling": 1, "alternation": 2, "opposite": 1}
"""So many points of a pattern are only compared with: six points in a trend are five steps."""


@dataclass(frozen=True, kw_only=True)
class RuleTable:
    """A rule set in numbers.

    Args:
        lines: distances from the centre, in sigma.
        rows: of each rule what is looked at, the row of its first line in the words, m and n.
    """

    lines: tuple[float, ...]
    rows: tuple[tuple[int, int, int, int], ...]


@cache
def rule_table(rules: RuleSet) -> RuleTable:
    """Return the tables of a rule set; rules at one distance share a line."""
    lines = tuple(sorted({rule.sigma for rule in rules.rules}))
    rows = []
    for rule in rules.rules:
        shorter = _SHORTER.get(rule.asks, 0)
        rows.append((_CODES[rule.asks], 2 * lines.index(rule.sigma), rule.points - shorter, rule.among - shorter))
    return RuleTable(lines=lines, rows=tuple(rows))
