"""One module a decision rule; copy the smallest to add one."""
