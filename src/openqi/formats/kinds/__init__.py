"""One module a kind of file that holds a table; copy the smallest to add one."""
