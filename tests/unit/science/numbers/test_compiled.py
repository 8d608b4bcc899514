"""Compiled and plain give the same bits, and what was compiled is found again only while nothing that it calls has changed."""

from inspect import getmembers, isfunction
from math import inf, nan
from random import Random
from struct import pack
from types import FunctionType

import numpy as np
import pytest

from openqi.science.numbers import circular, compiled, exponential
from openqi.science.numbers.compiled import each_of, is_fast

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
