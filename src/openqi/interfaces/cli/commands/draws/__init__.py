"""The commands of a draw on plain files."""
