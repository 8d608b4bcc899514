"""Marks under a licence: made, issued, stated what became of them, and one unit's proof as a small file."""
