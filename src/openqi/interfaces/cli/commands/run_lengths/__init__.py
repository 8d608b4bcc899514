"""Run lengths of further charts, and streams of a plant; `commands/arl.py` is the group that they belong to."""
