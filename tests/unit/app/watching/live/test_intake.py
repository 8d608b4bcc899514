"""What becomes of a reading: charted, known already, or set aside with the word for why; the same again from the journal."""

from math import nan

import numpy as np
import pytest

from openqi.app.watching.live.arriving import Arrival
from openqi.app.watching.live.intake import AHEAD, Intake
from openqi.engines.plant.baseline import baseline_of
from openqi.engines.plant.tables import SavedStates
from openqi.formats.live_reading import TIMESTAMPS, WHOLE, Reading
from openqi.science.charts.continuing import continued
from openqi.science.charts.rules.rule import rule_set

NOW = 1_800_000_000_000_000
LIMITS = baseline_of({"stream": ["a", "b"], "centre": [0.0, 0.0], "sigma": [1.0, 1.0], "unit": ["mm", None]}, "limits")


def intake(clock=WHOLE):
    return Intake(LIMITS, rule_set("nelson"), SavedStates.none(2), clock, 0, {})


def came(stream, time, value, unit=None, *, again=False):
    said = f"{stream} {time} {value} {unit}".encode()
    return Arrival(Reading(stream, time, value, unit), None, "topic", len(said), said, again)


def reasons(found, *arrivals):
    """What was said of some readings: `kept`, `duplicate` or the reason."""
    said = []
    for one in arrivals:
        frame = found.judged([one], NOW, None, 0)
        found.flagged(frame)
        said.append("kept" if frame.readings else "duplicate" if frame.duplicates else frame.aside[0].reason)
    return said


def test_the_same_again_is_known_and_another_value_at_the_same_time_is_a_conflict():
    one = [came("a", 5, 1.0), came("a", 5, 1.0), came("a", 5, 1.5), came("a", 6, nan), came("a", 6, nan), came("a", 6, 1.0)]
    assert reasons(intake(), *one) == ["kept", "duplicate", "conflict", "kept", "duplicate", "conflict"]


def test_an_earlier_time_is_known_in_conflict_or_late():
    one = [came("a", 5, 1.0), came("a", 9, 1.0), came("a", 5, 1.0), came("a", 5, 1.5), came("a", 7, 1.0), came("b", 7, 1.0)]
    assert reasons(intake(), *one) == ["kept", "kept", "duplicate", "conflict", "late", "kept"]


def test_readings_of_the_segment_before_are_known_and_the_last_one_always():
    found = intake()
    assert reasons(found, came("a", 5, 1.0), came("a", 6, 1.0)) == ["kept", "kept"]
    found.turned()
    assert reasons(found, came("a", 5, 1.0)) == ["duplicate"]
    found.turned()
    assert reasons(found, came("a", 5, 1.0), came("a", 6, 1.0)) == ["late", "duplicate"]


def test_streams_keep_their_unit():
    one = [came("a", 1, 1.0), came("a", 2, 1.0, "mm"), came("a", 3, 1.0, "cm"), came("b", 1, 1.0), came("b", 2, 1.0, "kg")]
    found = intake()
    assert reasons(found, *one, came("b", 3, 1.0, "g")) == ["kept", "kept", "other-unit", "kept", "kept", "other-unit"]
    assert found.unit_of("b") == "kg"


def test_unknown_streams_and_clocks_that_go_ahead():
    found = intake(TIMESTAMPS)
    assert reasons(found, came("c", 1, 1.0), came("a", NOW + AHEAD + 1, 1.0), came("a", NOW + AHEAD, 1.0)) == [
        "unknown-stream", "ahead", "kept",
    ]  # fmt: skip
    assert reasons(intake(), came("a", NOW * 9, 1.0)) == ["kept"]


def test_what_is_set_aside_and_sent_again_is_kept_once():
    found = intake()
    assert reasons(found, came("c", 1, 1.0), came("c", 1, 1.0, again=True), came("c", 1, 1.0)) == [
        "unknown-stream", "duplicate", "unknown-stream",
    ]  # fmt: skip
    assert found.counts == {"unknown-stream": 2, "duplicates": 1}


def test_the_journal_leads_to_the_same_streams():
    rng = np.random.default_rng(3)
    first, second = intake(), intake()
    for time in range(300):
        batch = [came("ab"[int(rng.integers(2))], int(rng.integers(time, time + 4)), float(rng.standard_normal()) * 1.5)]
        frame = first.judged(batch, NOW, None, 0)
        assert first.flagged(frame) == second.retaken(frame)
    assert first.counts == second.counts
    assert first.alarms == second.alarms > 5
    again = [came("a", time, 0.5) for time in range(310)]
    assert reasons(first, *again) == reasons(second, *again)


@pytest.mark.parametrize("rules", ["nelson", "western-electric", "westgard"])
def test_streams_that_were_watched_in_files_go_on_point_by_point(rules):
    """Two kernels keep the same word of 32 comparisons: one takes runs, the other points."""
    rng = np.random.default_rng(8)
    values = np.where(rng.random(400) < 0.05, np.nan, rng.standard_normal(400) * 1.5)
    kind = rule_set(rules)
    whole = continued([0.0, 0.0], [1.0, 1.0], rules=kind)
    flagged = whole.take(values, range(400), [0, 400], [0])
    expected = {int(number): int(bits) for number, bits in zip(flagged.numbers, flagged.bits, strict=True) if number > 150}
    part = continued([0.0, 0.0], [1.0, 1.0], rules=kind)
    part.take(values[:150], range(150), [0, 150], [0])
    kept = (part.last, part.last_times, part.history, part.sums, part.counts)
    found = Intake(LIMITS, kind, SavedStates(kept=kept, units=(None, None)), WHOLE, 0, {})
    alarms = []
    for time in range(150, 400):
        alarms += found.flagged(found.judged([came("a", time, float(values[time]))], NOW, None, 0))
    assert {alarm.point: alarm.bits for alarm in alarms} == expected
    assert len(expected) > 20
