"""Simple acceptance: the limits are the acceptance limits; both sides share the risk."""

from fractions import Fraction

from openqi.science.decision.rule import Rule

RULE = Rule(name="simple-acceptance/1", guard=lambda _: Fraction(0), source="[ILAC-G8] clause 4.2.1, [JCGM106] clause 8.2")
