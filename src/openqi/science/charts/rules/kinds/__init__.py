"""One module a published rule set; copy the smallest to add one."""
