"""The catalogue of signature algorithms: what each needs is in `algorithm.py`, one module a kind in `kinds/`."""
