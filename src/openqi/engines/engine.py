"""What an engine is, and what it maps over: a part is some files and the range of whole streams, or of row groups, in them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError

Stream = str | int
"""How a stream is called in the files: all by texts, or all by whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """All readings of some streams, so that nothing has to be exchanged between parts.

    Args:
        number: of the part, from 0.
        files: paths of Parquet files, the earlier readings first.
        low: the first stream; None where nothing is left out below. Of a list of objects, the first row group.
        high: the first stream that is left out; None where none is above. Of a list, the first row group that is.
    """

    number: int
    files: tuple[str, ...]
    low: Stream | None
    high: Stream | None


class PartMap(Protocol):
    """Runs a function over parts with so many workers, results in the order of the parts.

    The function can be sent to another process: it is importable, keeps nothing, and may be run twice.
    """

    def __call__(self, function: Callable[[Part], Any], parts: Sequence[Part], workers: int, /) -> Iterator[Any]: ...


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One kind of engine."""

    name: str
    map: PartMap


def engines() -> Mapping[str, Engine]:
    """Return the catalogue of engines by name; none loads what it runs on before it is asked to run."""
    return load("openqi.engines.kinds", Engine)


def engine_named(name: str) -> Engine:
    """Return an engine.

    Raises:
        DomainError: there is none of that name.
    """
    if name not in (known := engines()):
        raise DomainError(f"no engine is called {name!r}; there are {', '.join(known)}")
    return known[name]
