"""Joins the rest: looks, permits, decides, seals, appends; the only place with clock, keys and settings."""
