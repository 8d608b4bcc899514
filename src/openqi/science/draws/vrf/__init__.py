"""Verifiable random functions: secret until revealed, provable afterwards; for visits that nobody may expect.

Integers of Python, not in constant time: who can measure how long a proof takes may learn of the key.
Prove where only its holder is.
"""
