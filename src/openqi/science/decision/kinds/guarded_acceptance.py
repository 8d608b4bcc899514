"""Guarded acceptance with w = U: a value is accepted only where the whole expanded uncertainty keeps within the limits."""

from openqi.science.decision.rule import Rule

RULE = Rule(name="guarded-acceptance/1", guard=lambda expanded: expanded, source="[ILAC-G8] clause 4.2.2, [JCGM106] clause 8.3.2")
