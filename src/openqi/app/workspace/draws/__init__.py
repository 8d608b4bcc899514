"""Draws in a workspace: lists, commitments, randomness, who was drawn and sent, what was found, and what became of it over time."""
