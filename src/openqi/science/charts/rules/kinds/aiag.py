"""The list of criteria in the SPC manual of the automotive industry: as Nelson's, with seven on a side instead of nine.

Checked test by test against two that quote its second edition, not against the printed manual; docs/control/charts.md says which.
"""

from openqi.science.charts.rules.rule import Rule, RuleSet

RULESET = RuleSet(
    name="aiag",
    rules=(
        Rule(number=1, asks="same-side", sigma=3.0),
        Rule(number=2, asks="same-side", points=7),
        Rule(number=3, asks="trend", points=6),
        Rule(number=4, asks="alternation", points=14),
        Rule(number=5, asks="same-side", sigma=2.0, points=2, among=3),
        Rule(number=6, asks="same-side", sigma=1.0, points=4, among=5),
        Rule(number=7, asks="within", sigma=1.0, points=15),
        Rule(number=8, asks="outside", sigma=1.0, points=8),
    ),
    source="[AIAG-SPC]",
)
