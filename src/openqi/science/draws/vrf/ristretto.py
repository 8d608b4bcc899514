"""The group ristretto255 in plain integers, on top of edwards25519: elements as 32 bytes, and elements out of digests."""

from openqi.science.draws.vrf.edwards import ROOT, D, P, Point, added

A_LESS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
"""One over the square root of a - d that the standard names."""
A_D_LESS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
"""The square root of a d - 1 that the standard names."""


def _absolute(value: int) -> int:
    value %= P
    return P - value if value & 1 else value


def _root_of_ratio(u: int, v: int) -> tuple[bool, int]:
    """Whether u / v is a square, and the root of it or of ROOT times it that is not negative ([RFC9496] section 4.2)."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = (v * r * r - u) % P
    flipped, turned = (v * r * r + u) % P == 0, (v * r * r + u * ROOT) % P == 0
    if flipped or turned:
        r = r * ROOT % P
    return check == 0 or flipped, _absolute(r)


def element(data: bytes) -> Point | None:
    """Return the element of 32 bytes; None where they are none.

    Source: [RFC9496] section 4.3.1.
    """
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s & 1:
        return None
    u, w = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u * u - w * w) % P
    square, inverse = _root_of_ratio(1, v * w * w % P)
    x_part = inverse * w % P
    x = _absolute(2 * s * x_part)
    y = u * inverse * x_part * v % P
    t = x * y % P
    return None if not square or t & 1 or y == 0 else (x, y, 1, t)


def written(point: Point) -> bytes:
    """Return an element as 32 bytes.

    Source: [RFC9496] section 4.3.2.
    """
    x, y, z, t = point
    one, two = (z + y) * (z - y) % P, x * y % P
    _, inverse = _root_of_ratio(1, one * two * two % P)
    first, second = inverse * one % P, inverse * two % P
    z_inverse = first * second * t % P
    if t * z_inverse % P & 1:
        x, y, factor = y * ROOT % P, x * ROOT % P, first * A_LESS_D % P
    else:
        factor = second
    if x * z_inverse % P & 1:
        y = -y
    return _absolute(factor * (z - y)).to_bytes(32, "little")


def from_digest(data: bytes) -> Point:
    """Return the element of 64 bytes that look random.

    Source: [RFC9496] section 4.3.4.
    """
    halves = (int.from_bytes(data[begin : begin + 32], "little") & (1 << 255) - 1 for begin in (0, 32))
    one, other = (_mapped(half % P) for half in halves)
    return added(one, other)


def _mapped(t: int) -> Point:
    r = ROOT * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = _root_of_ratio(u, v)
    c = -1
    if not square:
        s, c = -_absolute(s * t), r
    n = c * (r - 1) * (D - 1) ** 2 - v
    w, x, y, z = 2 * s * v % P, n * A_D_LESS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return w * z % P, y * x % P, x * z % P, w * y % P
