"""Runs one pure function over many streams; empty until there are streams of readings."""
