"""Pledges: who signs what, what is shown for it, how each promise stands, and who is followed up."""
