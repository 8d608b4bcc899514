"""Lists of objects in Parquet as columns, whole or in parts, and draws from the parts."""
