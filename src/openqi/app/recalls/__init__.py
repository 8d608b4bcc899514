"""Recalls at hand: which concern an item, taking in public lists, checking a notice, how far a recall has come."""
