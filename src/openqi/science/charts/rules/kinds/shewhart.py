"""Shewhart's own criterion: one point beyond the limits at three sigma."""

from openqi.science.charts.rules.rule import Rule, RuleSet

RULESET = RuleSet(name="shewhart", rules=(Rule(number=1, asks="same-side", sigma=3.0),), source="[SHEWHART1931]")
