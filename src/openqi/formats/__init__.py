"""Foreign bytes to records and back; never opens a file."""
