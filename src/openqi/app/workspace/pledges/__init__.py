"""Pledges in a workspace: editions, signatures, what was handed in, proofs, ends, and the follow-up of model firms."""
