"""Mean and spread of readings in a fixed order, spread within subgroups, and the constants of normal samples."""
