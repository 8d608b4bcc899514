"""Rules over words: runs by shifting and doubling, m of n by counting in bits; plain Python that also runs compiled.

A rule is a row of a table: what is looked at, the row of its first line in the words, m, n. The words of a stream are rows:
above and below each line, then risen, fallen, present. Place 0 of a row is the word before.
"""

from typing import Any

SAME_SIDE, ABOVE, BELOW, OUTSIDE, WITHIN, TREND, RISING, FALLING, ALTERNATION, OPPOSITE = range(10)
"""What a rule looks at: beyond a line on one and the same side, on a given one, on any; within; steps; sides that change."""
LOWER_ONLY = (BELOW, FALLING)
ONE_WAY = (ABOVE, OUTSIDE, WITHIN, RISING, ALTERNATION, OPPOSITE)


def flag_rule(words: Any, count: int, rule: Any, track: Any, levels: Any, flags: Any) -> None:
    """Write the points at which a rule's pattern is complete into `flags`, one word for each of the `count` words.

    Args:
        words: rows as above, `count` + 1 places each.
        rule: what is looked at, row of the line, m, n with 1 <= m <= n <= 32.
        track: room of at least `count` places.
        levels: room of 33 rows, at least `count` places each.
    """
    asked = rule[0]
    row = len(words) - 3 if TREND <= asked <= ALTERNATION else rule[1]
    for word in range(count):
        flags[word] = 0
    for side in range(2):
        if (side == 0 and asked in LOWER_ONLY) or (side == 1 and asked in ONE_WAY):
            continue
        if asked >= ALTERNATION:
            _changes(words[row], words[row + 1], count, track)
        elif asked >= OUTSIDE and asked <= WITHIN:
            _zones(words[row], words[row + 1], words[len(words) - 1], asked == WITHIN, count, track)
        else:
            _sides(words[row + side], count, track)
        _complete(track, count, rule[2], rule[3], levels)
        for word in range(count):
            flags[word] |= track[word] & 4294967295


def _sides(row: Any, count: int, track: Any) -> None:
    """Each word with the newest 31 bits of the word before it on top."""
    for word in range(count):
        track[word] = (row[word] & 2147483647) << 32 | row[word + 1]


def _zones(above: Any, below: Any, present: Any, within: bool, count: int, track: Any) -> None:
    """Beyond either line; or within: there, and not beyond. What lies on a line is within."""
    turned = 4294967295 if within else 0
    for word in range(count):
        before = present[word] & (turned ^ (above[word] | below[word]))
        now = present[word + 1] & (turned ^ (above[word + 1] | below[word + 1]))
        track[word] = (before & 2147483647) << 32 | now


def _changes(one: Any, other: Any, count: int, track: Any) -> None:
    """One side now and the other side at the point before."""
    for word in range(count):
        first = (one[word] & 2147483647) << 32 | one[word + 1]
        second = (other[word] & 2147483647) << 32 | other[word + 1]
        track[word] = (first & (second >> 1)) | (second & (first >> 1))


def _complete(track: Any, count: int, least: int, among: int, levels: Any) -> None:
    """Keep of a track the bits whose own and `least` - 1 of the `among` - 1 bits before are set."""
    if least == among:
        length = 1
        while length < among:
            step = min(length, among - length)
            for word in range(count):
                track[word] = track[word] & (track[word] >> step)
            length += step
        return
    for level in range(1, least):
        for word in range(count):
            levels[level][word] = 0
    for step in range(1, among):
        for level in range(min(step, least - 1), 1, -1):
            for word in range(count):
                levels[level][word] |= levels[level - 1][word] & (track[word] >> step)
        if least > 1:
            for word in range(count):
                levels[1][word] |= track[word] >> step
    if least > 1:
        for word in range(count):
            track[word] = track[word] & levels[least - 1][word]
