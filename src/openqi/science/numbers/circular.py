"""Sine, cosine, tangent and the arcs without checks: NaN where undefined.

These run alike as Python and compiled. Call them in kernels that look at their results afterwards; elsewhere use `elementary`.
"""

from math import floor, frexp, isnan, ldexp, sqrt

from openqi.science.numbers.doubled import fast_two_sum, two_product, two_quotient, two_sum

LARGEST_ANGLE = 3294198.999145321  # 2**20 times pi
_NAN = float("nan")
_LARGEST = 1.7976931348623157e308
_QUARTER = 0.7853981633974483
_PER_HALF_PI = 0.6366197723675814
# Half of pi in four parts; the first three have 30 bits, so that their products with 2**21 are exact.
_P1, _P2, _P3, _P4 = 1.570796325802803, 9.920935791635221e-10, 5.17018297889025e-19, 2.9038559739793605e-28
_HALF_PI, _HALF_PI_LOW = 1.5707963267948966, 6.123233995736766e-17
_PI, _PI_LOW = 3.141592653589793, 1.2246467991473532e-16
_ARCS = (  # arc tangents of k / 8, k = 0 to 8, with the parts that the floats lack
    0.0, 0.12435499454676144, 0.24497866312686414, 0.35877067027057225, 0.4636476090008061, 0.5585993153435624, 0.6435011087932844,
    0.7188299996216245, 0.7853981633974483,
)  # fmt: skip
_ARCS_LOW = (
    0.0, -3.1253241424539383e-18, 1.0698755618734451e-17, -2.4623815582638635e-17, 2.2698777452961687e-17, -5.4556305485916264e-18,
    1.5834785051444286e-17, -2.1478388444456983e-17, 3.061616997868383e-17,
)  # fmt: skip


def reduced(x: float) -> tuple[int, float, float]:
    """Return (q, r, r_low) with x = q * pi/2 + r + r_low, |r| at most about pi/4; |x| at most 2**20 * pi."""
    if abs(x) <= _QUARTER:
        return 0, x, 0.0
    q = floor(x * _PER_HALF_PI + 0.5)
    a, a_low = two_sum(x - q * _P1, -(q * _P2))
    b, b_low = two_sum(a, -(q * _P3))
    r, r_low = two_sum(b, (a_low + b_low) - q * _P4)
    return q, r, r_low


def sine_parts(r: float, r_low: float) -> tuple[float, float]:
    """Return the sine of r + r_low, |r| up to pi/4, as a float and the part that it lacks."""
    z = r * r
    series = 1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000 - z * (1 / 355687428096000))))
    series = 1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * series))
    return fast_two_sum(r, r_low * (1.0 - 0.5 * z) - r * z * series)


def cosine_parts(r: float, r_low: float) -> tuple[float, float]:
    """Return the cosine of r + r_low, |r| up to pi/4, as a float and the part that it lacks."""
    z, z_low = two_product(r, r)
    series = 1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000 - z * (1 / 6402373705728000))))
    series = 1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * series))
    one, lost = fast_two_sum(1.0, -0.5 * z)
    return fast_two_sum(one, lost - 0.5 * z_low + (z * z * series - r * r_low))


def unchecked_sin(x: float) -> float:
    """Return the sine of x."""
    if not abs(x) <= LARGEST_ANGLE:
        return _NAN
    q, r, r_low = reduced(x)
    q = q % 4
    if q == 0:
        return sine_parts(r, r_low)[0]
    if q == 1:
        return cosine_parts(r, r_low)[0]
    if q == 2:
        return -sine_parts(r, r_low)[0]
    return -cosine_parts(r, r_low)[0]


def unchecked_cos(x: float) -> float:
    """Return the cosine of x."""
    if not abs(x) <= LARGEST_ANGLE:
        return _NAN
    q, r, r_low = reduced(x)
    q = q % 4
    if q == 0:
        return cosine_parts(r, r_low)[0]
    if q == 1:
        return -sine_parts(r, r_low)[0]
    if q == 2:
        return -cosine_parts(r, r_low)[0]
    return sine_parts(r, r_low)[0]


def unchecked_tan(x: float) -> float:
    """Return the tangent of x."""
    if not abs(x) <= LARGEST_ANGLE:
        return _NAN
    q, r, r_low = reduced(x)
    s, s_low = sine_parts(r, r_low)
    c, c_low = cosine_parts(r, r_low)
    if q % 2 == 0:
        return two_quotient(s, s_low, c, c_low)[0]
    return two_quotient(-c, -c_low, s, s_low)[0]


def arc(y: float, y_low: float, x: float, x_low: float) -> tuple[float, float]:
    """Return the angle, at most pi/4, of the point (x, y), 0 <= y <= x, x about 1, as a float and the part that it lacks."""
    k = floor(8.0 * y / x + 0.5) if y / x >= 0.1875 else 0
    c = k * 0.125
    a, a_lost = two_product(c, x)
    b, b_lost = two_product(c, y)
    top, top_low = two_sum(y, -a)
    bottom, bottom_low = two_sum(x, b)
    top_low = top_low + (y_low - a_lost - c * x_low)
    bottom_low = bottom_low + (x_low + b_lost + c * y_low)
    t, t_low = two_quotient(top, top_low, bottom, bottom_low)
    z = t * t
    series = 1 / 15 - z * (1 / 17 - z * (1 / 19 - z * (1 / 21 - z * (1 / 23))))
    series = 1 / 3 - z * (1 / 5 - z * (1 / 7 - z * (1 / 9 - z * (1 / 11 - z * (1 / 13 - z * series)))))
    h, lost = two_sum(_ARCS[k], t)
    return two_sum(h, lost + (_ARCS_LOW[k] + (t_low - t * z * series)))


def _angle(y: float, y_low: float, x: float, x_low: float) -> float:
    """The angle in [-pi, pi] of a point whose larger coordinate is about 1, with the parts that the coordinates lack."""
    v, v_low, w, w_low = y, y_low, x, x_low
    if y < 0.0:
        v, v_low = -y, -y_low
    if x < 0.0:
        w, w_low = -x, -x_low
    if v <= w:
        h, low = arc(v, v_low, w, w_low)
    else:
        a, a_low = arc(w, w_low, v, v_low)
        h, lost = two_sum(_HALF_PI, -a)
        low = lost + (_HALF_PI_LOW - a_low)
    if x < 0.0:
        b, lost = two_sum(_PI, -h)
        h = b + (lost + (_PI_LOW - low))
    else:
        h = h + low
    return h if y >= 0.0 else -h


def unchecked_atan2(y: float, x: float) -> float:
    """Return the angle of the point (x, y), in [-pi, pi]; NaN at the origin."""
    if not (abs(x) <= _LARGEST and abs(y) <= _LARGEST) or (x == 0.0 and y == 0.0):
        return _NAN
    k = max(frexp(x)[1] if x != 0.0 else -2000, frexp(y)[1] if y != 0.0 else -2000)
    if x > 0.0 and abs(y) < x * 1e-9:
        return y / x  # the arc is shorter than its tangent by less than 2**-60 of it; so no part is lost to underflow
    half = (-k) // 2
    one, two = ldexp(1.0, half), ldexp(1.0, -k - half)
    angle = _angle(abs(y) * one * two, 0.0, x * one * two, 0.0)
    return angle if y >= 0.0 else -angle  # not the sign of the scaled y, which may have become 0


def unchecked_atan(x: float) -> float:
    """Return the arc tangent of x."""
    if isnan(x):
        return _NAN
    if abs(x) < 1e-9:
        return x
    if abs(x) > 1e300:
        return _HALF_PI if x > 0.0 else -_HALF_PI
    return unchecked_atan2(x, 1.0)


def _other_leg(x: float) -> tuple[float, float]:
    """The root of 1 - x**2 as a float and the part that it lacks, |x| below 1."""
    a, a_low = two_sum(1.0, -x)
    b, b_low = two_sum(1.0, x)
    p, lost = two_product(a, b)
    s = sqrt(p)
    square, square_lost = two_product(s, s)
    return fast_two_sum(s, (((p - square) - square_lost) + (lost + (a * b_low + a_low * b))) / (2.0 * s))


def unchecked_asin(x: float) -> float:
    """Return the arc sine of x."""
    if not abs(x) <= 1.0:
        return _NAN
    if abs(x) < 1e-9:
        return x
    if abs(x) == 1.0:
        return _HALF_PI if x > 0.0 else -_HALF_PI
    leg, leg_low = _other_leg(x)
    return _angle(x, 0.0, leg, leg_low)


def unchecked_acos(x: float) -> float:
    """Return the arc cosine of x."""
    if not abs(x) <= 1.0:
        return _NAN
    if abs(x) == 1.0:
        return 0.0 if x > 0.0 else _PI
    leg, leg_low = _other_leg(x)
    return _angle(leg, leg_low, x, 0.0)
