"""Process control for pages: plans and what became of them, the chart of one, its alarms, its baselines before and after."""
