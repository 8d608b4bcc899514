"""Sums, products and quotients with the part that rounding loses: twice the digits of a float, in IEEE arithmetic alone."""

_SPLIT = 134217729.0  # 2**27 + 1, cuts 53 bits into two halves (Dekker)


def two_sum(a: float, b: float) -> tuple[float, float]:
    """Return the rounded sum of a and b, and exactly what rounding lost.

    Source: [KNUTH2] 4.2.2, theorem B.
    """
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def fast_two_sum(a: float, b: float) -> tuple[float, float]:
    """Return the same for a that is not smaller than b in magnitude."""
    total = a + b
    return total, (a - total) + b


def two_product(a: float, b: float) -> tuple[float, float]:
    """Return the rounded product of a and b, and exactly what rounding lost; magnitudes below 2**990, product above 2**-960.

    Source: [DEKKER] section 4.
    """
    product = a * b
    cut = _SPLIT * a
    a_high = cut - (cut - a)
    a_low = a - a_high
    cut = _SPLIT * b
    b_high = cut - (cut - b)
    b_low = b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def two_quotient(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    """Return (a + a_low) / (b + b_low) as a float and the part that it lacks; b is not 0."""
    quotient = a / b
    product, lost = two_product(quotient, b)
    return fast_two_sum(quotient, (((a - product) - lost) + (a_low - quotient * b_low)) / b)
