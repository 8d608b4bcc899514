"""One module a rule of content; copy the smallest to add one."""
