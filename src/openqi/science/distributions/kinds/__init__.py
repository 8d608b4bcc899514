"""One module a distribution; copy the smallest to add one."""
