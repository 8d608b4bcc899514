"""Arithmetic that gives the same bits on every machine: elementary and special functions, random words, sorting, small algebra."""
