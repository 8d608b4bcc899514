"""Is the process still the one we qualified? Charts, rules, run lengths."""
