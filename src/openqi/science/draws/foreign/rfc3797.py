"""The draw of RFC 3797, replayed: MD5, the list in its order, everybody alike; committees of the IETF are drawn so."""

from collections.abc import Iterable, Sequence
from hashlib import md5

from openqi.kernel.errors import DomainError
from openqi.science.draws.seed import numbers_value

MOST = 65_536


def key_string(sources: Sequence[int | Iterable[int]]) -> str:
    """Return the text of the random sources: numbers of one sorted, a full stop behind each, a stroke behind each source.

    Args:
        sources: whole numbers >= 0, one or several a source, in the order that was announced.

    Source: [RFC3797] section 4.
    """
    return "".join(numbers_value([one] if isinstance(one, int) else one).decode() for one in sources)


def digest(key: str, number: int) -> str:
    """Return the MD5 of the key between two copies of a number of two bytes, as hexadecimal digits.

    Source: [RFC3797] section 5.
    """
    ends = number.to_bytes(2, "big")
    return md5(ends + key.encode("ascii") + ends, usedforsecurity=False).hexdigest().upper()


def drawn(key: str, pool: int, count: int) -> tuple[int, ...]:
    """Return the numbers drawn, from 1 to `pool`, in their order.

    Raises:
        DomainError: more are wanted than there are, or more than two bytes count.

    Source: [RFC3797] section 4.
    """
    if not 0 < count <= pool <= MOST:
        raise DomainError(f"{count} of {pool} cannot be drawn: at most all of a pool of up to {MOST}")
    left = list(range(1, pool + 1))
    return tuple(left.pop(int(digest(key, number), 16) % len(left)) for number in range(count))


def entropy_needed(pool: int, count: int) -> int:
    """Return how many bits of randomness it takes to make every choice of `count` out of `pool` possible.

    Source: [RFC3797] section 3.1.
    """
    from math import comb

    if not 0 < count <= pool:
        raise DomainError(f"{count} of {pool} cannot be drawn")
    return (comb(pool, count) - 1).bit_length()
