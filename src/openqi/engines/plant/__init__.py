"""A plant's readings in Parquet files: planned into parts, loaded piece by piece, watched, and what was found written down."""
