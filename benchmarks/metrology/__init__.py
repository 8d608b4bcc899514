"""How fast and how right metrology is, beside the limits and peers of the same run; one file a part, each with `measure(table)`."""
