"""The Merkle tree of RFC 6962: leaf and node hashes, roots, and what inclusion and consistency proofs prove."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from openqi.kernel.errors import VerificationError

EMPTY_ROOT = sha256(b"").digest()
MAX_SIZE = 2**53 - 1
Subtree = Callable[[int, int], bytes]
"""Returns the hash over the leaves lo <= i < hi, where lo is a multiple of the smallest power of two that holds the range."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf ([RFC6962] section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node ([RFC6962] section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: the hashes of its complete subtrees, largest first. Appending needs nothing else."""

    size: int
    hashes: list[bytes]

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        hashes, size = self.hashes, self.size
        while size & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> "Frontier":
        """Return an independent copy."""
        return Frontier(self.size, list(self.hashes))


def empty_frontier() -> Frontier:
    """Return the frontier of the empty tree."""
    return Frontier(0, [])


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes; memory grows with the logarithm of their number."""
    frontier = empty_frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


def range_hash(lo: int, hi: int, node: Callable[[int, int], bytes]) -> bytes:
    """Return the hash over leaves lo to hi out of complete subtrees.

    Args:
        lo: first leaf, a multiple of the smallest power of two >= hi - lo.
        hi: one past the last leaf, > lo.
        node: hash of the complete subtree number `index` of 2**level leaves.
    """
    parts = []
    while lo < hi:
        level = (hi - lo).bit_length() - 1
        parts.append(node(level, lo >> level))
        lo += 1 << level
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise VerificationError unless `proof` leads from leaf hash `leaf` at `index` to `root` of a tree of `size` leaves.

    Source: [RFC9162] section 2.1.3.2.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise VerificationError("inclusion", f"leaf {index} is not in a tree of {size} leaves")
    if any(len(node) != 32 for node in (leaf, root, *proof)):
        raise VerificationError("inclusion", "hashes have 32 bytes")
    last, node = size - 1, leaf
    inner = (index ^ last).bit_length()
    if len(proof) != inner + (index >> inner).bit_count():
        raise VerificationError("inclusion", f"a proof of {len(proof)} hashes does not fit leaf {index} of {size}")
    for level, sibling in enumerate(proof):
        if level < inner and not index >> level & 1:
            node = sha256(b"\x01" + node + sibling).digest()
        else:
            node = sha256(b"\x01" + sibling + node).digest()
    if node != root:
        raise VerificationError("inclusion", f"the proof for leaf {index} does not lead to the root at size {size}")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise VerificationError unless the tree with `old_root` is the beginning of the tree with `new_root`.

    Source: [RFC9162] section 2.1.4.2.
    """
    if new == 0 and new_root != EMPTY_ROOT:
        raise VerificationError("consistency", "the empty tree has another root")
    verify_subtree_consistency(0, old, new, proof, old_root, new_root)


def _check_subtree(start: int, end: int) -> None:
    width = 1 << (end - start - 1).bit_length() if end > start else 0
    if not 0 <= start < end <= MAX_SIZE or start % width:
        raise VerificationError("consistency", f"leaves {start} to {end} are no subtree")


def verify_subtree_inclusion(leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise VerificationError unless the leaf lies at `index` in the subtree over leaves start <= i < end with hash `root`.

    Source: [MTC] section 4.3.
    """
    _check_subtree(start, end)
    verify_inclusion(leaf, index - start, end - start, proof, root)


def verify_subtree_consistency(start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes) -> None:
    """Raise VerificationError unless the subtree over leaves start <= i < end is part of the tree of `size` leaves.

    Source: [MTC] section 4.4; with start = 0 it is [RFC9162] section 2.1.4.2.
    """
    if start == end:  # nothing is part of everything
        if proof or subtree_root != EMPTY_ROOT or not 0 <= start <= size:
            raise VerificationError("consistency", "an empty subtree has the empty root and needs no proof")
        return
    _check_subtree(start, end)
    if end > size or size > MAX_SIZE:
        raise VerificationError("consistency", f"a tree of {size} leaves has no leaf {end - 1}")
    if any(len(node) != 32 for node in (subtree_root, root, *proof)):
        raise VerificationError("consistency", "hashes have 32 bytes")
    first, second, last = start, end - 1, size - 1
    edge = second == last  # then nothing to the right of the subtree mixes in on the way to the root
    while first != second and (edge or second & 1):
        first, second, last = first >> 1, second >> 1, last >> 1
    hashes = list(proof)
    if first == second:
        part = whole = subtree_root
    elif hashes:
        part = whole = hashes.pop(0)
    else:
        raise VerificationError("consistency", "the proof is empty")
    for sibling in hashes:
        if last == 0:
            raise VerificationError("consistency", "the proof is too long")
        if second & 1 or second == last:
            if first < second:
                part = node_hash(sibling, part)
            whole = node_hash(sibling, whole)
            while not second & 1 and second:
                first, second, last = first >> 1, second >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        first, second, last = first >> 1, second >> 1, last >> 1
    if last or part != subtree_root or whole != root:
        raise VerificationError("consistency", f"the proof from size {end} to size {size} does not lead to both roots")
