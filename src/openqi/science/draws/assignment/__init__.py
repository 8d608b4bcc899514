"""Who goes: at least two officers for every visit, by random ranking from the same seed, repaired where workloads are full."""
