"""Pledges as people read them: the register with its search, one firm, the written proof, programmes that follow firms up."""
