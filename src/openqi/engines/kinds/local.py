"""Threads of this machine: so many parts are in work at once, and no other is begun; results in the order of the parts."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from openqi.engines.engine import Engine, Part


def _map(function: Callable[[Part], Any], parts: Sequence[Part], workers: int, /) -> Iterator[Any]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield from map(function, parts) if workers == 1 else pool.map(function, parts)
    finally:  # after a failure what was not begun is not begun
        pool.shutdown(cancel_futures=True)


ENGINE = Engine(name="local", map=_map)
