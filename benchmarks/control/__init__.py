"""Process control beside its targets and peers."""
