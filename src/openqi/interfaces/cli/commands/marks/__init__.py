"""Commands about marks, one module each."""
