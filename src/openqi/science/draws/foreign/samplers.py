"""Two samplers of R. L. Rivest, replayed: that of election audits, and the consistent one that our tickets are kin to."""

from collections.abc import Iterable
from hashlib import sha256

from openqi.kernel.errors import DomainError

LEAST_DIGITS = 64


def audit_draws(seed: str, total: int, count: int, *, first: int = 1) -> tuple[int, ...]:
    """Return `count` numbers from 1 to `total`, any perhaps twice: SHA-256 of seed, comma and counter, modulo the total, plus one.

    Args:
        seed: text, written in UTF-8.
        total: how many there are to choose from.
        count: how many are drawn.
        first: the first counter.

    Raises:
        DomainError: there is nothing to choose from.

    Source: [RIVEST2011].
    """
    if total < 1 or count < 0:
        raise DomainError(f"{count} of {total} cannot be drawn")
    return tuple(1 + int(_hexadecimal(f"{seed},{number}"), 16) % total for number in range(first, first + count))


def consistent_ticket(seed: object, name: object) -> str:
    """Return the ticket of a name as decimal digits behind "0.": those of SHA-256, the last one first.

    Args:
        seed: text or number, written as Python writes it.
        name: text or number, written as Python writes it.

    Source: [RIVEST2018].
    """
    return "0." + str(int(_hexadecimal(_hexadecimal(str(seed)) + str(name)), 16)).zfill(LEAST_DIGITS)[::-1]


def consistent_order(seed: object, names: Iterable[object]) -> tuple[object, ...]:
    """Return the names in the order of their tickets, as they are drawn without replacement.

    Source: [RIVEST2018].
    """
    return tuple(sorted(names, key=lambda name: consistent_ticket(seed, name)))


def _hexadecimal(text: str) -> str:
    return sha256(text.encode()).hexdigest()
