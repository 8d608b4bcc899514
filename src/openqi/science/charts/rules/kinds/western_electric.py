"""The four zone tests of the Western Electric handbook."""

from openqi.science.charts.rules.rule import Rule, RuleSet

RULESET = RuleSet(
    name="western-electric",
    rules=(
        Rule(number=1, asks="same-side", sigma=3.0),
        Rule(number=2, asks="same-side", sigma=2.0, points=2, among=3),
        Rule(number=3, asks="same-side", sigma=1.0, points=4, among=5),
        Rule(number=4, asks="same-side", points=8),
    ),
    source="[WESTERN-ELECTRIC]",
)
