"""Draws that anyone can repeat, and what they say about a whole market."""
