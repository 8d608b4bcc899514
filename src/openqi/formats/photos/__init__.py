"""Photos that strangers send: taken by their content, within bounds, and kept without all that a picture does not need."""
