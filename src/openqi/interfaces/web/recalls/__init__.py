"""Pages of recalls: the register with its search, one own recall, one of a public list, and all of them as files."""
