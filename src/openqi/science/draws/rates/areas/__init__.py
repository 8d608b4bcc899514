"""Rates of small areas that lean on each other, with what that may be wrong by; an area without data says so."""
