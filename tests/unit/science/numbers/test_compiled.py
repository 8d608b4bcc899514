"""Compiled and plain give the same bits, and what was compiled is found again only while nothing that it calls has changed."""

from inspect import getmembers, isfunction
from math import inf, nan
from random import Random
from struct import pack
from types import FunctionType

import numpy as np
import pytest

from openqi.science.numbers import circular, compiled, exponential
from openqi.science.numbers.compiled import each_of, is_fast, is_loaded

FUNCTIONS = {
    name: function
    for module in (exponential, circular)
    for name, function in getmembers(module, isfunction)
    if name.startswith("unchecked_")
}
SPECIAL = (0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 5e-324, 1.7976931348623157e308, 2.0**53, 0.5, 3294198.999145321)


def anything(chance: Random) -> float:
    return chance.choice(
        (
            chance.uniform(-3, 3),
            chance.choice((-1, 1)) * 10 ** chance.uniform(-320, 308),
            chance.uniform(-750, 750),
            chance.choice(SPECIAL),
        )
    )


def bits(number: float) -> bytes:
    # One NaN is as good as another: no result shows which.
    return b"NaN" if number != number else pack("<d", number)


def test_all_functions_are_here():
    assert len(FUNCTIONS) == 15


@pytest.mark.skipif(not is_fast(), reason="numba is not installed; without it there is nothing to compare")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_the_same_bits_compiled_as_plain(name):
    chance, function = Random(name), FUNCTIONS[name]
    operands = [[anything(chance) for _ in range(3_000)] for _ in range(function.__code__.co_argcount)]
    if name == "unchecked_integer_power":
        operands[1] = [chance.randint(-64, 64) for _ in operands[1]]
    found = np.empty(3_000)
    each_of(function)(*map(np.array, operands), found)
    plain = [function(*point) for point in zip(*operands, strict=True)]
    assert [
        point for point, one, two in zip(zip(*operands, strict=True), plain, found, strict=True) if bits(one) != bits(two)
    ] == []


def test_without_numba_the_function_itself_is_run(monkeypatch):
    monkeypatch.setattr(compiled, "is_fast", lambda: False)
    monkeypatch.setattr(compiled, "_machine", compiled._machine.__wrapped__)
    found = np.empty(2)
    each_of(exponential.unchecked_exp)(np.array([0.0, 1.0]), found)
    assert found.tolist() == [1.0, exponential.unchecked_exp(1.0)]


def changed(function: FunctionType, **scope: object) -> FunctionType:
    return FunctionType(function.__code__, {**function.__globals__, **scope}, function.__name__)


def test_the_digest_moves_with_what_is_called_and_with_constants_of_the_module():
    function = exponential.unchecked_log
    same = compiled.digest(changed(function))
    assert same == compiled.digest(function)
    assert same != compiled.digest(changed(function, _LARGEST=1.0))
    assert same != compiled.digest(changed(function, log_parts=exponential.exp_parts))
    deep = changed(exponential.log_parts, two_sum=exponential.fast_two_sum)
    deep.__module__ = exponential.log_parts.__module__
    assert same != compiled.digest(changed(function, log_parts=deep))


def _twice(x, out):
    for place in range(len(x)):
        out[place] = 2.0 * x[place]


@pytest.mark.skipif(not is_fast(), reason="numba is not installed; without it nothing is kept")
@pytest.mark.parametrize(
    ("method", "error"), [("save_overload", OSError(28, "full")), ("load_overload", PermissionError(13, "no"))]
)
def test_machine_code_that_cannot_be_kept_or_read_is_made_anew(monkeypatch, method, error):
    from numba.core.caching import FunctionCache

    def refused(*_):
        raise error

    monkeypatch.setattr(FunctionCache, method, refused)
    function = FunctionType(_twice.__code__, {**_twice.__globals__}, f"_twice_{method}")
    function.__module__ = _twice.__module__
    found = np.empty(3)
    for _ in range(2):
        compiled.compiled(function)(np.array([1.0, 2.0, 3.5]), found)
        assert found.tolist() == [2.0, 4.0, 7.0]
        found[:] = 0.0


def test_what_was_called_once_is_known_to_be_loaded_and_nothing_else_is():
    def own(x):
        return x + 1.0

    def other(x):
        return x + 1.0

    first, second = compiled.compiled(own), compiled.compiled(other)
    assert not is_loaded(first)
    assert first(1.0) == 2.0
    assert is_loaded(first)
    assert not is_loaded(second)
    assert not is_loaded(own), "a plain function is none"
