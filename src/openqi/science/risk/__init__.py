"""How likely is it that an object does not conform?  Risk models, their scores and reasons, classes, and which model is better."""
