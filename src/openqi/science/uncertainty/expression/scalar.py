"""A tape run on floats, one value an input, and backwards for its derivatives.

The order of operations is that of the tape, whatever runs it; arrays give the same bits.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, sqrt
from types import MappingProxyType

from openqi.kernel.errors import DomainError
from openqi.science.numbers import elementary
from openqi.science.uncertainty.expression.names import SIGNS, names_of, step_text
from openqi.science.uncertainty.expression.tape import Operation, Tape


def _root(x: float) -> float:
    if x < 0.0:
        raise DomainError("only a number of at least 0 has a square root")
    return sqrt(x)


UNARY: Mapping[int, Callable[[float], float]] = MappingProxyType(
    {
        Operation.SQRT: _root,
        Operation.ABS: abs,
        Operation.EXP: elementary.exp,
        Operation.LOG: elementary.log,
        Operation.LOG10: elementary.log10,
        Operation.SIN: elementary.sin,
        Operation.COS: elementary.cos,
        Operation.TAN: elementary.tan,
        Operation.ASIN: elementary.asin,
        Operation.ACOS: elementary.acos,
        Operation.ATAN: elementary.atan,
        Operation.SINH: elementary.sinh,
        Operation.COSH: elementary.cosh,
        Operation.TANH: elementary.tanh,
    }
)
PER_LN10 = 0.4342944819032518  # d log10(x) = this dx / x
_WRONG = (DomainError, ZeroDivisionError, OverflowError, ValueError)


def registers(tape: Tape, x: Sequence[float]) -> list[float]:
    """Return the value of every register.

    Args:
        tape: of a model.
        x: value of each input, in the model's order, in its units (coherent SI where the model has units).

    Raises:
        DomainError: a step is not defined there (log of -1, 1/0) or gives no finite float; names it.
    """
    values = [*x, *tape.constants]
    if len(x) != tape.inputs:
        raise DomainError(f"{len(x)} values for {tape.inputs} inputs: give one each, in the order of the model's inputs")
    push = values.append
    try:
        for operation, left, right in tape.code:
            if operation == 2:
                push(values[left] * values[right])
            elif operation == 0:
                push(values[left] + values[right])
            elif operation == 1:
                push(values[left] - values[right])
            else:
                push(_other(operation, values, left, right))
    except _WRONG as error:
        raise refusal(tape, x) from error
    for register in tape.outputs:
        if not isfinite(values[register]):
            raise refusal(tape, x)
    return values


def _other(operation: int, values: Sequence[float], left: int, right: int) -> float:
    """The result of a step that is no sum, difference or product; an overflow before it does not pass unseen."""
    x = values[left]
    if operation == Operation.DIVIDE:
        y = values[right]
        if not isfinite(y):
            raise DomainError("overflow")
        return x / y
    if not isfinite(x):
        raise DomainError("overflow")
    if operation == Operation.NEGATE:
        return -x
    if operation == Operation.INTEGER_POWER:
        return elementary.integer_power(x, right)
    if operation == Operation.POWER:
        return elementary.power(x, values[right])
    if operation == Operation.ATAN2:
        return elementary.atan2(x, values[right])
    return UNARY[operation](x)


def gradients(tape: Tape, values: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """Return the derivative of each output by each input, [output][input], from the registers of one run.

    Raises:
        DomainError: a derivative is not defined there; names the step.
    """
    return tuple(gradient_of(tape, values, register) for register in tape.outputs)


def gradient_of(tape: Tape, values: Sequence[float], register: int) -> tuple[float, ...]:
    """Return the derivative of one register by each input; raises as `gradients`."""
    adjoint = [0.0] * len(values)
    adjoint[register] = 1.0
    for place, operation, left, right in tape.backwards:
        a = adjoint[place]
        if not a:
            continue
        if operation == 2:
            adjoint[left] += a * values[right]
            adjoint[right] += a * values[left]
        elif operation == 0:
            adjoint[left] += a
            adjoint[right] += a
        elif operation == 1:
            adjoint[left] += a
            adjoint[right] -= a
        elif tape.varying[place]:
            try:
                _back(tape, values, adjoint, place)
            except _WRONG as error:
                raise _no_derivative(tape, values, place) from error
    result = tuple(adjoint[: tape.inputs])
    if not all(map(isfinite, result)):
        raise _no_derivative(tape, values, register)
    return result


def _back(tape: Tape, values: Sequence[float], adjoint: list[float], place: int) -> None:
    """Hand the adjoint of a step down to its operands."""
    operation, left, right = tape.code[place - tape.inputs - len(tape.constants)]
    a, x, y = adjoint[place], values[left], values[place]
    if operation == Operation.DIVIDE:
        part = a / values[right]
        adjoint[left] += part
        adjoint[right] -= part * y
    elif operation == Operation.POWER:
        exponent = values[right]
        adjoint[left] += a * (exponent * elementary.power(x, exponent - 1.0))
        # An exponent without inputs needs no logarithm of the base, which may be negative or 0.
        if tape.varying[right]:
            adjoint[right] += a * (y * elementary.log(x))
    elif operation == Operation.ATAN2:
        w = values[right]
        square = x * x + w * w
        adjoint[left] += a * (w / square)
        adjoint[right] -= a * (x / square)
    else:
        adjoint[left] += a * derivative(operation, x, y, right)


def derivative(operation: int, x: float, y: float, exponent: int) -> float:
    """Return the derivative of a function of one argument at x, where its value is y; `exponent` is that of a whole power.

    Raises:
        DomainError, ZeroDivisionError: there is none.
    """
    if operation == Operation.INTEGER_POWER:
        return exponent * elementary.integer_power(x, exponent - 1) if exponent else 0.0
    return _DERIVATIVES[operation](x, y)


def _sign(x: float, _: float) -> float:
    if x == 0.0:
        raise DomainError("the magnitude has no derivative at 0")
    return 1.0 if x > 0.0 else -1.0


def _arc_slope(x: float, _: float) -> float:
    return 1.0 / sqrt((1.0 - x) * (1.0 + x))


_DERIVATIVES: Mapping[int, Callable[[float, float], float]] = MappingProxyType(
    {
        Operation.NEGATE: lambda _x, _y: -1.0,
        Operation.SQRT: lambda _x, y: 0.5 / y,
        Operation.ABS: _sign,
        Operation.EXP: lambda _x, y: y,
        Operation.LOG: lambda x, _y: 1.0 / x,
        Operation.LOG10: lambda x, _y: PER_LN10 / x,
        Operation.SIN: lambda x, _y: elementary.cos(x),
        Operation.COS: lambda x, _y: -elementary.sin(x),
        Operation.TAN: lambda _x, y: 1.0 + y * y,
        Operation.ASIN: _arc_slope,
        Operation.ACOS: lambda x, y: -_arc_slope(x, y),
        Operation.ATAN: lambda x, _y: 1.0 / (1.0 + x * x),
        Operation.SINH: lambda x, _y: elementary.cosh(x),
        Operation.COSH: lambda x, _y: elementary.sinh(x),
        Operation.TANH: lambda _x, y: (1.0 - y) * (1.0 + y),
    }
)


def refusal(tape: Tape, x: Sequence[float]) -> DomainError:
    """Return the error of a run that failed, after doing it again step by step to find where."""
    names = names_of(tape)
    for number, value in enumerate(x):
        if not isfinite(value):
            return DomainError(f"input {names.get(number, number)} is {value!r}; give a finite number")
    values = [*x, *tape.constants]
    for step, (operation, left, right) in enumerate(tape.code):
        try:
            value = _one(operation, values, left, right)
        except _WRONG as error:
            reason = "division by 0" if isinstance(error, ZeroDivisionError) else str(error)
        else:
            values.append(value)
            if isfinite(value):
                continue
            reason = "the result is beyond a float"
        of = f"{values[left]!r}" if operation not in (*SIGNS, Operation.ATAN2) else f"{values[left]!r} and {values[right]!r}"
        where = step_text(tape, tape.inputs + len(tape.constants) + step)
        return DomainError(f"model step {where} is not defined at {of}: {reason}")
    return DomainError("the model has no finite value there")


def _one(operation: int, values: Sequence[float], left: int, right: int) -> float:
    if operation == Operation.ADD:
        return values[left] + values[right]
    if operation == Operation.SUBTRACT:
        return values[left] - values[right]
    return values[left] * values[right] if operation == Operation.MULTIPLY else _other(operation, values, left, right)


def _no_derivative(tape: Tape, values: Sequence[float], place: int) -> DomainError:
    return DomainError(
        f"model step {step_text(tape, place)} has no finite derivative there (its value is {values[place]!r}); "
        "propagate by Monte Carlo, or write the model another way"
    )
