"""Tickets: each object gets one out of the seed, the purpose and its own name, whoever else is on the list."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.hashing.many import first_words
from openqi.science.draws.hashing.names import Names, names_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 256
WHOLE = 1 << BITS
"""Tickets are integers from 0 to this, less one."""


def prefix_of(seed: bytes, purpose: str) -> bytes:
    """Return the 64 bytes that stand before every name: the seed and SHA-256 of the purpose in UTF-8.

    They fill one block of SHA-256, so that a name of up to 55 bytes costs one block more.

    Raises:
        DomainError: a seed of another length than 32 bytes, or no purpose.
    """
    if len(seed) != BITS // 8:
        raise DomainError(f"a seed has {BITS // 8} bytes, not {len(seed)}")
    if not purpose:
        raise DomainError("a ticket is for a purpose: name it")
    return seed + sha256(purpose.encode()).digest()


def ticket(seed: bytes, purpose: str, name: str) -> int:
    """Return the ticket: SHA-256 of the seed, of SHA-256 of the purpose, and of the name, read as an integer."""
    return whole_ticket(prefix_of(seed, purpose), name.encode())


def whole_ticket(prefix: bytes, name: bytes) -> int:
    """Return the ticket of a name in UTF-8 behind the prefix of its purpose."""
    return int.from_bytes(sha256(prefix + name).digest(), "big")


def first_bits(names: Names, seed: bytes, purpose: str) -> "NDArray[Any]":
    """Return the first 64 bits of every ticket, as unsigned integers. They decide nothing where two of them are equal."""
    return first_words(names, prefix_of(seed, purpose))


def order_of(names: Sequence[str], seed: bytes, purpose: str) -> tuple[int, ...]:
    """Return the places of the names in the order of their tickets: who is visited first, where all are visited.

    Raises:
        DomainError: a name is empty or stands there twice.
    """
    if len(set(names)) != len(names):
        raise DomainError("a name stands there twice; each has one ticket")
    return tuple(ordered_places(names_of(names), prefix_of(seed, purpose)).tolist())


def ordered_places(names: Names, prefix: bytes) -> "NDArray[Any]":
    """Return the places of different names in the order of their whole tickets; equal first bits are told apart by the others."""
    return ordered_with_ties(names, prefix)[0]


def ordered_with_ties(names: Names, prefix: bytes) -> "tuple[NDArray[Any], list[tuple[int, int]]]":
    """Return the places in the order of their whole tickets, and the stretches of it within which the first bits are equal."""
    import numpy as np

    first = first_words(names, prefix)
    places = np.argsort(first)  # which of equal ones comes first is decided below
    drawn = first[places]
    ties = _runs(np.flatnonzero(drawn[1:] == drawn[:-1]).tolist())
    for begin, end in ties:
        places[begin:end] = sorted(places[begin:end].tolist(), key=lambda place: (whole_ticket(prefix, names[place]), place))
    return places, ties


def _runs(same: list[int]) -> list[tuple[int, int]]:
    """Stretches of neighbours that are equal, out of the places that equal the next one."""
    found: list[tuple[int, int]] = []
    for place in same:
        if found and found[-1][1] == place + 1:
            found[-1] = (found[-1][0], place + 2)
        else:
            found.append((place, place + 2))
    return found
