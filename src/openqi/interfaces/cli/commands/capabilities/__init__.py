"""Capability of what is not one measured characteristic: counts, positions, several at once, and how a process moves in time."""
