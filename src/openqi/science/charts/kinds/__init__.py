"""One module a kind of chart; copy the smallest to add one."""
