"""One point after the other: the newest 32 comparisons of each kind as bits, the newest at bit 0; plain Python, also compiled."""

from math import isnan
from typing import Any

from openqi.science.charts.kernel.patterns import ALTERNATION, LOWER_ONLY, ONE_WAY, OUTSIDE, TREND, WITHIN


def remember(value: float, last: float, high: Any, low: Any, history: Any) -> None:
    """Add how a point compares with the lines and with the point before it to the history of its stream."""
    for line in range(len(high)):
        history[2 * line] = (history[2 * line] << 1 | (1 if value > high[line] else 0)) & 4294967295
        history[2 * line + 1] = (history[2 * line + 1] << 1 | (1 if value < low[line] else 0)) & 4294967295
    steps = 2 * len(high)
    history[steps] = (history[steps] << 1 | (1 if value > last else 0)) & 4294967295
    history[steps + 1] = (history[steps + 1] << 1 | (1 if value < last else 0)) & 4294967295
    history[steps + 2] = (history[steps + 2] << 1 | (0 if isnan(value) else 1)) & 4294967295


def pattern(history: Any, rule: Any) -> int:
    """Return which of the newest comparisons make up a rule's pattern if the newest point completes it, else 0.

    Args:
        history: of one stream.
        rule: a row as `flag_rule` reads it.
    """
    asked = rule[0]
    steps = len(history) - 3
    row = steps if TREND <= asked <= ALTERNATION else rule[1]
    for side in range(2):
        if (side == 0 and asked in LOWER_ONLY) or (side == 1 and asked in ONE_WAY):
            continue
        if asked >= ALTERNATION:
            one, other = history[row], history[row + 1]
            track = (one & (other >> 1)) | (other & (one >> 1))
        elif OUTSIDE <= asked <= WITHIN:
            track = history[row] | history[row + 1]
            if asked == WITHIN:
                track = history[steps + 2] & (4294967295 ^ track)
        else:
            track = history[row + side]
        track &= (1 << rule[3]) - 1
        if track & 1 and _ones(track) >= rule[2]:
            return int(track)
    return 0


def _ones(bits: int) -> int:
    bits = bits - ((bits >> 1) & 0x55555555)
    bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F
    return ((bits * 0x01010101) >> 24) & 0xFF


def update_streams(streams: Any, values: Any, last: Any, high: Any, low: Any, history: Any, rules: Any, flags: Any) -> None:
    """Add points to the histories of their streams, in order, and write the rules that each completes, bit k for the k-th.

    Args:
        streams: of each point, a row of the following.
        values: of each point, NaN where it is missing.
        last: of each stream its last value, missing or not; NaN before the first.
        high, low: a row a stream, a place a line.
        history: a row a stream; above and below each line, then risen, fallen, present.
        rules: a row a rule.
        flags: takes the results.
    """
    for point in range(len(streams)):
        stream = streams[point]
        remember(values[point], last[stream], high[stream], low[stream], history[stream])
        last[stream] = values[point]
        found = 0
        for rule in range(len(rules)):
            if pattern(history[stream], rules[rule]) != 0:
                found |= 1 << rule
        flags[point] = found
