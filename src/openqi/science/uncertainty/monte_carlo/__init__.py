"""Propagation of distributions: trials that depend on seed and number only, however they are shared out."""
