"""Complaints and disputes of a workspace: what openqi.yaml declares of them, and how it comes into the log."""
