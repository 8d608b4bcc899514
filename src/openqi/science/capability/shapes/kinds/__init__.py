"""The distributions that can be fitted to readings, one file a kind, found by being there."""
