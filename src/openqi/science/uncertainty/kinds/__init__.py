"""One module a measurement model; copy the smallest to add one."""
