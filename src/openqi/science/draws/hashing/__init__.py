"""SHA-256 of millions of short texts at once, compiled where numba is installed: the same bits as hashlib's, text by text."""
