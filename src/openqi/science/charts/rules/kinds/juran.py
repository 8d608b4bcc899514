"""The zone tests that are quoted under Juran's name.

Not verified at the source: one other program spells out the same six, some take Nelson's eight for Juran's; docs/control/charts.md
says what differs.
"""

from openqi.science.charts.rules.rule import Rule, RuleSet

RULESET = RuleSet(
    name="juran",
    rules=(
        Rule(number=1, asks="same-side", sigma=3.0),
        Rule(number=2, asks="same-side", sigma=2.0, points=2, among=3),
        Rule(number=3, asks="same-side", sigma=1.0, points=4, among=5),
        Rule(number=4, asks="trend", points=6),
        Rule(number=5, asks="outside", sigma=1.0, points=8),
        Rule(number=6, asks="same-side", points=9),
    ),
    source="[JURAN-HANDBOOK]",
)
