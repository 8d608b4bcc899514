"""Recalls: published, checked, followed to their end, and foreign ones taken in."""
