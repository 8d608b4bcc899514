"""Public draws of others, replayed by their own rules: nothing of ours is drawn with these."""
