"""Making Merkle proofs: audit paths and consistency proofs out of whatever gives the hashes of subtrees."""

from collections.abc import Sequence

from openqi.evidence.log.merkle import MAX_SIZE, Subtree, node_hash, range_hash
from openqi.kernel.errors import DomainError


def subtree_of(leaf_hashes: Sequence[bytes]) -> Subtree:
    """Return the subtree function of leaf hashes that lie in memory; inner hashes are kept, so many proofs cost one tree."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return lambda lo, hi: range_hash(lo, hi, lambda level, index: levels[level][index])


def _split(lo: int, hi: int) -> int:
    """The largest power of two below hi - lo, counted from lo."""
    return lo + (1 << ((hi - lo - 1).bit_length() - 1))


def inclusion_proof(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` in the tree of the first `size` leaves, the leaf's sibling first.

    Raises:
        DomainError: the leaf is not in the tree.

    Source: [RFC6962] section 2.1.1.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise DomainError(f"leaf {index} is not in a tree of {size} leaves")
    lo, hi, path = 0, size, []
    while hi - lo > 1:
        middle = _split(lo, hi)
        if index < middle:
            path.append(subtree(middle, hi))
            hi = middle
        else:
            path.append(subtree(lo, middle))
            lo = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the proof that the tree of `old` leaves is the beginning of the tree of `new` leaves.

    Raises:
        DomainError: not 0 <= old <= new.

    Source: [RFC6962] section 2.1.2.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise DomainError(f"no consistency proof from size {old} to size {new}; the old size must not be larger")
    if old in (0, new):
        return ()
    lo, hi, known, path = 0, new, True, []
    while old != hi:
        middle = _split(lo, hi)
        if old <= middle:
            path.append(subtree(middle, hi))
            hi = middle
        else:
            path.append(subtree(lo, middle))
            lo, known = middle, False
    if not known:
        path.append(subtree(lo, hi))
    return tuple(reversed(path))
