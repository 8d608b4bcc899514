"""Tools that make what the repository keeps: golden vectors, the demonstration."""
