"""Runs of readings against frozen limits, each going on where its stream stopped; plain Python that also runs compiled.

A run is what one file says of one stream. The newest 32 comparisons of a stream are the word before its next run, so a run costs
what it costs in a batch, and the same flags come out however a stream was cut into runs.
"""

from math import isnan
from typing import Any

from openqi.science.charts.kernel.moments import distances, first_present, moves, squares
from openqi.science.charts.kernel.patterns import flag_rule
from openqi.science.charts.kernel.stream import CHUNK_WORDS, ones
from openqi.science.charts.kernel.words import pack_lines, pack_steps, words_of

READ, THERE, ALARMS, STEPS, RULES = range(5)
"""Places of what is counted of a stream: readings, those that are there, alarms, moving ranges; then points of each rule."""
MEAN, SQUARES, MOVED = range(3)
"""Places of what is summed of a stream: mean, squares about it, moving ranges."""


def steps_back(times: Any, before: int) -> int:
    """Return how many times lie before the one that precedes them; `before` precedes the first."""
    found = 1 if len(times) > 0 and times[0] < before else 0
    for place in range(1, len(times)):
        found += 1 if times[place] < times[place - 1] else 0
    return found


def add_moments(values: Any, last: float, lanes: Any, sums: Any, counts: Any) -> None:
    """Add a run to mean, squares and moving ranges of its stream (parallel sums of Chan, Golub and LeVeque)."""
    origin = first_present(values)
    if isnan(origin):
        return
    there, above = distances(values, origin, lanes)
    mean = origin + above / there
    around = squares(values, mean, lanes)
    steps, moved = moves(values, lanes)
    if not isnan(values[0] - last):
        steps += 1
        moved += abs(values[0] - last)
    before = counts[THERE]
    apart = mean - sums[MEAN]
    if before == 0:
        sums[MEAN] = mean
        sums[SQUARES] = around
    else:
        sums[MEAN] += apart * (there / (before + there))
        sums[SQUARES] += around + apart * apart * (before * (there / (before + there)))
    sums[MOVED] += moved
    counts[STEPS] += steps
    counts[THERE] += there


def flag_run(
    values: Any, centre: float, sigma: float, last: float, history: Any, lines: Any, rules: Any, alarms: Any, words: Any,
    track: Any, levels: Any, planes: Any, union: Any, first: int, counts: Any,
) -> None:  # fmt: skip
    """Write the flags of one run into the planes from word `first` on, count them, and bring the history of its stream on."""
    warning = 0
    for rule in range(len(alarms)):
        warning += 0 if alarms[rule] else 1
    for row in range(len(words)):
        words[row][0] = history[row]
    for begin in range(0, len(values), 32 * CHUNK_WORDS):
        part = values[begin : begin + 32 * CHUNK_WORDS]
        count = words_of(len(part))
        for line in range(len(lines)):
            away = lines[line] * sigma
            pack_lines(part, centre + away, centre - away, words[2 * line], words[2 * line + 1])
        steps = 2 * len(lines)
        pack_steps(part, last, words[steps], words[steps + 1], words[steps + 2])
        last = part[len(part) - 1]
        place = first + begin // 32
        every = union[place : place + count]
        for word in range(count):
            every[word] = 0
        for rule in range(len(rules)):
            flags = planes[rule, place : place + count]
            flag_rule(words, count, rules[rule], track, levels, flags)
            counts[RULES + rule] += ones(flags, count)
            for word in range(count):
                every[word] |= flags[word]
        counts[ALARMS] += ones(every, count) if warning == 0 else alarming(planes, place, count, alarms, track)
        spare = 32 * count - len(part)
        for row in range(len(words)):
            newest = words[row][count - 1] << 32 | words[row][count]
            words[row][0] = (newest >> spare) & 4294967295
    for row in range(len(words)):
        history[row] = words[row][0]


def alarming(planes: Any, place: int, count: int, alarms: Any, track: Any) -> int:
    """Return at how many points a rule alarms that does not only warn."""
    for word in range(count):
        track[word] = 0
    for rule in range(len(alarms)):
        for word in range(count if alarms[rule] else 0):
            track[word] |= int(planes[rule, place + word])
    return ones(track, count)


def continue_streams(
    values: Any, times: Any, offsets: Any, whose: Any, centres: Any, sigmas: Any, last: Any, last_times: Any, history: Any,
    sums: Any, counts: Any, lines: Any, rules: Any, alarms: Any, words: Any, track: Any, levels: Any, lanes: Any, planes: Any,
    union: Any,
) -> int:  # fmt: skip
    """Bring many streams on by a run each; return the run whose times go back or whose values are too large, else -1.

    Args:
        values, times: of all runs behind each other.
        offsets: where each run begins, and where the last one ends.
        whose: of each run the row of its stream in the following.
        centres, sigmas: frozen limits of each stream.
        last, last_times: of each stream the newest value (NaN where missing) and time.
        history: a row a stream, the newest 32 comparisons of each kind.
        sums, counts: a row a stream, as the names above say.
        lines, rules: as `watch_streams` takes them.
        alarms: of each rule whether it alarms.
        words, track, levels, lanes: room.
        planes: a row a rule, a word 32 points; each run begins with a word of its own.
        union: takes of each word the points at which any rule has its pattern.
    """
    first = 0
    for run in range(len(offsets) - 1):
        stream = whose[run]
        part = values[offsets[run] : offsets[run + 1]]
        when = times[offsets[run] : offsets[run + 1]]
        if steps_back(when, last_times[stream]) > 0:
            return run
        add_moments(part, last[stream], lanes, sums[stream], counts[stream])
        if not (abs(sums[stream][MEAN]) < 1e149 and sums[stream][SQUARES] < 1e299):  # a reading beyond 1e150 does one of the two
            return run
        flag_run(
            part, centres[stream], sigmas[stream], last[stream], history[stream], lines, rules, alarms, words, track, levels,
            planes, union, first, counts[stream],
        )  # fmt: skip
        counts[stream][READ] += len(part)
        last[stream] = part[len(part) - 1]
        last_times[stream] = when[len(when) - 1]
        first += words_of(len(part))
    return -1
