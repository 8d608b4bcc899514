"""What is no evidence: accounts, sessions, drafts, notices; ordinary tables with migrations, in SQLite or PostgreSQL."""
