"""Elementary functions out of +, -, x, / and the square root, so that their last bit is the same on every machine.

All are within 2 units in the last place. They refuse what has no finite answer; kernels that run compiled use `exponential` and
`circular`, which say NaN instead and give the same bits elsewhere.
"""

from math import isfinite

from openqi.kernel.errors import DomainError
from openqi.science.numbers import circular, exponential


def _finite(result: float, what: str) -> float:
    """The result of a function, where it is a finite float; `what` says for which argument and what is allowed."""
    if not isfinite(result):
        raise DomainError(what)
    return result


def exp(x: float) -> float:
    """Return e to the power x.

    Raises:
        DomainError: the result is no finite float.

    Source: [CODY-WAITE] chapter 6.
    """
    return _finite(exponential.unchecked_exp(x), f"exp({x!r}): at most 709.78, beyond it no float holds the result")


def log(x: float) -> float:
    """Return the natural logarithm of x > 0.

    Raises:
        DomainError: x is not positive and finite.
    """
    return _finite(exponential.unchecked_log(x), f"ln({x!r}): only a positive number has a logarithm")


def log10(x: float) -> float:
    """Return the logarithm to base 10 of x > 0; of a power of ten it is whole.

    Raises:
        DomainError: x is not positive and finite.
    """
    return _finite(exponential.unchecked_log10(x), f"log10({x!r}): only a positive number has a logarithm")


def sin(x: float) -> float:
    """Return the sine of x in radian.

    Raises:
        DomainError: x lies beyond 2**20 times pi, where its reduction would lose digits.
    """
    return _finite(circular.unchecked_sin(x), f"sin({x!r}): an angle of at most 2^20 pi in magnitude; take off whole turns first")


def cos(x: float) -> float:
    """Return the cosine of x in radian; raises as `sin`."""
    return _finite(circular.unchecked_cos(x), f"cos({x!r}): an angle of at most 2^20 pi in magnitude; take off whole turns first")


def tan(x: float) -> float:
    """Return the tangent of x in radian; raises as `sin`."""
    return _finite(circular.unchecked_tan(x), f"tan({x!r}): an angle of at most 2^20 pi in magnitude; take off whole turns first")


def asin(x: float) -> float:
    """Return the arc sine of x in [-1, 1], in radian.

    Raises:
        DomainError: x lies outside.
    """
    return _finite(circular.unchecked_asin(x), f"asin({x!r}): between -1 and 1")


def acos(x: float) -> float:
    """Return the arc cosine of x in [-1, 1], in radian.

    Raises:
        DomainError: x lies outside.
    """
    return _finite(circular.unchecked_acos(x), f"acos({x!r}): between -1 and 1")


def atan(x: float) -> float:
    """Return the arc tangent of x, in radian, in [-pi/2, pi/2].

    Raises:
        DomainError: x is not finite; infinity stands for an overflow here.
    """
    return _finite(circular.unchecked_atan(_finite(x, f"atan({x!r}): a finite number")), f"atan({x!r})")


def atan2(y: float, x: float) -> float:
    """Return the angle of the point (x, y), in radian, in [-pi, pi].

    Raises:
        DomainError: the point is the origin, which has no angle, or not finite.
    """
    return _finite(circular.unchecked_atan2(y, x), f"atan2({y!r}, {x!r}): the origin has no angle; both are finite, one not 0")


def sinh(x: float) -> float:
    """Return the hyperbolic sine of x; raises as `exp`."""
    return _finite(exponential.unchecked_sinh(x), f"sinh({x!r}): at most 710.47 in magnitude")


def cosh(x: float) -> float:
    """Return the hyperbolic cosine of x; raises as `exp`."""
    return _finite(exponential.unchecked_cosh(x), f"cosh({x!r}): at most 710.47 in magnitude")


def tanh(x: float) -> float:
    """Return the hyperbolic tangent of x.

    Raises:
        DomainError: x is not finite; infinity stands for an overflow here.
    """
    return exponential.unchecked_tanh(_finite(x, f"tanh({x!r}): a finite number"))


def power(x: float, y: float) -> float:
    """Return x to the power y.

    Raises:
        DomainError: x is negative and y is not whole, x is 0 and y is negative, or the result is no finite float.
    """
    what = f"({x!r})^({y!r}): a base > 0, or a whole exponent (>= 0 where the base is 0), and a result that a float holds"
    return _finite(exponential.unchecked_power(x, y), what)


def integer_power(x: float, n: int) -> float:
    """Return x to the whole power n, -64 to 64; raises as `power`.

    Up to a magnitude of 8 it multiplies, so that squares are what `x * x` is; 0 to the power 0 is 1.
    """
    return _finite(exponential.unchecked_integer_power(x, n), f"({x!r})^{n}: no division by 0, and a result that a float holds")
