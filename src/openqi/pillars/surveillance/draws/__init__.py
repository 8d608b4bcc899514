"""Draws as they are decided: lists that are frozen, commitments, randomness, and who was drawn."""
