"""Complaints on a ledger: words kept beside the log and erased, steps taken for the right eyes, lists by the register."""
