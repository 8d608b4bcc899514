"""The second catalogue of decision rules: with a risk, a prior or a reason to reject; those of the first only move limits."""
