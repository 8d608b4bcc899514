"""One module a signature algorithm; copy the smallest to add one."""
