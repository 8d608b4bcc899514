"""Conformity assessment: verdicts on results."""
