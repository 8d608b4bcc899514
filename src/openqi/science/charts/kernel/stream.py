"""One call over many streams: estimates where no limits are given, rules, counts; plain Python that also runs compiled."""

from math import isnan, nan, sqrt
from typing import Any

from openqi.science.charts.kernel.moments import distances, first_present, moves, squares
from openqi.science.charts.kernel.patterns import flag_rule
from openqi.science.charts.kernel.words import pack_lines, pack_steps, words_of

CHUNK_WORDS = 320
"""Words worked on together: their points and bits stay in the nearest cache."""


def estimate_stream(values: Any, lanes: Any, estimates: Any) -> None:
    """Write count, centre, sigma from the mean moving range, and the standard deviation over all; NaN where there is none."""
    origin = first_present(values)
    count, above = distances(values, origin, lanes)
    estimates[0] = count
    estimates[1] = origin + above / count if count > 0 else nan
    steps, moved = moves(values, lanes)
    estimates[2] = moved / steps / 1.1283791670955126 if steps > 0 else nan
    estimates[3] = sqrt(squares(values, estimates[1], lanes) / (count - 1)) if count > 1 else nan


def flag_stream(
    values: Any, centre: float, sigma: float, lines: Any, rules: Any, words: Any, track: Any, levels: Any, planes: Any,
    first: int, counts: Any,
) -> int:  # fmt: skip
    """Write the flags of one stream into the planes from word `first` on, count them, and return how many points are there."""
    there = 0
    if isnan(centre) or isnan(sigma):
        return there
    for row in range(len(words)):
        words[row][0] = 0
    before = nan
    for begin in range(0, len(values), 32 * CHUNK_WORDS):
        part = values[begin : begin + 32 * CHUNK_WORDS]
        count = words_of(len(part))
        for line in range(len(lines)):
            away = lines[line] * sigma
            pack_lines(part, centre + away, centre - away, words[2 * line], words[2 * line + 1])
        steps = 2 * len(lines)
        pack_steps(part, before, words[steps], words[steps + 1], words[steps + 2])
        before = part[len(part) - 1]
        there += ones(words[steps + 2][1:], count)
        place = first + begin // 32
        for rule in range(len(rules)):
            flags = planes[rule, place : place + count]
            flag_rule(words, count, rules[rule], track, levels, flags)
            counts[rule] += ones(flags, count)
        for row in range(len(words)):
            words[row][0] = words[row][count]
    return there


def ones(flags: Any, count: int) -> int:
    """Return how many bits are set in so many words."""
    found = 0
    for word in range(count):
        bits = int(flags[word])
        bits = bits - ((bits >> 1) & 0x55555555)
        bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333)
        bits = (bits + (bits >> 4)) & 0x0F0F0F0F
        found += ((bits * 0x01010101) >> 24) & 0xFF
    return found


def watch_streams(
    values: Any, offsets: Any, frozen: bool, estimates: Any, lines: Any, rules: Any, words: Any, track: Any, levels: Any,
    lanes: Any, planes: Any, counts: Any,
) -> None:  # fmt: skip
    """Write estimates, flags and their counts of every stream.

    Args:
        values: all streams behind each other.
        offsets: where each begins, and where the last one ends.
        frozen: whether centre and sigma stand in `estimates` already.
        estimates: a row a stream: values that are there, centre, sigma, standard deviation over all.
        lines: distances from the centre, in sigma.
        rules: a row a rule, as `flag_rule` reads it.
        words, track, levels, lanes: room.
        planes: a row a rule, a word 32 points; each stream begins with a word of its own.
        counts: a row a stream, a column a rule.
    """
    first = 0
    for stream in range(len(offsets) - 1):
        part = values[offsets[stream] : offsets[stream + 1]]
        if not frozen:
            estimate_stream(part, lanes, estimates[stream])
        there = flag_stream(
            part, estimates[stream][1], estimates[stream][2], lines, rules, words, track, levels, planes, first, counts[stream]
        )
        if frozen:
            estimates[stream][0] = there
        first += words_of(len(part))
