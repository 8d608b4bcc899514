"""A ledger in SQL tables: what the local store keeps in SQLite and a server can keep in PostgreSQL."""
