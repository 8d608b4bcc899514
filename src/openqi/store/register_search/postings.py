"""Which documents of a block have a term, as bytes: few as a list of places, many as a bitmap; in memory as a whole number."""

from array import array
from collections.abc import Iterable, Iterator
from sys import byteorder
from typing import Final

BLOCK: Final = 65_536
"""Documents of a block; the places in it are the numbers from 0 on."""
_FEW: Final = 1_024
_BYTES: Final = BLOCK // 8


def bits_of(places: Iterable[int]) -> int:
    """Return a bitmap with the bits of these places of a block."""
    found = bytearray(_BYTES)
    for place in places:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def encoded(bits: int) -> bytes:
    """Return a bitmap as bytes: at most 2 for each bit, and never more than a bit for each document."""
    if bits.bit_count() > _FEW:
        return bits.to_bytes(_BYTES, "little")
    return listed(sorted(places_of(bits)))


def listed(places: Iterable[int]) -> bytes:
    """Return at most 1,024 places as bytes."""
    found = array("H", places)
    if byteorder == "big":
        found.byteswap()
    return found.tobytes()


def decoded(data: bytes) -> int:
    """Return the bitmap that bytes stand for."""
    if len(data) == _BYTES:
        return int.from_bytes(data, "little")
    if len(data) == 2:  # by far the most
        return 1 << (data[0] | data[1] << 8)
    return bits_of(_listed(data))


def union(parts: Iterable[bytes]) -> int:
    """Return the bitmap of what any of them has."""
    few, found = bytearray(), 0
    for one in parts:
        if len(one) == _BYTES:
            found |= int.from_bytes(one, "little")
        else:
            few += one
    return found | bits_of(_listed(bytes(few)))


def _listed(data: bytes) -> "array[int]":
    found = array("H", data)
    if byteorder == "big":
        found.byteswap()
    return found


def places_of(bits: int) -> Iterator[int]:
    """Yield the places of a bitmap, the highest first."""
    while bits:
        place = bits.bit_length() - 1
        yield place
        bits ^= 1 << place
