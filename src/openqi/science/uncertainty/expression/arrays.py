"""A tape run on arrays, an element an item or a trial, and backwards: bit for bit what the run on floats gives each of them.

NumPy adds, subtracts, multiplies, divides and takes roots, which IEEE 754 rounds alike everywhere; the other functions are our own,
compiled where that pays. Nothing is raised here: an element without an answer becomes inf or NaN, and `unfinished` finds it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from openqi.science.numbers import circular, exponential
from openqi.science.numbers.compiled import each_of, is_fast
from openqi.science.numbers.sums import plain_sum
from openqi.science.uncertainty.expression.scalar import PER_LN10
from openqi.science.uncertainty.expression.tape import Operation, Tape

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

FUNCTIONS: Mapping[int, Callable[..., float]] = MappingProxyType(
    {
        Operation.POWER: exponential.unchecked_power,
        Operation.EXP: exponential.unchecked_exp,
        Operation.LOG: exponential.unchecked_log,
        Operation.LOG10: exponential.unchecked_log10,
        Operation.SIN: circular.unchecked_sin,
        Operation.COS: circular.unchecked_cos,
        Operation.TAN: circular.unchecked_tan,
        Operation.ASIN: circular.unchecked_asin,
        Operation.ACOS: circular.unchecked_acos,
        Operation.ATAN: circular.unchecked_atan,
        Operation.ATAN2: circular.unchecked_atan2,
        Operation.SINH: exponential.unchecked_sinh,
        Operation.COSH: exponential.unchecked_cosh,
        Operation.TANH: exponential.unchecked_tanh,
    }
)
PAYS_FROM = 100_000
"""So many evaluations of elementary functions, and compiling them takes less time than they do."""
_CELLS = 1 << 22
_BLOCK = 4096


def block_size(tape: Tape) -> int:
    """Return how many elements to run at once, so that the registers stay within a few megabytes."""
    return max(64, min(_BLOCK, _CELLS // (tape.inputs + len(tape.constants) + len(tape.code))))


def is_worth_compiling(tape: Tape, elements: int) -> bool:
    """Return whether the elementary functions of a run should be compiled."""
    return is_fast() and elements * plain_sum(operation in FUNCTIONS for operation, _, _ in tape.code) >= PAYS_FROM


@cache
def _loop(operation: int) -> Callable[..., None]:
    return each_of(FUNCTIONS[operation])


def _applied(operation: int, *operands: Any, fast: bool) -> "Array":
    """An elementary function of every element."""
    import numpy as np

    x = operands[0]
    others = [operand if isinstance(operand, np.ndarray) else np.full_like(x, operand) for operand in operands[1:]]
    if fast:
        results: Array = np.empty_like(x)
        _loop(operation)(x, *others, results)
        return results
    function = FUNCTIONS[operation]
    return np.array([function(*row) for row in zip(x.tolist(), *(other.tolist() for other in others), strict=True)])


@lru_cache(maxsize=64)
def _repeated(constant: float, length: int) -> "Array":
    """A constant for every element; blocks of one length share it, and nobody writes into registers."""
    import numpy as np

    return np.full(length, constant)


def array_registers(tape: Tape, x: "Sequence[Array]", *, fast: bool) -> "list[Array]":
    """Return the value of every register for every element; under `numpy.errstate(all="ignore")`.

    Args:
        tape: of a model.
        x: an array an input, all of one length, coherent.
        fast: whether elementary functions are compiled; the bits are the same.
    """
    import numpy as np

    values = [*x, *(_repeated(constant, x[0].shape[0]) for constant in tape.constants)]
    for operation, left, right in tape.code:
        if operation == Operation.ADD:
            values.append(values[left] + values[right])
        elif operation == Operation.SUBTRACT:
            values.append(values[left] - values[right])
        elif operation == Operation.MULTIPLY:
            values.append(values[left] * values[right])
        elif operation == Operation.DIVIDE:
            values.append(values[left] / values[right])
        elif operation == Operation.NEGATE:
            values.append(-values[left])
        elif operation == Operation.INTEGER_POWER:
            values.append(_integer_power(values[left], right, fast=fast))
        elif operation == Operation.SQRT:
            values.append(np.sqrt(values[left]))
        elif operation == Operation.ABS:
            values.append(np.abs(values[left]))
        elif operation in (Operation.POWER, Operation.ATAN2):
            values.append(_applied(operation, values[left], values[right], fast=fast))
        else:
            values.append(_applied(operation, values[left], fast=fast))
    return values


def _integer_power(x: "Array", n: int, *, fast: bool) -> "Array":
    """The same multiplications as for a float, in the same order."""
    import numpy as np

    if n < -8 or n > 8:
        return _applied(Operation.POWER, x, float(n), fast=fast)
    if n == 0:
        return np.ones_like(x)
    result = x
    for _ in range(abs(n) - 1):
        result = result * x
    return result if n > 0 else 1.0 / result


def unfinished(tape: Tape, values: "Sequence[Array]") -> "NDArray[Any]":
    """Return for each element whether a step has no finite value that matters.

    Sums, differences and products hand infinity on; so it is enough to look at what other operations take, and at the outputs.
    """
    import numpy as np

    base = tape.inputs + len(tape.constants)
    looked: set[int] = set(tape.outputs)
    for place, (operation, left, right) in enumerate(tape.code, base):
        if operation > Operation.MULTIPLY:
            looked |= {left, place}
            if operation in (Operation.DIVIDE, Operation.POWER, Operation.ATAN2):
                looked.add(right)
    found = np.zeros(values[0].shape, dtype=bool)
    for register in looked:
        if register >= base and not np.isfinite(values[register]).all():
            found |= ~np.isfinite(values[register])
    return found


def array_gradient(tape: Tape, values: "Sequence[Array]", register: int, *, fast: bool) -> "list[Array | None]":
    """Return the derivative of one register by each input for every element; None where the input has no part in it."""
    base = tape.inputs + len(tape.constants)
    adjoint: list[Array | None] = [None] * len(values)
    adjoint[register] = values[register] * 0.0 + 1.0

    for place in range(register, base - 1, -1):
        a = adjoint[place]
        if a is None or not tape.varying[place]:
            continue
        adjoint[place] = None
        # A float's derivative begins from 0, so that it is 0 where this is -0; no square and no sum but of zeros tells them apart.
        for operand, part in _handed_down(tape, values, place, a, fast=fast):
            before = adjoint[operand]
            adjoint[operand] = part if before is None else before + part
    return adjoint[: tape.inputs]


def _handed_down(tape: Tape, values: "Sequence[Array]", place: int, a: "Array", *, fast: bool) -> "Iterator[tuple[int, Array]]":
    """What a step adds to the derivatives by its operands, the left one first."""
    operation, left, right = tape.code[place - tape.inputs - len(tape.constants)]
    x, y = values[left], values[place]
    if operation in (Operation.ADD, Operation.SUBTRACT):
        yield left, a
        yield right, a if operation == Operation.ADD else -a
    elif operation == Operation.MULTIPLY:
        if tape.varying[left]:
            yield left, a * values[right]
        if tape.varying[right]:
            yield right, a * x
    elif operation == Operation.DIVIDE:
        part = a / values[right]
        yield left, part
        if tape.varying[right]:
            yield right, -(part * y)
    elif operation == Operation.POWER:
        exponent = values[right]
        yield left, a * (exponent * _applied(Operation.POWER, x, exponent - 1.0, fast=fast))
        if tape.varying[right]:
            yield right, a * (y * _applied(Operation.LOG, x, fast=fast))
    elif operation == Operation.ATAN2:
        w = values[right]
        square = x * x + w * w
        yield left, a * (w / square)
        yield right, -(a * (x / square))
    else:
        yield left, a * _slope(operation, x, y, right, fast=fast)


def _slope(operation: int, x: "Array", y: "Array", exponent: int, *, fast: bool) -> "Array":
    """What `scalar.derivative` gives, for every element."""
    import numpy as np

    if operation == Operation.NEGATE:
        return np.full_like(x, -1.0)
    if operation == Operation.INTEGER_POWER:
        return exponent * _integer_power(x, exponent - 1, fast=fast) if exponent else np.zeros_like(x)
    if operation == Operation.SQRT:
        return 0.5 / y
    if operation == Operation.ABS:
        return x / np.abs(x)
    if operation == Operation.EXP:
        return y
    if operation == Operation.LOG:
        return 1.0 / x
    if operation == Operation.LOG10:
        return PER_LN10 / x
    if operation == Operation.TAN:
        return 1.0 + y * y
    if operation in (Operation.ASIN, Operation.ACOS):
        slope = 1.0 / np.sqrt((1.0 - x) * (1.0 + x))
        return slope if operation == Operation.ASIN else -slope
    if operation == Operation.ATAN:
        return 1.0 / (1.0 + x * x)
    if operation == Operation.TANH:
        return (1.0 - y) * (1.0 + y)
    other, sign = _PARTNERS[operation]
    return sign * _applied(other, x, fast=fast)


_PARTNERS: Mapping[int, tuple[int, float]] = MappingProxyType(
    {
        Operation.SIN: (Operation.COS, 1.0),
        Operation.COS: (Operation.SIN, -1.0),
        Operation.SINH: (Operation.COSH, 1.0),
        Operation.COSH: (Operation.SINH, 1.0),
    }
)
