"""What programs of signed-in people ask: acts, people, work."""
