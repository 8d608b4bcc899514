"""Is the process still the one that was qualified? Charts and how long they run until they signal."""
