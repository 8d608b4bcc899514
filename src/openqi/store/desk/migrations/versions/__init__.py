"""One file a step, numbered; `revision` and `down_revision` chain them."""
