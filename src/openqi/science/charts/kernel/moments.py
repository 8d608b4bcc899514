"""What phase I estimates of a stream in two passes: mean, mean moving range, squares; plain Python that also runs compiled.

Sums run in 64 lanes that are added in one order, of distances from the first value, so that digits in common cost none. A stream
with missing values goes a second, slower way, which gives the same where nothing is missing.
"""

from math import isnan, nan
from typing import Any

LANES = 64
LARGEST = 1e150
"""Readings are at most so large in magnitude, so that their squares are numbers."""


def first_present(values: Any) -> float:
    """Return the first value that is there, NaN where none is."""
    for place in range(len(values)):
        if not isnan(values[place]):
            return float(values[place])
    return nan


def first_beyond(values: Any, largest: float) -> int:
    """Return the place of the first value that is larger in magnitude, -1 where none is; a missing value is not."""
    for begin in range(0, len(values), 64):
        part = values[begin : begin + 64]
        wrong = 0
        for place in range(len(part)):
            wrong += 1 if abs(part[place]) > largest else 0
        for place in range(len(part) if wrong > 0 else 0):
            if abs(part[place]) > largest:
                return begin + place
    return -1


def distances(values: Any, origin: float, lanes: Any) -> tuple[int, float]:
    """Return how many values are there, and the sum of what they lie above `origin`; `lanes` are 64 places of room."""
    for lane in range(64):
        lanes[lane] = 0.0
    full = len(values) // 64
    for row in range(full):
        block = values[64 * row : 64 * row + 64]
        for lane in range(64):
            lanes[lane] += block[lane] - origin
    for place in range(64 * full, len(values)):
        lanes[place - 64 * full] += values[place] - origin
    found = joined(lanes)
    if not isnan(found):
        return len(values), found
    for lane in range(64):
        lanes[lane] = 0.0
    count = 0
    for place in range(len(values)):
        if not isnan(values[place]):
            lanes[place % 64] += values[place] - origin
            count += 1
    return count, joined(lanes)


def moves(values: Any, lanes: Any) -> tuple[int, float]:
    """Return how many values have one before them, and the sum of the magnitudes of these steps (moving ranges of two)."""
    for lane in range(64):
        lanes[lane] = 0.0
    steps = max(len(values) - 1, 0)
    full = steps // 64
    for row in range(full):
        later = values[64 * row + 1 : 64 * row + 65]
        earlier = values[64 * row : 64 * row + 64]
        for lane in range(64):
            lanes[lane] += abs(later[lane] - earlier[lane])
    for place in range(64 * full, steps):
        lanes[place - 64 * full] += abs(values[place + 1] - values[place])
    found = joined(lanes)
    if not isnan(found):
        return steps, found
    for lane in range(64):
        lanes[lane] = 0.0
    count = 0
    for place in range(steps):
        step = abs(values[place + 1] - values[place])
        if not isnan(step):
            lanes[place % 64] += step
            count += 1
    return count, joined(lanes)


def squares(values: Any, centre: float, lanes: Any) -> float:
    """Return the sum of the squared distances of all values that are there from `centre`."""
    for lane in range(64):
        lanes[lane] = 0.0
    full = len(values) // 64
    for row in range(full):
        block = values[64 * row : 64 * row + 64]
        for lane in range(64):
            apart = block[lane] - centre
            lanes[lane] += apart * apart
    for place in range(64 * full, len(values)):
        apart = values[place] - centre
        lanes[place - 64 * full] += apart * apart
    found = joined(lanes)
    if not isnan(found):
        return found
    for lane in range(64):
        lanes[lane] = 0.0
    for place in range(len(values)):
        apart = values[place] - centre
        if not isnan(apart):
            lanes[place % 64] += apart * apart
    return joined(lanes)


def joined(lanes: Any) -> float:
    """Return the sum of the lanes by halves; what was in them is lost."""
    width = 32
    while width > 0:
        for lane in range(width):
            lanes[lane] += lanes[lane + width]
        width //= 2
    return float(lanes[0])
