"""Where evidence and blobs are kept: memory and local, under one contract."""
