"""Points compared with lines, as bits: 32 points a word, the earliest at bit 31; plain Python that also runs compiled.

Words are whole numbers below 2^32 and pairs of them below 2^63, shifted to the right only: Python and machine agree in every bit.
A missing value (NaN) compares with nothing, so it satisfies no condition.
"""

from typing import Any

POINTS = 32
"""Points a word."""


def words_of(points: int) -> int:
    """Return how many words hold so many points."""
    return (points + 31) // 32


def pack_lines(values: Any, high: float, low: float, above: Any, below: Any) -> None:
    """Write which points lie above `high` and which below `low`; words begin at place 1, place 0 is what went before."""
    full = len(values) // 32
    for word in range(full):
        block = values[32 * word : 32 * word + 32]
        over, under = 0, 0
        for place in range(32):
            bit = 1 << (31 - place)
            over |= bit if block[place] > high else 0
            under |= bit if block[place] < low else 0
        above[word + 1] = over
        below[word + 1] = under
    if len(values) > 32 * full:
        over, under = 0, 0
        for place in range(len(values) - 32 * full):
            bit = 1 << (31 - place)
            over |= bit if values[32 * full + place] > high else 0
            under |= bit if values[32 * full + place] < low else 0
        above[full + 1] = over
        below[full + 1] = under


def pack_steps(values: Any, before: float, up: Any, down: Any, present: Any) -> None:
    """Write which points lie above and below the point before them, and which are there; `before` is the one before the first."""
    last = before
    for word in range((len(values) + 31) // 32):
        later = values[32 * word : 32 * word + 32]
        risen = (1 << 31) if later[0] > last else 0
        fallen = (1 << 31) if later[0] < last else 0
        there = (1 << 31) if later[0] == later[0] else 0
        if len(later) == 32 and word > 0:
            earlier = values[32 * word - 1 : 32 * word + 31]
            for place in range(32):
                bit = 1 << (31 - place)
                risen |= bit if later[place] > earlier[place] else 0
                fallen |= bit if later[place] < earlier[place] else 0
                there |= bit if later[place] == later[place] else 0
        else:
            for place in range(1, len(later)):
                bit = 1 << (31 - place)
                risen |= bit if later[place] > later[place - 1] else 0
                fallen |= bit if later[place] < later[place - 1] else 0
                there |= bit if later[place] == later[place] else 0
        last = later[len(later) - 1]
        up[word + 1] = risen
        down[word + 1] = fallen
        present[word + 1] = there
