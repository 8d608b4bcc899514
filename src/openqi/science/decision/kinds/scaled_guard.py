"""Guarded acceptance with w = r U: the requirement states which share of the expanded uncertainty keeps within the limits."""

from openqi.science.decision.rule import Rule

RULE = Rule(
    name="scaled-guard/1", guard=lambda expanded: expanded, source="[ILAC-G8] clause 4.2.2, [JCGM106] clause 8.3.2", scaled=True
)
