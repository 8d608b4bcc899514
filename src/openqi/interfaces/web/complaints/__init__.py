"""Pages of complaints: the desk, one complaint for its parties, public figures as page and files, nonconformities of a firm."""
