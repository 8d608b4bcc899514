"""A tape run on Taylor polynomials of degree three in two directions: higher derivatives without differences."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, sqrt
from types import MappingProxyType

from openqi.kernel.errors import DomainError
from openqi.science.numbers import elementary
from openqi.science.uncertainty.expression.names import step_text
from openqi.science.uncertainty.expression.scalar import PER_LN10, registers
from openqi.science.uncertainty.expression.tape import Operation, Tape

Jet = tuple[float, float, float, float, float, float, float, float, float, float]
# A jet holds Taylor coefficients in this order of (power of first, power of second direction) until it is handed out.
_POWERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))
_FACTORIALS = (1.0, 1.0, 1.0, 2.0, 1.0, 2.0, 6.0, 2.0, 2.0, 6.0)
_PAIRS = tuple(
    tuple((one, two) for one, p in enumerate(_POWERS) for two, q in enumerate(_POWERS) if (p[0] + q[0], p[1] + q[1]) == power)
    for power in _POWERS
)


def jet(tape: Tape, x: Sequence[float], first: Sequence[float], second: Sequence[float]) -> tuple[Jet, ...]:
    """Return for each output f, f1, f2, f11, f12, f22, f111, f112, f122, f222.

    Args:
        tape: of a model.
        x: value of each input.
        first: direction of the first derivative, one component an input; `second` likewise.

    Raises:
        DomainError: a step is not defined there, or not three times differentiable; names it.
    """
    if not len(x) == len(first) == len(second) == tape.inputs:
        raise DomainError(f"{len(x)} values and {len(first)}, {len(second)} directions for {tape.inputs} inputs: give one each")
    values = registers(tape, x)
    base = tape.inputs + len(tape.constants)
    rest = (0.0,) * 7
    jets: list[Jet] = [(value, one, two, *rest) for value, one, two in zip(x, first, second, strict=True)]
    jets += [(constant, 0.0, 0.0, *rest) for constant in tape.constants]
    for place, (operation, left, right) in enumerate(tape.code, base):
        if not tape.varying[place]:
            jets.append((values[place], 0.0, 0.0, *rest))
            continue
        try:
            found = _step(operation, jets, left, right, values[place])
        except (DomainError, ZeroDivisionError, OverflowError, ValueError) as error:
            raise _no_derivatives(tape, place) from error
        if not all(map(isfinite, found)):
            raise _no_derivatives(tape, place)
        jets.append(found)
    return tuple(_derivatives(jets[register]) for register in tape.outputs)


def _no_derivatives(tape: Tape, place: int) -> DomainError:
    return DomainError(f"model step {step_text(tape, place)} is not three times differentiable there; propagate by Monte Carlo")


def _derivatives(taylor: Jet) -> Jet:
    return tuple(c * f for c, f in zip(taylor, _FACTORIALS, strict=True))  # type: ignore[return-value]


def _step(operation: int, jets: Sequence[Jet], left: int, right: int, value: float) -> Jet:
    a = jets[left]
    if operation == Operation.ADD:
        return tuple(map(float.__add__, a, jets[right]))  # type: ignore[return-value]
    if operation == Operation.SUBTRACT:
        return tuple(map(float.__sub__, a, jets[right]))  # type: ignore[return-value]
    if operation == Operation.MULTIPLY:
        return _product(a, jets[right])
    if operation == Operation.NEGATE:
        return tuple(-c for c in a)  # type: ignore[return-value]
    if operation == Operation.DIVIDE:
        b = jets[right]
        found = _product(a, _composed(b, _power_series(b[0], -1.0)))
        return (value, *found[1:])
    if operation == Operation.POWER:
        return _general_power(a, jets[right], value)
    if operation == Operation.ATAN2:
        return _arc(a, jets[right], value)
    if operation == Operation.INTEGER_POWER:
        return (value, *_composed(a, _power_series(a[0], right))[1:])
    return (value, *_composed(a, SERIES[operation](a[0], value))[1:])


def _product(a: Jet, b: Jet) -> Jet:
    found = []
    for pairs in _PAIRS:
        total = 0.0
        for one, two in pairs:
            total += a[one] * b[two]
        found.append(total)
    return tuple(found)  # type: ignore[return-value]


Series = tuple[float, float, float, float]


def _composed(a: Jet, series: Series) -> Jet:
    """A function of a jet, from its Taylor coefficients (value, f', f''/2, f'''/6) at the jet's value."""
    step: Jet = (0.0, *a[1:])
    square = _product(step, step)
    cube = _product(square, step)
    value, one, two, three = series
    rest = [one * c + two * d + three * e for c, d, e in zip(step, square, cube, strict=True)]
    return (value, *rest[1:])  # type: ignore[return-value]


def _power_series(x: float, exponent: float) -> Series:
    """Coefficients of x to a constant exponent; a factor of 0 ends them, so that x^2 has them at 0."""
    found, factor = [], 1.0
    for order in range(4):
        if factor == 0.0:
            found.append(0.0)
            continue
        left = exponent - order
        is_whole = left == int(left) and abs(left) <= 128
        found.append(factor * (elementary.integer_power(x, int(left)) if is_whole else elementary.power(x, left)))
        factor *= left / (order + 1)
    return found[0], found[1], found[2], found[3]


def _general_power(a: Jet, b: Jet, value: float) -> Jet:
    if not any(b[1:]):
        return (value, *_composed(a, _power_series(a[0], b[0]))[1:])
    logarithm = _composed(a, _log(a[0], elementary.log(a[0])))
    product = _product(b, logarithm)
    return (value, *_composed(product, _exp(product[0], value))[1:])


def _arc(a: Jet, b: Jet, value: float) -> Jet:
    """The angle of (b, a), turned so that its tangent is small: the angle of the quotient about that of the point itself."""
    along = tuple(b[0] * c + a[0] * d for c, d in zip(b, a, strict=True))
    across = tuple(b[0] * d - a[0] * c for c, d in zip(b, a, strict=True))
    quotient = _product(across, _composed(along, _power_series(along[0], -1.0)))  # type: ignore[arg-type]
    return (value, *_composed((0.0, *quotient[1:]), (0.0, 1.0, 0.0, -1 / 3))[1:])


def _exp(_: float, value: float) -> Series:
    return value, value, value / 2.0, value / 6.0


def _log(x: float, value: float) -> Series:
    return value, 1.0 / x, -0.5 / (x * x), 1.0 / (3.0 * x * x * x)


def _log10(x: float, value: float) -> Series:
    _, one, two, three = _log(x, value)
    return value, one * PER_LN10, two * PER_LN10, three * PER_LN10


def _sin(x: float, value: float) -> Series:
    slope = elementary.cos(x)
    return value, slope, -value / 2.0, -slope / 6.0


def _cos(x: float, value: float) -> Series:
    slope = -elementary.sin(x)
    return value, slope, -value / 2.0, -slope / 6.0


def _tan(_: float, t: float) -> Series:
    slope = 1.0 + t * t
    return t, slope, t * slope, slope * (1.0 + 3.0 * t * t) / 3.0


def _asin(x: float, value: float) -> Series:
    square = (1.0 - x) * (1.0 + x)
    slope = 1.0 / sqrt(square)
    return value, slope, 0.5 * x * slope / square, slope * (1.0 + 2.0 * x * x) / (6.0 * square * square)


def _acos(x: float, value: float) -> Series:
    _, one, two, three = _asin(x, value)
    return value, -one, -two, -three


def _atan(x: float, value: float) -> Series:
    slope = 1.0 / (1.0 + x * x)
    return value, slope, -x * slope * slope, (3.0 * x * x - 1.0) * slope * slope * slope / 3.0


def _sinh(x: float, value: float) -> Series:
    slope = elementary.cosh(x)
    return value, slope, value / 2.0, slope / 6.0


def _cosh(x: float, value: float) -> Series:
    slope = elementary.sinh(x)
    return value, slope, value / 2.0, slope / 6.0


def _tanh(_: float, t: float) -> Series:
    slope = (1.0 - t) * (1.0 + t)
    return t, slope, -t * slope, slope * (3.0 * t * t - 1.0) / 3.0


def _sqrt(x: float, value: float) -> Series:
    return value, 0.5 / value, -0.125 / (value * x), 0.0625 / (value * x * x)


def _abs(x: float, value: float) -> Series:
    if x == 0.0:
        raise DomainError("the magnitude has no derivative at 0")
    return value, 1.0 if x > 0.0 else -1.0, 0.0, 0.0


SERIES: Mapping[int, Callable[[float, float], Series]] = MappingProxyType(
    {
        Operation.SQRT: _sqrt, Operation.ABS: _abs, Operation.EXP: _exp, Operation.LOG: _log, Operation.LOG10: _log10,
        Operation.SIN: _sin, Operation.COS: _cos, Operation.TAN: _tan, Operation.ASIN: _asin, Operation.ACOS: _acos,
        Operation.ATAN: _atan, Operation.SINH: _sinh, Operation.COSH: _cosh, Operation.TANH: _tanh,
    }
)  # fmt: skip
