"""Who can really do it? One need against what bodies state that they can: clause by clause, every yes and every no."""
