"""Traceability: where things are, and what they became part of."""
