"""Disputes about quality: a joint sample and a rule that both sides accept, and what the rule says of the verdicts."""
