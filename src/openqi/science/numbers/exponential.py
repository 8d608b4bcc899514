"""Exponential, logarithm, power and the hyperbolic functions without checks: NaN where undefined, inf where too large.

These run alike as Python and compiled. Call them in kernels that look at their results afterwards; elsewhere use `elementary`.
"""

from math import floor, frexp, isnan, ldexp

from openqi.science.numbers.doubled import fast_two_sum, two_product, two_quotient, two_sum

_NAN = float("nan")
_INF = float("inf")
_LARGEST = 1.7976931348623157e308
_ROOT_HALF = 0.7071067811865476
_PER_LN2 = 1.4426950408889634
_LN2_HIGH = 0.6931471803691238  # 32 bits, so that its product with an exponent is exact
_LN2_LOW = 1.9082149292705877e-10
_PER_LN10 = 0.4342944819032518
_PER_LN10_LOW = 1.098319650216765e-17


def exp_parts(x: float, x_low: float) -> tuple[float, float, int]:
    """Return (h, l, k) with e**(x + x_low) = (h + l) * 2**k, h in about [0.7, 1.42]; |x| below 800."""
    k = floor(x * _PER_LN2 + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW - x_low
    r = high - low
    lost = (high - r) - low
    series = 1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))
    series = 1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * series))
    series = 0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * series)))))
    one, one_low = fast_two_sum(1.0, r)
    h, tail = fast_two_sum(one, one_low + (r * r * series + lost * (1.0 + r)))
    return h, tail, k


def scaled(x: float, k: int) -> float:
    """Return x * 2**k, rounded once; k between -2000 and 2000."""
    half = k // 2
    return x * ldexp(1.0, half) * ldexp(1.0, k - half)


def unchecked_exp(x: float) -> float:
    """Return e to the power x."""
    if not (-746.0 < x < 709.8):
        if x <= -746.0:
            return 0.0
        return _INF if x >= 709.8 else _NAN
    h, _, k = exp_parts(x, 0.0)
    return scaled(h, k)


def log_parts(x: float) -> tuple[float, float]:
    """Return the natural logarithm of a finite x > 0 as a float and the part that it lacks, about 2**-65 of it."""
    m, k = frexp(x)
    if m < _ROOT_HALF:
        m = m * 2.0
        k = k - 1
    f = m - 1.0
    d, d_low = fast_two_sum(2.0, f)
    s, s_low = two_quotient(f, 0.0, d, d_low)
    z, z_low = two_product(s, s)
    z_low = z_low + 2.0 * s * s_low
    series = 1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23 + z * (1 / 25))))
    series = 1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * series)))))
    third, third_low = two_quotient(z, z_low, 3.0, 0.0)
    u, u_low = two_sum(third, z * z * series)
    w, w_low = two_product(s, u)
    w_low = w_low + (s * (u_low + third_low) + s_low * u)
    t, t_low = two_sum(s, w)
    t_low = t_low + (s_low + w_low)
    h, h_low = two_sum(k * _LN2_HIGH, 2.0 * t)
    return fast_two_sum(h, h_low + (2.0 * t_low + k * _LN2_LOW))


def unchecked_log(x: float) -> float:
    """Return the natural logarithm of x."""
    if not (0.0 < x <= _LARGEST):
        return _NAN
    return log_parts(x)[0]


def unchecked_log10(x: float) -> float:
    """Return the logarithm of x to base 10."""
    if not (0.0 < x <= _LARGEST):
        return _NAN
    h, h_low = log_parts(x)
    if h == 0.0:
        return 0.0
    p, lost = two_product(h, _PER_LN10)
    return p + (lost + (h * _PER_LN10_LOW + h_low * _PER_LN10))


def unchecked_power(x: float, y: float) -> float:
    """Return x to the power y."""
    if not (abs(x) <= _LARGEST and abs(y) <= _LARGEST):
        return _NAN
    if y == 0.0:
        return 1.0
    if x == 0.0:
        return 0.0 if y > 0.0 else _NAN
    sign = 1.0
    if x < 0.0:
        if abs(y) < 9007199254740992.0:  # beyond 2**53 every float is even
            whole = floor(y)
            if whole != y:
                return _NAN
            if whole % 2 != 0:
                sign = -1.0
        x = -x
    h, h_low = log_parts(x)
    about = y * h
    if not (-746.0 < about < 709.8):
        return 0.0 * sign if about <= -746.0 else _INF * sign
    if abs(about) < 1e-25:
        return sign
    p, lost = two_product(y, h)
    r, _, k = exp_parts(p, lost + y * h_low)
    return sign * scaled(r, k)


def unchecked_integer_power(x: float, n: int) -> float:
    """Return x to the whole power n: by multiplication up to 8, which keeps small powers exact, else as `power`.

    For x = 0 and n < 0 the result is inf or NaN.
    """
    if n < -8 or n > 8:
        return unchecked_power(x, float(n))
    result = 1.0
    for _ in range(abs(n)):
        result = result * x
    if n >= 0:
        return result
    return 1.0 / result if result != 0.0 else _INF


def _small_sinh(x: float) -> float:
    """The part of sinh x beyond x, for |x| up to 1."""
    z = x * x
    series = 1 / 6227020800 + z * (1 / 1307674368000 + z * (1 / 355687428096000 + z * (1 / 121645100408832000)))
    return x * z * (1 / 6 + z * (1 / 120 + z * (1 / 5040 + z * (1 / 362880 + z * (1 / 39916800 + z * series)))))


def _small_cosh(x: float) -> float:
    """The part of cosh x beyond 1, for |x| up to 1."""
    z = x * x
    series = 1 / 479001600 + z * (1 / 87178291200 + z * (1 / 20922789888000 + z * (1 / 6402373705728000)))
    return z * (0.5 + z * (1 / 24 + z * (1 / 720 + z * (1 / 40320 + z * (1 / 3628800 + z * series)))))


def _large(x: float, sign: float) -> float:
    """(e**x + sign * e**-x) / 2 for x above 1/2."""
    h, tail, k = exp_parts(x, 0.0)
    if k > 40:
        return scaled(h, k - 1)
    a, a_low = scaled(h, k - 1), scaled(tail, k - 1)
    total, lost = two_sum(a, sign * (0.25 / a))
    return total + (lost + a_low)


def unchecked_sinh(x: float) -> float:
    """Return the hyperbolic sine of x."""
    if not (-711.0 < x < 711.0):
        if isnan(x):
            return _NAN
        return _INF if x > 0.0 else -_INF
    if abs(x) < 1.0:
        return x + _small_sinh(x)
    return _large(x, -1.0) if x > 0.0 else -_large(-x, -1.0)


def unchecked_cosh(x: float) -> float:
    """Return the hyperbolic cosine of x."""
    x = abs(x)
    if not x < 711.0:
        return _NAN if isnan(x) else _INF
    return 1.0 + _small_cosh(x) if x < 0.5 else _large(x, 1.0)


def unchecked_tanh(x: float) -> float:
    """Return the hyperbolic tangent of x."""
    if isnan(x):
        return _NAN
    if abs(x) < 0.6:
        top, top_low = fast_two_sum(x, _small_sinh(x))
        bottom, bottom_low = fast_two_sum(1.0, _small_cosh(x))
        return two_quotient(top, top_low, bottom, bottom_low)[0]
    if abs(x) > 22.0:
        return 1.0 if x > 0.0 else -1.0
    h, tail, k = exp_parts(2.0 * abs(x), 0.0)
    d, d_low = two_sum(scaled(h, k), 1.0)
    q, q_low = two_quotient(2.0, 0.0, d, d_low + scaled(tail, k))
    result = (1.0 - q) - q_low
    return result if x > 0.0 else -result
