"""What a risk is worth: does it hold, does it find, for whom, since when, and at what cost."""
