"""The rounds of SHA-256 on 32 texts side by side, so that a compiler makes vector instructions of them.

Written for numba: `u32` and `u64` become NumPy's unsigned words when it compiles, so that every sum wraps as the standard has it.
"""

from collections.abc import Callable
from functools import cache
from math import isqrt
from types import FunctionType
from typing import Any, cast

from openqi.science.numbers.compiled import compiled

LANES = 32
WORD = 0xFFFFFFFF
BLOCK = 64


def u32(value: int) -> Any:
    """Return the value modulo 2**32; compiled, NumPy's word of 32 bits."""
    return value & WORD


def u64(value: int) -> Any:
    """Return the value; compiled, NumPy's word of 64 bits."""
    return value


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root(value: int) -> int:
    """The whole part of the cube root, by bisection."""
    low, high = 0, 1 << (value.bit_length() // 3 + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= value else (low, middle)
    return low


INITIAL = tuple(isqrt(prime << 64) & WORD for prime in _primes(8))
"""The first 32 bits of the fractional parts of square roots of primes ([FIPS180-4] 5.3.3)."""
CONSTANTS = tuple(_cube_root(prime << 96) & WORD for prime in _primes(64))
"""The first 32 bits of the fractional parts of cube roots of primes ([FIPS180-4] 4.2.2)."""


def _turned(x: Any, by: Any) -> Any:
    """A word turned to the right."""
    return u32(x >> u32(by)) | u32(x << u32(32 - by))


def _large(x: Any, one: Any, two: Any, three: Any) -> Any:
    return _turned(x, one) ^ _turned(x, two) ^ _turned(x, three)


def _four_rounds(s: Any, w: Any, k: Any, r: int) -> None:
    """Four rounds on every lane; after two calls the eight letters stand where they stood."""
    k0, k1, k2, k3 = k[r], k[r + 1], k[r + 2], k[r + 3]
    o = r * LANES
    for i in range(LANES):
        a, b, c, d = s[i], s[LANES + i], s[2 * LANES + i], s[3 * LANES + i]
        e, f, g, h = s[4 * LANES + i], s[5 * LANES + i], s[6 * LANES + i], s[7 * LANES + i]
        t = u32(h + _large(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + k0 + w[o + i])
        d, h = u32(d + t), u32(t + _large(a, 2, 13, 22) + ((a & b) | (c & (a | b))))
        t = u32(g + _large(d, 6, 11, 25) + (f ^ (d & (e ^ f))) + k1 + w[o + LANES + i])
        c, g = u32(c + t), u32(t + _large(h, 2, 13, 22) + ((h & a) | (b & (h | a))))
        t = u32(f + _large(c, 6, 11, 25) + (e ^ (c & (d ^ e))) + k2 + w[o + 2 * LANES + i])
        b, f = u32(b + t), u32(t + _large(g, 2, 13, 22) + ((g & h) | (a & (g | h))))
        t = u32(e + _large(b, 6, 11, 25) + (d ^ (b & (c ^ d))) + k3 + w[o + 3 * LANES + i])
        a, e = u32(a + t), u32(t + _large(f, 2, 13, 22) + ((f & g) | (h & (f | g))))
        s[i], s[LANES + i], s[2 * LANES + i], s[3 * LANES + i] = e, f, g, h
        s[4 * LANES + i], s[5 * LANES + i], s[6 * LANES + i], s[7 * LANES + i] = a, b, c, d


def _compress(s: Any, w: Any, k: Any) -> None:
    """One block of every lane: s is what comes out before it is added to what went in ([FIPS180-4] 6.2.2)."""
    for r in range(16, 64):
        for i in range(LANES):
            x, y = w[(r - 15) * LANES + i], w[(r - 2) * LANES + i]
            small = _turned(x, 7) ^ _turned(x, 18) ^ u32(x >> u32(3))
            other = _turned(y, 17) ^ _turned(y, 19) ^ u32(y >> u32(10))
            w[r * LANES + i] = u32(w[(r - 16) * LANES + i] + small + w[(r - 7) * LANES + i] + other)
    for r in range(0, 64, 4):
        _four_rounds(s, w, k, r)


def _load(w: Any, lane: int, text: Any, place: Any, left: Any) -> Any:
    """Write the words of a block of which `left` bytes are text, with the one bit behind it; how many rows were written."""
    full = min(left >> u64(2), u64(16))
    at = u64(lane)
    for _ in range(full):
        high = (u32(text[place]) << u32(24)) | (u32(text[place + u64(1)]) << u32(16))
        w[at] = u32(high | (u32(text[place + u64(2)]) << u32(8)) | u32(text[place + u64(3)]))
        place += u64(4)
        at += u64(LANES)
    if full == u64(16):
        return full
    free = u64(32) - (u64(8) * (left & u64(3)))
    tail = (u64(text[place]) << u64(24)) | (u64(text[place + u64(1)]) << u64(16)) | (u64(text[place + u64(2)]) << u64(8))
    w[at] = u32((((tail >> free) << u64(1)) | u64(1)) << (free - u64(1)))
    return full + u64(1)


def _hash_many(text: Any, offsets: Any, before: Any, prior: int, k: Any, out: Any) -> None:
    """Write the eight words of every text, a row each.

    Args:
        text: bytes, at least three more than the last offset.
        offsets: where every text begins, and where the last ends.
        before: the state after what stands before every text.
        prior: how many bytes these were, a multiple of 64.
    """
    s, w, h = k.repeat(LANES)[: 8 * LANES], k.repeat(LANES), k.repeat(LANES)[: 8 * LANES]
    count = offsets.shape[0] - 1
    for base in range(0, count, LANES):
        lanes = min(LANES, count - base)
        longest = 0
        for i in range(lanes):
            longest = max(longest, offsets[base + i + 1] - offsets[base + i])
        for i in range(8 * LANES):
            h[i] = before[i // LANES]
        for block in range((longest + 9 + BLOCK - 1) // BLOCK):
            w[: 16 * LANES] = u32(0)
            _load_lanes(w, text, offsets, base, lanes, block, prior)
            s[:] = h
            _compress(s, w, k)
            for i in range(lanes):
                if offsets[base + i + 1] - offsets[base + i] + 9 > BLOCK * block:
                    for j in range(8):
                        h[j * LANES + i] = u32(h[j * LANES + i] + s[j * LANES + i])
        for i in range(lanes):
            for j in range(8):
                out[base + i, j] = h[j * LANES + i]


def _load_lanes(w: Any, text: Any, offsets: Any, base: int, lanes: int, block: int, prior: int) -> None:
    """Write block number `block` of every lane that has one."""
    for i in range(lanes):
        size = offsets[base + i + 1] - offsets[base + i]
        left = size - BLOCK * block
        if left >= 0:
            _load(w, i, text, u64(offsets[base + i] + BLOCK * block), u64(left))
        if -9 < left <= BLOCK - 9:
            w[15 * LANES + i] = u32((size + prior) << 3)


def _first_of_many(text: Any, offsets: Any, before: Any, prior: int, k: Any, out: Any) -> None:
    """Write the first 64 bits of every digest: as `_hash_many`, faster where a text fits into one block."""
    s, w, words = k.repeat(LANES)[: 8 * LANES], k.repeat(LANES), k.repeat(LANES)[: 8 * LANES].reshape(LANES, 8)
    count = offsets.shape[0] - 1
    written = u64(16)
    for base in range(0, count, LANES):
        lanes = min(LANES, count - base)
        longest = 0
        for i in range(lanes):
            longest = max(longest, offsets[base + i + 1] - offsets[base + i])
        if longest > BLOCK - 9:
            _hash_many(text, offsets[base : base + lanes + 1], before, prior, k, words)
            for i in range(lanes):
                out[base + i] = (u64(words[i, 0]) << u64(32)) | u64(words[i, 1])
            continue
        w[: int(written) * LANES] = u32(0)
        written = u64(0)
        for i in range(lanes):
            size = offsets[base + i + 1] - offsets[base + i]
            written = max(written, _load(w, i, text, u64(offsets[base + i]), u64(size)))
            w[15 * LANES + i] = u32((size + prior) << 3)
        for j in range(8):
            for i in range(LANES):
                s[j * LANES + i] = before[j]
        _compress(s, w, k)
        for i in range(lanes):
            high, low = u32(s[i] + before[0]), u32(s[LANES + i] + before[1])
            out[base + i] = (u64(high) << u64(32)) | u64(low)


@cache
def hash_many() -> Callable[..., None]:
    """Return `_hash_many` on unsigned words, compiled; texts have fewer than 2**29 bytes."""
    return compiled(cast("Callable[..., None]", on_words(_hash_many)))


@cache
def first_of_many() -> Callable[..., None]:
    """Return `_first_of_many` on unsigned words, compiled; texts have fewer than 2**29 bytes."""
    return compiled(cast("Callable[..., None]", on_words(_first_of_many)))


@cache
def on_words(function: Callable[..., Any]) -> FunctionType:
    """Return the same code on NumPy's words, with all that it calls."""
    import numpy as np

    plain = cast("FunctionType", function)
    scope = dict(plain.__globals__, u32=np.uint32, u64=np.uint64)
    for name in plain.__code__.co_names:
        if name not in {"u32", "u64"} and isinstance(callee := scope.get(name), FunctionType):
            scope[name] = on_words(callee)
    copy = FunctionType(plain.__code__, scope, plain.__name__)
    copy.__module__, copy.__qualname__ = plain.__module__, plain.__qualname__
    return copy
