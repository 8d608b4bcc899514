"""Readings that are not normal: fitted distributions, transformations, sample quantiles, and how well they fit."""
