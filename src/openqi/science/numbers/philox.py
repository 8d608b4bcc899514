"""Philox4x32-10: random words that are a function of a counter and a key, so that every part of a run can be made alone."""

FIRST_MULTIPLIER = 0xD2511F53
SECOND_MULTIPLIER = 0xCD9E8D57
FIRST_WEYL = 0x9E3779B9
SECOND_WEYL = 0xBB67AE85
WORD = 0xFFFFFFFF
HALF = 32


def philox4x32(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of a counter under a key, after ten rounds.

    Args:
        counter: four words of 32 bits.
        key: two words of 32 bits.

    Source: [PHILOX] section 3.3, known answers of [RANDOM123].
    """
    a, b, c, d = counter
    left, right = key
    for _ in range(10):
        first, second = FIRST_MULTIPLIER * a, SECOND_MULTIPLIER * c
        a, b, c, d = (second >> HALF) ^ b ^ left, second & WORD, (first >> HALF) ^ d ^ right, first & WORD
        left, right = (left + FIRST_WEYL) & WORD, (right + SECOND_WEYL) & WORD
    return a, b, c, d


def uniform(high: int, low: int) -> float:
    """Return (n + 1/2) / 2**52 with n the upper 52 bits of two words: exact, never 0 and never 1."""
    return ((high << 20 | low >> 12) + 0.5) / 4503599627370496.0
