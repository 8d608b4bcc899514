"""One seed out of public randomness that was named before anybody could know it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from openqi.kernel.errors import DomainError, RefusedError

LABEL = b"openqi draw seed 1\n"
SEED = 32
SMALLEST = 16
"""Fewer bytes of all values together are refused: the least of all guards, as numbers of a lottery have more bytes than chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedSource:
    """Randomness named in advance: whose, and which of its events; `drand quicknet` and round `657413` for example."""

    source: str
    event: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicValue:
    """What a named source has published: the bytes of its value."""

    source: str
    event: str
    value: bytes


def numbers_value(*groups: Iterable[int], ordered: bool = False) -> bytes:
    """Return drawn numbers of a lottery as bytes: decimal, a full stop behind each, a stroke behind each group.

    Args:
        groups: numbers >= 0, a group a drum or field.
        ordered: whether the order in which they were drawn is published and counts; else each group is sorted.

    Raises:
        DomainError: no numbers, or a negative one.

    Source: the text of [RFC3797] section 4.
    """
    found = [list(group) for group in groups]
    if not found or not all(found):
        raise DomainError("a draw of numbers has at least one group of at least one number")
    if any(number < 0 for group in found for number in group):
        raise DomainError("drawn numbers are not negative")
    return "".join("".join(f"{number}." for number in (group if ordered else sorted(group))) + "/" for group in found).encode()


def mixed_seed(commitment: bytes, named: Sequence[NamedSource], values: Sequence[PublicValue]) -> bytes:
    """Return the seed of 32 bytes: SHA-256 of a label, the commitment, and every value with its names in the order of naming.

    Every text and value stands behind its length in four bytes, so that no two lists are written alike. Who controls all sources
    but one controls nothing, as long as that one comes last or is not known before the others are fixed.

    Args:
        commitment: hash of what was frozen before, 32 bytes.
        named: sources as the commitment names them.
        values: one for each of them, in any order.

    Raises:
        DomainError: no source, one named twice, a commitment of another length.
        RefusedError: a value is missing, was not named, or all of them together are short enough to be tried out.
    """
    if len(commitment) != SEED:
        raise DomainError(f"a commitment has {SEED} bytes, not {len(commitment)}")
    keys = _keys(named)
    given = {(one.source, one.event): one.value for one in values}
    if len(given) != len(values):
        raise RefusedError("one-value-a-source", "a source of randomness has two values")
    if missing := [key for key in keys if key not in given]:
        raise RefusedError("all-randomness-present", f"no value of {missing[0][0]}, {missing[0][1]}: wait until it is published")
    if others := [key for key in given if key not in keys]:
        raise RefusedError("only-named-randomness", f"{others[0][0]}, {others[0][1]} was not named before the draw: leave it out")
    if any(not value for value in given.values()) or len(b"".join(given.values())) < SMALLEST:
        raise RefusedError("enough-randomness", f"the values have fewer than {SMALLEST} bytes together: mix in a beacon")
    parts = [LABEL, commitment, len(keys).to_bytes(4, "big")]
    parts += [measured(part) for key in keys for part in (key[0].encode(), key[1].encode(), given[key])]
    return sha256(b"".join(parts)).digest()


def source_bytes(named: Sequence[NamedSource]) -> bytes:
    """Return the named sources as canonical bytes for a commitment: source and event behind their lengths, in the order of naming.

    Raises:
        DomainError: no source, or one named twice.
    """
    return b"".join(measured(part.encode()) for key in _keys(named) for part in key)


def measured(part: bytes) -> bytes:
    """Return bytes behind their length in four bytes, so that no two lists of them are written alike."""
    return len(part).to_bytes(4, "big") + part


def _keys(named: Sequence[NamedSource]) -> list[tuple[str, str]]:
    keys = [(one.source, one.event) for one in named]
    if not keys or len(set(keys)) != len(keys):
        raise DomainError("name at least one source of randomness, and none twice")
    return keys
