"""What pages show of complaints: the desk of an authority or firm, one complaint for its parties, and what is public."""
