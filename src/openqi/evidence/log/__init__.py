"""A log as a Merkle tree in static files: proofs, checkpoints, witnesses, policies, and `fsck`."""
