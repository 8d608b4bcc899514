"""A draw that anyone can repeat: each item gets a ticket from the seed and its own name; the smallest tickets are drawn."""

from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest

from openqi.kernel.errors import DomainError


def ticket(seed: str, item: str) -> bytes:
    """Return the ticket of an item: the SHA-256 of the seed, a newline and the item, in UTF-8.

    A newline stands in no URI, so no two pairs of seed and item are written alike.
    """
    return sha256(f"{seed}\n{item}".encode()).digest()


def drawn(items: Iterable[str], size: int, seed: str) -> tuple[str, ...]:
    """Return `size` different items, in the order of their tickets; adding or leaving out one item moves no other.

    Raises:
        DomainError: fewer items than are to be drawn, an item twice, or a seed of more than one line.

    Source: decision 0014.
    """
    pool = list(items)
    if "\n" in seed or not seed:
        raise DomainError("a seed is one line of text")
    if len(set(pool)) != len(pool):
        raise DomainError("an item stands in the pool twice; each has one ticket")
    if not 0 < size <= len(pool):
        raise DomainError(f"{size} of {len(pool)} items cannot be drawn")
    return tuple(nsmallest(size, pool, key=lambda item: ticket(seed, item)))
