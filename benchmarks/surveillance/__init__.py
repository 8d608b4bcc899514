"""Market surveillance beside its targets and peers."""
