"""Standard normal numbers of a seed, block by block: the stream on which run lengths are simulated."""

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from openqi.science.numbers.compiled import is_fast
from openqi.science.uncertainty.monte_carlo.draws import drawn
from openqi.science.uncertainty.monte_carlo.words import pair_of_slots

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

BLOCK = 8192


def uniform_blocks(seed: str, domain: int = 0) -> "Iterator[Array]":
    """Yield uniform numbers in (0, 1), 2 x 8192 at a time in two rows, without end.

    Args:
        seed: text; the key is the first 8 bytes of its SHA-256.
        domain: of the counter: independent numbers of the same seed.

    Source: [PHILOX] section 3.3.
    """
    import numpy as np

    digest = sha256(seed.encode()).digest()
    key = (int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little"))
    start = 0
    while True:
        out = np.empty((2, BLOCK))
        pair_of_slots(start, 0, domain, key, out, fast=is_fast())
        yield out
        start += BLOCK


def normal_blocks(seed: str, domain: int = 0) -> "Iterator[Array]":
    """Yield standard normal numbers, 16384 at a time, without end; arguments as `uniform_blocks`."""
    import numpy as np

    standard = np.array([0.0, 1.0])
    for block in uniform_blocks(seed, domain):
        yield drawn("normal", standard, block.reshape(-1), fast=is_fast())
