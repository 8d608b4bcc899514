"""The steps by which the desk's tables came to their present form; each is kept for ever."""
