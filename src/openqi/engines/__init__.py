"""Runs pure functions over many parts at once; what comes out is the same as one by one, on whatever it runs."""
