"""A station under load: a million records, two hundred people at once, on SQLite and on PostgreSQL."""
