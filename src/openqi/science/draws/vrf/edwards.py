"""The curve edwards25519 in plain integers: adding, multiplying, and points as 32 bytes."""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of the base point."""
COFACTOR = 8
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
"""A square root of -1."""
Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X / Z, y = Y / Z, x y = T / Z."""
NEUTRAL: Point = (0, 1, 1, 0)


def added(one: Point, other: Point) -> Point:
    """Return the sum of two points.

    Source: [RFC8032] section 5.1.4.
    """
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negated(point: Point) -> Point:
    """Return the point that adds up to nothing with this one."""
    return -point[0] % P, point[1], point[2], -point[3] % P


def times(number: int, point: Point) -> Point:
    """Return a point added to itself, `number` times; how long it takes depends on the number."""
    result = NEUTRAL
    while number:
        if number & 1:
            result = added(result, point)
        point = added(point, point)
        number >>= 1
    return result


def same(one: Point, other: Point) -> bool:
    """Return whether two points are one."""
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def encoded(point: Point) -> bytes:
    """Return a point as 32 bytes: y, and the last bit of x on top.

    Source: [RFC8032] section 5.1.2.
    """
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decoded(data: bytes) -> Point | None:
    """Return the point of 32 bytes; None where they are none, or are written in another way than `encoded` does.

    Source: [RFC8032] section 5.1.3.
    """
    if len(data) != 32:
        return None
    value = int.from_bytes(data, "little")
    sign, y = value >> 255, value & (1 << 255) - 1
    if y >= P:
        return None
    x = _root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    if x is None or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _root(square: int) -> int | None:
    """A square root modulo p, None where there is none."""
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    return None if (x * x - square) % P else x


def _base() -> Point:
    y = 4 * pow(5, -1, P) % P
    point = decoded(y.to_bytes(32, "little"))
    if point is None:
        raise AssertionError("the base point is one")
    return point


BASE = _base()
