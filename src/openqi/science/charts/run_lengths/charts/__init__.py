"""Charts whose run length is asked for: each knows its limit, its run length after a shift, and the whole distribution."""
