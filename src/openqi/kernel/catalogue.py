"""A folder is a catalogue: one module a kind, found by being there, ending with one constant named like its class."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Protocol, TypeVar

from openqi.kernel.errors import CatalogueError


class Named(Protocol):
    """Anything that a catalogue can hold."""

    @property
    def name(self) -> str: ...


K = TypeVar("K", bound=Named)


@cache
def load(folder: str, kind: type[K]) -> Mapping[str, K]:
    """Return {name: kind} of every module in the package `folder`, in order of module name.

    Args:
        folder: dotted name of a package, for example `openqi.evidence.algorithms`.
        kind: the class whose upper-case name each module must offer as a constant.

    Raises:
        CatalogueError: a module lacks the constant, or two kinds have one name.
    """
    constant = kind.__name__.upper()
    kinds: dict[str, K] = {}
    for found in iter_modules(import_module(folder).__path__):
        module = import_module(f"{folder}.{found.name}")
        offered = getattr(module, constant, None)
        if not isinstance(offered, kind):
            raise CatalogueError(f"{module.__name__} must define {constant} = {kind.__name__}(...)")
        if offered.name in kinds:
            raise CatalogueError(f"two kinds in {folder} are called {offered.name!r}; rename one")
        kinds[offered.name] = offered
    return MappingProxyType(kinds)
