"""The engines: one file a kind."""
