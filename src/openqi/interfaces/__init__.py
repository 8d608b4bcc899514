"""Shows and asks: the command line; no arithmetic, no decision."""
