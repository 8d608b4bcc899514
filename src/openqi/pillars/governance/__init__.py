"""Governance: who may act, what no longer stands."""
