"""Risk as it is decided: models, classes, appeals, and which model takes over."""
