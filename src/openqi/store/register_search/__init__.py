"""Search over a register of a million entries: which entries have all the words, two-character pieces and codes of a query."""
