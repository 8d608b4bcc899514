"""Compiles a function where numba is installed (extra `fast`), and else leaves it as it is: the numbers are the same.

What is compiled are the bytes of the function that Python itself would run; no text is made or executed.
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function, compiled when it is first called; without numba the function itself.

    The functions of OpenQI that it calls by their names are compiled with it and need no mark. Never with fastmath, never in
    parallel, division errors as NumPy has them. Nothing is imported before the first call. The machine code is kept beside the
    source where that folder can be written, else in the user's folder of caches, under a name that changes with the code of
    everything that is called; where neither can be written, it is compiled anew in every process.
    """

    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        _loaded.add(function)
        try:
            return cast("Callable[P, R]", _machine(function))(*arguments, **named)
        except OSError:  # no kernel reads or writes files: kept machine code cannot be read, or no more be kept (a full disk)
            return cast("Callable[P, R]", _unkept(function))(*arguments, **named)

    return call


_loaded: set[Callable[..., Any]] = set()


def is_loaded(call: Callable[..., Any]) -> bool:
    """Return whether a compiled function was called before in this process, so that it pays for little work too."""
    return getattr(call, "__wrapped__", None) in _loaded


@cache
def is_fast() -> bool:
    """Return whether numba is there."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


@cache
def _machine(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is run: compiled, or as it is."""
    if not is_fast() or not isinstance(function, FunctionType):
        return function
    return _compiled(function, keep=True)


@cache
def _unkept(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `_machine`, compiled for this process alone."""
    return _compiled(function, keep=False) if is_fast() and isinstance(function, FunctionType) else function


@cache
def _called(function: FunctionType) -> Callable[..., Any]:
    """A function compiled to be called by compiled ones; once, however many call it."""
    return _compiled(function, keep=False)


def _compiled(function: FunctionType, *, keep: bool) -> Callable[..., Any]:
    """A copy of a function whose callees are compiled, compiled itself; functions that call each other in a circle are none."""
    from numba import njit

    scope = dict(function.__globals__)
    for name in function.__code__.co_names:
        if (callee := plain(scope.get(name))) is not None:
            scope[name] = _called(callee)
    copy = FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__module__ = function.__module__
    # numba finds kept machine code by this name, and asks only whether this one file has changed; so the name has the digest.
    copy.__qualname__ = f"{function.__qualname__}_{digest(function)[:16]}"
    options: dict[str, Any] = {"fastmath": False, "error_model": "numpy", "nogil": True}
    if keep:
        try:
            return cast("Callable[..., Any]", njit(cache=True, **options)(copy))
        except RuntimeError:  # no folder that can be written: compiled anew in every process
            pass
    return cast("Callable[..., Any]", njit(**options)(copy))


def plain(value: object) -> FunctionType | None:
    """Return the plain Python function of OpenQI behind a value, None where there is none."""
    value = getattr(value, "__wrapped__", value)
    return value if isinstance(value, FunctionType) and value.__module__.startswith("openqi.") else None


def digest(function: FunctionType) -> str:
    """Return a digest of the code of a function, of what it calls and of the numbers that it takes from its module."""
    found: dict[str, bytes] = {}
    pending = [function]
    while pending:
        one = pending.pop()
        key = f"{one.__module__}.{one.__qualname__}"
        if key in found:
            continue
        code = one.__code__
        scope = [one.__globals__.get(name) for name in code.co_names]
        constants = [value for value in (*code.co_consts, *scope) if isinstance(value, int | float | str | tuple)]
        found[key] = code.co_code + repr((constants, code.co_names)).encode()
        pending += [callee for value in scope if (callee := plain(value)) is not None]
    return sha256(repr(sorted(found.items())).encode()).hexdigest()


def each_of(function: Callable[..., float]) -> Callable[..., None]:
    """Return a compiled loop that applies a function of floats to every element of arrays; the last array takes the results.

    Args:
        function: of one or two floats, one of the `unchecked` functions for example.
    """
    pattern = _each if function.__code__.co_argcount == 1 else _each_pair
    loop = FunctionType(pattern.__code__, {**pattern.__globals__, "_function": function}, pattern.__name__)
    loop.__module__, loop.__qualname__ = pattern.__module__, f"{pattern.__qualname__}_{function.__qualname__}"
    return compiled(loop)


def _function(*numbers: float) -> float:
    """Stands for the function that `each_of` puts in its place."""
    raise AssertionError(numbers)


def _each(x: Any, results: Any) -> None:
    for place in range(x.shape[0]):
        results[place] = _function(x[place])


def _each_pair(x: Any, y: Any, results: Any) -> None:
    for place in range(x.shape[0]):
        results[place] = _function(x[place], y[place])
