"""Pages of pledges: the register with its search, one firm, the written proof and its PDF/A, programmes; the register as files."""
