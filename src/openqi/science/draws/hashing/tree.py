"""The Merkle tree over a frozen list, with every node kept, so that any object of millions gets its proof at once.

The hashes are those of RFC 6962: the tree has the same root, and its proofs are checked by the same verifier, as a log of records.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing.many import digests

if TYPE_CHECKING:
    from numpy.typing import NDArray

EMPTY = sha256(b"").digest()
NODE = 65
AT_ONCE = 1 << 14
"""Pairs at once: few enough that they stay in the caches of a processor; a million took twice as long."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tree:
    """Hashes of every level, the leaves first; a row a node."""

    levels: tuple["NDArray[Any]", ...]

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """The hash of the whole."""
        return self.levels[-1][0].tobytes() if self.size else EMPTY

    def proof(self, place: int) -> tuple[bytes, ...]:
        """Return the hashes that lead from a leaf to the root, the lowest first.

        Raises:
            DomainError: there is no such leaf.

        Source: [RFC6962] section 2.1.1.
        """
        if not 0 <= place < self.size:
            raise DomainError(f"leaf {place} is not in a tree of {self.size} leaves")
        found = []
        for level in self.levels[:-1]:
            if (place ^ 1) < len(level):  # the last node of an odd level goes up as it is
                found.append(level[place ^ 1].tobytes())
            place >>= 1
        return tuple(found)


def tree_of(leaves: "NDArray[Any]") -> Tree:
    """Return the tree over leaf hashes.

    Args:
        leaves: a row of 32 bytes each.

    Source: [RFC6962] section 2.1.
    """
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return Tree(levels=tuple(levels))


def _above(level: "NDArray[Any]") -> "NDArray[Any]":
    """The level above: pairs hashed, a last one without a partner as it is."""
    import numpy as np

    pairs = len(level) // 2
    out = np.empty((pairs + len(level) % 2, 32), dtype=np.uint8)
    for begin in range(0, pairs, AT_ONCE):
        some = min(AT_ONCE, pairs - begin)
        text = np.zeros(some * NODE + 8, dtype=np.uint8)
        rows = text[: some * NODE].reshape(some, NODE)
        rows[:, 0] = 1
        rows[:, 1:] = level[2 * begin : 2 * (begin + some)].reshape(some, 64)
        out[begin : begin + some] = digests(text, np.arange(some + 1, dtype=np.int64) * NODE)
    if len(level) % 2:
        out[pairs] = level[-1]
    return out
