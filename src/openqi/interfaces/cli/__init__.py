"""The command `openqi`: for people at a terminal and, with --json, for programs."""
