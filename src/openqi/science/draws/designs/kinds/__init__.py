"""Ways to draw from a list, each with the chance of every object: one file a design."""
