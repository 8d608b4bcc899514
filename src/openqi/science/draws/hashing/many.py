"""Digests of many texts: by a compiled kernel where there are many and numba is there, else by hashlib; the same bits."""

from hashlib import sha256
from itertools import pairwise
from sys import byteorder
from typing import TYPE_CHECKING, Any

from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.hashing.names import Names
from openqi.science.draws.hashing.plain import state_after
from openqi.science.draws.hashing.rounds import CONSTANTS, INITIAL, first_of_many, hash_many
from openqi.science.numbers.compiled import is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray


def first_words(names: Names, prefix: bytes) -> "NDArray[Any]":
    """Return the first 64 bits of SHA-256(prefix || name) of every name, as unsigned integers.

    Args:
        prefix: 0 or 64 bytes.

    Source: [FIPS180-4] 6.2.
    """
    import numpy as np

    out = np.empty(len(names), dtype=np.uint64)
    if len(names) >= FEW and is_fast():
        k = np.array(CONSTANTS, dtype=np.uint32)
        before = np.array(state_after(prefix) if prefix else INITIAL, dtype=np.uint32)
        first_of_many()(names.text, names.offsets, before, len(prefix), k, out)
    else:
        found = b"".join(sha256(prefix + name).digest()[:8] for name in names)
        out[:] = np.frombuffer(found, dtype=">u8")
    return out


def digests(text: "NDArray[Any]", offsets: "NDArray[Any]") -> "NDArray[Any]":
    """Return SHA-256 of every text, a row of 32 bytes each.

    Args:
        text: unsigned bytes, with eight spare ones behind the last text.
        offsets: 64-bit integers: where each text begins, and where the last ends.

    Source: [FIPS180-4] 6.2.
    """
    import numpy as np

    if len(offsets) - 1 < FEW or not is_fast():
        whole = text.tobytes()
        found = b"".join(sha256(whole[begin:end]).digest() for begin, end in pairwise(offsets.tolist()))
        return np.frombuffer(found, dtype=np.uint8).reshape(-1, 32)
    words = np.empty((len(offsets) - 1, 8), dtype=np.uint32)
    constants, before = np.array(CONSTANTS, dtype=np.uint32), np.array(INITIAL, dtype=np.uint32)
    hash_many()(text, offsets, before, 0, constants, words)
    return (words.byteswap(inplace=True) if byteorder == "little" else words).view(np.uint8)
