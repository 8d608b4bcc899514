"""How far an index of capability can be trusted: exact, approximate and resampled intervals."""
