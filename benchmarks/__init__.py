"""Measurements beside limits and peers of the same run; they print tables and never fail: `make bench`."""
