"""Readings that come in while one watches: written down for good first, acknowledged then, charted and told at once."""
