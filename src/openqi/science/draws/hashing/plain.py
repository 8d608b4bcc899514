"""One block of SHA-256 in plain integers: the state that every text behind the same 64 bytes begins with."""

from openqi.science.draws.hashing.rounds import BLOCK, CONSTANTS, INITIAL, WORD

State = tuple[int, ...]


def _turned(x: int, by: int) -> int:
    return x >> by | (x << (32 - by)) & WORD


def state_after(block: bytes, state: State = INITIAL) -> State:
    """Return the eight words of the state after a block of 64 bytes.

    Source: [FIPS180-4] 6.2.2.
    """
    w = [int.from_bytes(block[place : place + 4], "big") for place in range(0, BLOCK, 4)]
    for r in range(16, 64):
        x, y = w[r - 15], w[r - 2]
        small, other = _turned(x, 7) ^ _turned(x, 18) ^ x >> 3, _turned(y, 17) ^ _turned(y, 19) ^ y >> 10
        w.append((w[r - 16] + small + w[r - 7] + other) & WORD)
    a, b, c, d, e, f, g, h = state
    for r in range(64):
        one = h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + (g ^ (e & (f ^ g))) + CONSTANTS[r] + w[r]
        two = (_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) | (c & (a | b)))
        a, b, c, d, e, f, g, h = (one + two) & WORD, a, b, c, (d + one) & WORD, e, f, g
    return tuple((was + now) & WORD for was, now in zip(state, (a, b, c, d, e, f, g, h), strict=True))
