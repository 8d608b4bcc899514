"""Data Matrix symbols of error level ECC 200 with GS1 contents: what is encoded, checked, and where each module lies."""

from functools import lru_cache
from typing import Final, NamedTuple

from openqi.kernel.errors import DomainError, FormatError

FNC1: Final = 232
"""The codeword that says, standing first, that GS1 element strings follow; between them it ends one of variable length."""
SEPARATOR: Final = "\x1d"
"""What a reader gives for FNC1 inside of the data."""
_PAD: Final = 129
_FIELD: Final = 301  # x^8 + x^5 + x^3 + x^2 + 1
_MOST: Final = 62


class Size(NamedTuple):
    """A square symbol: modules a side with its finder, regions a side, codewords of data, of errors."""

    side: int
    regions: int
    data: int
    errors: int


# The square sizes that need one block of error codewords; a mark fills at most the seventh.
SIZES: Final = (
    Size(10, 1, 3, 5), Size(12, 1, 5, 7), Size(14, 1, 8, 10), Size(16, 1, 12, 12), Size(18, 1, 18, 14), Size(20, 1, 22, 18),
    Size(22, 1, 30, 20), Size(24, 1, 36, 24), Size(26, 1, 44, 28), Size(32, 2, 62, 36),
)  # fmt: skip


def gs1_matrix(elements: str) -> tuple[bytes, ...]:
    """Return the rows of a GS1 DataMatrix, a byte a module, 1 where it is dark, without quiet zone.

    Args:
        elements: GS1 element strings, ASCII, without brackets; `SEPARATOR` after one of variable length that another follows.

    Raises:
        FormatError: other characters, or a separator at an end.
        DomainError: more than the largest symbol with one block holds.

    Source: [ISO16022] on ASCII encodation, ECC 200 and placement; [GS1GENSPEC] on GS1 DataMatrix.
    """
    if not elements or elements.strip(SEPARATOR) != elements:
        raise FormatError("element strings are not empty and have separators only between them")
    words = (FNC1, *_codewords(elements))
    size = next((one for one in SIZES if len(words) <= one.data), None)
    if size is None:
        raise DomainError(f"{len(words)} codewords; a symbol of one block holds at most {_MOST}: shorten the contents")
    data = _padded(words, size.data)
    return _drawn((*data, *_check_words(data, size.errors)), size)


def _codewords(text: str) -> list[int]:
    """ASCII encodation: a pair of digits is one codeword, any other character one."""
    found: list[int] = []
    at = 0
    while at < len(text):
        one, pair = text[at], text[at : at + 2]
        if one == SEPARATOR:
            found.append(FNC1)
        elif len(pair) == 2 and pair.isascii() and pair.isdigit():
            found.append(130 + int(pair))
            at += 1
        elif "!" <= one <= "z":
            found.append(ord(one) + 1)
        else:
            raise FormatError(f"{one!r} is none of the characters of GS1 element strings")
        at += 1
    return found


def _padded(words: tuple[int, ...], length: int) -> tuple[int, ...]:
    """What is left over is filled: the first by 129, each other by a number that its place gives (the 253-state rule)."""
    filled = [*words]
    if len(filled) < length:
        filled.append(_PAD)
    for place in range(len(filled) + 1, length + 1):
        value = _PAD + 149 * place % 253 + 1
        filled.append(value - 254 if value > 254 else value)
    return tuple(filled)


@lru_cache(maxsize=1)
def _powers() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers of 2 in the field of 256 elements, twice over, and their logarithms."""
    powers, logarithms, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logarithms[value] = exponent
        value = value << 1 ^ (_FIELD if value & 128 else 0)
    return tuple(powers), tuple(logarithms)


@lru_cache(maxsize=16)
def _generator(count: int) -> tuple[int, ...]:
    """The product of (x - 2^i), i from 1 to count, as logarithms of its coefficients below the leading one, highest first."""
    powers, logarithms = _powers()
    product = [1]
    for root in range(1, count + 1):
        shifted = [*product, 0]
        for place, value in enumerate(product):
            shifted[place + 1] ^= powers[logarithms[value] + root] if value else 0
        product = shifted
    return tuple(logarithms[value] for value in product[1:])


def _check_words(data: tuple[int, ...], count: int) -> tuple[int, ...]:
    powers, logarithms = _powers()
    generator = _generator(count)
    rest = [0] * count
    for word in data:
        lead = word ^ rest[0]
        rest = [*rest[1:], 0]
        if lead:
            power = logarithms[lead]
            rest = [value ^ powers[power + factor] for value, factor in zip(rest, generator, strict=True)]
    return tuple(rest)


def _drawn(words: tuple[int, ...], size: Size) -> tuple[bytes, ...]:
    region = size.side // size.regions
    rows = []
    for y in range(size.side):
        row = bytearray(size.side)
        for x in range(size.side):
            across, down = x % region, y % region
            if across == 0 or down == region - 1:  # the solid sides
                row[x] = 1
            elif down == 0 or across == region - 1:  # the alternating ones
                row[x] = 1 - (across % 2) if down == 0 else down % 2
        rows.append(row)
    inner = region - 2
    for y, x, word, bit in _places(size.side - 2 * size.regions):
        dark = words[word] >> bit & 1 if word >= 0 else bit
        rows[y + 2 * (y // inner) + 1][x + 2 * (x // inner) + 1] = dark
    return tuple(map(bytes, rows))


@lru_cache(maxsize=16)
def _places(side: int) -> tuple[tuple[int, int, int, int], ...]:
    """Row, column, codeword and bit of each module of the mapping matrix; where no codeword reaches: -1 and the colour."""
    found: dict[tuple[int, int], tuple[int, int]] = {}

    def put(y: int, x: int, word: int, bit: int) -> None:
        if y < 0:
            y, x = y + side, x + 4 - (side + 4) % 8
        if x < 0:
            x, y = x + side, y + 4 - (side + 4) % 8
        found[y, x] = word, bit

    def corner(word: int, shape: tuple[tuple[int, int], ...]) -> None:
        for bit, (y, x) in zip(range(7, -1, -1), shape, strict=True):
            found[y % side, x % side] = word, bit

    word, y, x = 0, 4, 0
    while y < side or x < side:
        for condition, shape in _corners(side, y, x):
            if condition:
                corner(word, shape)
                word += 1
        for rising in (True, False):
            while True:
                inside = (y < side and x >= 0) if rising else (y >= 0 and x < side)
                if inside and (y, x) not in found:
                    for bit, (down, across) in enumerate(_UTAH):
                        put(y + down, x + across, word, bit)
                    word += 1
                y, x = (y - 2, x + 2) if rising else (y + 2, x - 2)
                if (rising and not (y >= 0 and x < side)) or (not rising and not (y < side and x >= 0)):
                    break
            y, x = (y + 1, x + 3) if rising else (y + 3, x + 1)
    for at in ((side - 2, side - 2), (side - 1, side - 1), (side - 2, side - 1), (side - 1, side - 2)):
        if at not in found:  # the last corner, where no codeword comes
            found[at] = -1, int(at[0] == at[1])
    return tuple((*at, *what) for at, what in sorted(found.items()))


_UTAH: Final = ((0, 0), (0, -1), (0, -2), (-1, 0), (-1, -1), (-1, -2), (-2, -1), (-2, -2))
"""Where the bits of a codeword lie about its last one, the least significant first."""
_FIRST: Final = ((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1))
_SECOND: Final = ((-3, 0), (-2, 0), (-1, 0), (0, -4), (0, -3), (0, -2), (0, -1), (1, -1))
_THIRD: Final = ((-3, 0), (-2, 0), (-1, 0), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1))
_FOURTH: Final = ((-1, 0), (-1, -1), (0, -3), (0, -2), (0, -1), (1, -3), (1, -2), (1, -1))


def _corners(side: int, y: int, x: int) -> tuple[tuple[bool, tuple[tuple[int, int], ...]], ...]:
    """The four shapes that a codeword takes in a corner, and whether it takes it here."""
    return (
        (y == side and x == 0, _FIRST),
        (y == side - 2 and x == 0 and side % 4 != 0, _SECOND),
        (y == side - 2 and x == 0 and side % 8 == 4, _THIRD),
        (y == side + 4 and x == 2 and side % 8 == 0, _FOURTH),
    )
