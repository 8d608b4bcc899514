"""Printing marks: what is to be printed is read and checked, written whole or not at all, and noted."""
