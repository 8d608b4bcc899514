"""Several characteristics at once: a position within a circle, a point within a box of limits."""
