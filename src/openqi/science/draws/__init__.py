"""Draws that anyone can repeat, the chance of every object in them, and who goes to inspect."""
