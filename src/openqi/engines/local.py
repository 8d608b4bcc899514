"""Threads of this machine: parts of a run side by side, results in the order of the parts."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.monte_carlo.plan import Mapper

X = TypeVar("X")
R = TypeVar("R")


def mapped(threads: int) -> Mapper:
    """Return a mapper that works with so many threads, at least one.

    Raises:
        DomainError: fewer than one.
    """
    if threads < 1:
        raise DomainError(f"{threads} threads; there must be at least 1")

    def side_by_side(work: Callable[[X], R], parts: Iterable[X], /) -> Iterator[R]:
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(work, parts)

    return side_by_side
