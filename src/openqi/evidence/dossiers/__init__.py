"""Dossiers: one file that proves and replays a record, and its verification in numbered steps."""
