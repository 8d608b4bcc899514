"""Random numbers of whole blocks of trials: the generator of `numbers.philox` on unsigned 64-bit words."""

from collections.abc import Callable
from functools import cache, lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.philox import FIRST_MULTIPLIER, FIRST_WEYL, HALF, SECOND_MULTIPLIER, SECOND_WEYL, WORD, philox4x32

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

STEP = 2.0**-52
FEWER = 12
MORE = 20


def _block(start: Any, steps: Any, pair: Any, domain: Any, key_left: Any, key_right: Any, even: Any, odd: Any) -> None:
    """Write two uniform numbers of 52 bits for each trial.

    The rounds stand here once more, because only a loop without calls becomes vector instructions.
    """
    for i in range(len(steps)):
        trial = start + steps[i]
        # The masks say that words have 32 bits: then every product is one vector instruction.
        a, b, c, d = trial & WORD, trial >> HALF, pair & WORD, domain & WORD
        left, right = key_left & WORD, key_right & WORD
        for _ in range(10):
            first, second = FIRST_MULTIPLIER * a, SECOND_MULTIPLIER * c
            a, b, c, d = (second >> HALF) ^ b ^ left, second & WORD, (first >> HALF) ^ d ^ right, first & WORD
            left, right = (left + FIRST_WEYL) & WORD, (right + SECOND_WEYL) & WORD
        even[i] = ((a << MORE | b >> FEWER) + 0.5) * STEP
        odd[i] = ((c << MORE | d >> FEWER) + 0.5) * STEP


def _unsigned(function: Callable[..., Any]) -> FunctionType:
    """The same code with its constants as unsigned words: a signed one would turn every result into a float."""
    import numpy as np

    code = cast("FunctionType", function)
    scope = {name: np.uint64(value) if type(value) is int else value for name, value in code.__globals__.items()}
    return FunctionType(code.__code__, scope, code.__name__)


@cache
def _compiled_block() -> Callable[..., Any]:
    block = _unsigned(_block)
    block.__module__ = __name__
    return compiled(block)


@lru_cache(maxsize=4)
def _steps(size: int) -> "NDArray[Any]":
    import numpy as np

    return np.arange(size, dtype=np.uint64)


@cache
def _on_arrays() -> Callable[..., Any]:
    return _unsigned(philox4x32)


def pair_of_slots(start: int, pair: int, domain: int, key: tuple[int, int], out: "NDArray[float64]", *, fast: bool) -> None:
    """Write the uniform numbers of two slots, 2 pair and 2 pair + 1, of trials from `start`: a row a slot.

    Source: [PHILOX] section 3.3.
    """
    import numpy as np

    first, steps = np.uint64(start), _steps(out.shape[1])
    place = [np.uint64(word) for word in (pair, domain, *key)]
    if fast:
        _compiled_block()(first, steps, *place, out[0], out[1])
    else:
        trial = first + steps
        more, fewer, word, half = map(np.uint64, (MORE, FEWER, WORD, HALF))
        a, b, c, d = _on_arrays()((trial & word, trial >> half, place[0], place[1]), (place[2], place[3]))
        out[0], out[1] = ((a << more | b >> fewer) + 0.5) * STEP, ((c << more | d >> fewer) + 0.5) * STEP
