"""Pictures of a capability study: histogram, probability plot, spreads against the tolerance, indices, and all of them at once."""
