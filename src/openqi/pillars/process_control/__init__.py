"""What process control decides: baselines, charts that are evaluated on them, what alarms were, capability."""
