"""Records that are signed, linked and provable; knows nothing of what they mean. `docs/evidence.md` walks through it."""
