"""Westgard's rules of clinical laboratories: 1-2s warns, 1-3s, 2-2s, R-4s, 4-1s and 10-x reject, numbered in this order.

R-4s is meant within a run of several controls; on a chart of one point a run it takes a point and the one before.
"""

from openqi.science.charts.rules.rule import Rule, RuleSet

RULESET = RuleSet(
    name="westgard",
    rules=(
        Rule(number=1, asks="same-side", sigma=2.0, warns=True),
        Rule(number=2, asks="same-side", sigma=3.0),
        Rule(number=3, asks="same-side", sigma=2.0, points=2),
        Rule(number=4, asks="opposite", sigma=2.0, points=2),
        Rule(number=5, asks="same-side", sigma=1.0, points=4),
        Rule(number=6, asks="same-side", points=10),
    ),
    source="[WESTGARD1981]",
)
