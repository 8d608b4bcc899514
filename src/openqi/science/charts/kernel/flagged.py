"""Flags in planes of bits as points, and rows of numbers as runs of equal ones; plain Python that also runs compiled."""

from typing import Any


def flagged_points(
    planes: Any, union: Any, ends: Any, before: Any, places: Any, runs: Any, numbers: Any, bits: Any
) -> int:  # fmt: skip
    """Write the points at which a pattern is complete, in their order; return how many there are.

    Args:
        planes: a row a rule, a word 32 points; each run begins with a word of its own.
        union: of each word the points with any.
        ends: where each run begins, and where the last one ends.
        before: of each run the number of readings of its stream before it.
        places, runs, numbers, bits: take of each point where it stands, its run, its number in its stream, and its rules.
    """
    found, first = 0, 0
    for run in range(len(ends) - 1):
        words = (ends[run + 1] - ends[run] + 31) // 32
        for word in range(words):
            left = int(union[first + word])
            while left != 0:
                bit = highest(left)
                left ^= 1 << bit
                rules = 0
                for rule in range(len(planes)):
                    rules |= (int(planes[rule, first + word]) >> bit & 1) << rule
                within = 32 * word + 31 - bit
                places[found] = ends[run] + within
                runs[found] = run
                numbers[found] = before[run] + within + 1
                bits[found] = rules
                found += 1
        first += words
    return found


def highest(bits: int) -> int:
    """Return the place of the highest bit of a number from 1 to 2^32 - 1."""
    place = 0
    for half in (16, 8, 4, 2, 1):
        if bits >> (place + half) != 0:
            place += half
    return place


def run_borders(row: Any, found: Any) -> int:
    """Write where runs of equal numbers begin, as far as there is room, and return how many runs there are."""
    count, last = 0, row[0]
    for begin in range(0, len(row), 64):
        part = row[begin : begin + 64]
        changes = 1 if begin == 0 else 0
        changes += 1 if part[0] != last else 0
        for place in range(1, len(part)):
            changes += 1 if part[place] != part[place - 1] else 0
        for place in range(len(part) if changes > 0 else 0):
            before = last if place == 0 else part[place - 1]
            if part[place] != before or begin + place == 0:
                if count < len(found):
                    found[count] = begin + place
                count += 1
        last = part[len(part) - 1]
    return count
