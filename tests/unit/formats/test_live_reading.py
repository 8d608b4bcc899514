"""A payload or a row is one reading, or it is refused with a word for why; nothing is guessed, rounded or passed over."""

import json
from datetime import UTC, datetime
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.formats.live_reading import (
    MAX_PAYLOAD,
    TIMESTAMPS,
    WHOLE,
    NoReadingError,
    Reading,
    header_columns,
    instant_text,
    payload_reading,
    row_cells,
    row_reading,
)

GOOD = b'{"time": "2026-11-30T08:00:00.25Z", "value": 2.0350, "unit": "mm"}'


def test_a_reading_by_topic_and_one_that_names_its_stream():
    moment = int(datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp()) * 1_000_000 + 250_000
    assert payload_reading(GOOD, stream="plant/a", clock=TIMESTAMPS) == Reading("plant/a", moment, 2.035, "mm")
    said = b'{"stream": "b", "time": 7, "value": 1}'
    assert payload_reading(said, stream=None, clock=WHOLE) == Reading("b", 7, 1.0, None)
    assert isnan(payload_reading(b'{"time": 1, "value": null}', stream="a", clock=WHOLE).value)
    assert payload_reading(said, stream="b", clock=WHOLE).stream == "b"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not-json"), (b"{", "not-json"), (b'{"time": 1, "value": NaN}', "not-json"), (b"\xff", "not-json"),
        (b'{"time": 1, "value": Infinity}', "not-json"), (b'{"time": 1, "value": -Infinity}', "not-json"),
        (b'{"time": 1, "value": 1e999}', "value"), (b'{"time": 1, "value": 1e101}', "value"),
        (b'{"time": 1, "value": "1"}', "value"),
        (b'{"time": 1, "value": true}', "value"), (b'{"time": 1, "value": [1]}', "value"), (b'{"time": 1, "value": {}}', "value"),
        (b'{"time": 1, "value": 1, "value": 1}', "fields"), (b'{"time": 1}', "fields"), (b'{"value": 1}', "fields"),
        (b'{"time": 1, "value": 1, "quality": "bad"}', "fields"), (b"[1]", "fields"), (b"1", "fields"), (b"null", "fields"),
        (b'{"time": 1.0, "value": 1}', "time"), (b'{"time": "1", "value": 1}', "time"), (b'{"time": true, "value": 1}', "time"),
        (b'{"time": 9223372036854775808, "value": 1}', "time"), (b'{"time": null, "value": 1}', "time"),
        (b'{"time": 1, "value": 1, "stream": "b"}', "stream"), (b'{"time": 1, "value": 1, "stream": null}', "stream"),
        (b'{"time": 1, "value": 1, "unit": "smoot"}', "unit"), (b'{"time": 1, "value": 1, "unit": 1}', "unit"),
        (b'{"time": 1, "value": 1, "unit": ""}', "unit"), (b'{"time": 1, "value": ' + b"9" * 4_000 + b"}", "value"),
        (b'{"time": 1, "value": 1}' + b" " * MAX_PAYLOAD, "oversize"), (b"[" * 4_000, "not-json"),
        (b'{"time": 1, "value": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", "not-json"),
        (b'{"time": 1, "value": {"a": {"a": 1, "a": 1}}}', "fields"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_refused_with_a_word(payload, reason):
    with pytest.raises(NoReadingError) as refused:
        payload_reading(payload, stream="a", clock=WHOLE)
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["", "a" * 257, "a\n", "\\ud800", "\\u202e", "\\u0000"])
def test_names_of_streams_can_be_shown(name):
    said = f'{{"stream": "{name}", "time": 1, "value": 1}}'.encode().replace(b"\n", b"\\n")
    with pytest.raises(NoReadingError) as refused:
        payload_reading(said, stream=None, clock=WHOLE)
    assert refused.value.reason == "stream"


@pytest.mark.parametrize(
    "text",
    ["2026-11-30 08:00:00Z", "2026-11-30T08:00:00", "2026-11-30", "2026-02-30T08:00:00Z", "2026-11-30T24:00:00Z",
     "20261130T080000Z",
     "2026-11-30T08:00:60Z", "2026-11-30T08:00:00.1234567Z", "2026-11-30T08:00:00+0800", "0000-11-30T08:00:00Z",
     "0001-01-01T00:00:00+08:00", "٢٠٢٦-11-30T08:00:00Z"],
)  # fmt: skip
def test_a_time_that_is_not_plain_is_refused(text):
    with pytest.raises(NoReadingError) as refused:
        payload_reading(json.dumps({"time": text, "value": 1}).encode(), stream="a", clock=TIMESTAMPS)
    assert refused.value.reason == "time"


@given(
    moment=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=st.just(UTC)),
    value=st.floats(-1e100, 1e100),
)
def test_times_and_values_come_through_exactly(moment, value):
    payload = json.dumps({"time": moment.isoformat(), "value": value}).encode()
    found = payload_reading(payload, stream="a", clock=TIMESTAMPS)
    assert found.value == value
    assert datetime.fromisoformat(str(instant_text(found.time, TIMESTAMPS))) == moment
    row = row_reading(f"{moment.isoformat()},{value!r}", ("time", "value"), stream="a", clock=TIMESTAMPS)
    assert row == found


def test_an_offset_is_taken_off():
    one, other = (
        payload_reading(json.dumps({"time": text, "value": 1}).encode(), stream="a", clock=TIMESTAMPS).time
        for text in ("2026-11-30T08:00:00+08:00", "2026-11-30t00:00:00z")
    )
    assert one == other
    assert instant_text(one, TIMESTAMPS) == "2026-11-30T00:00:00Z"


def test_rows_and_what_is_wrong_with_them():
    columns = header_columns("stream,time,value,unit")
    assert row_reading("a,1,0.5,mm", columns, stream="f", clock=WHOLE) == Reading("a", 1, 0.5, "mm")
    assert row_reading("a,1,-.5e3,", columns, stream="f", clock=WHOLE) == Reading("a", 1, -500.0, None)
    assert isnan(row_reading("a,1,,mm", columns, stream="f", clock=WHOLE).value)
    assert row_reading("1,2", header_columns("time,value"), stream="f", clock=WHOLE) == Reading("f", 1, 2.0, None)
    for row, reason in (
        ("a,1,0.5", "row"), ("a,1,0,5,mm", "row"), ("a,1,nan,mm", "value"), ("a,1,inf,mm", "value"), ("a,1,1e999,mm", "value"),
        ("a,1, 1,mm", "value"), ("a,1,1_0,mm", "value"), ("a,x,1,mm", "time"), ("a,1.0,1,mm", "time"), (",1,1,mm", "stream"),
        ('"a,1,1,mm', "row"), ('"a"b,1,1,mm', "row"), ("a,1,٣,mm", "value"),
    ):  # fmt: skip
        with pytest.raises(NoReadingError) as refused:
            row_reading(row, columns, stream="f", clock=WHOLE)
        assert refused.value.reason == reason, row


@given(cells=st.lists(st.text(st.characters(blacklist_characters="\r\n")), min_size=1))
def test_cells_are_those_that_were_written(cells):
    assert row_cells(",".join('"' + cell.replace('"', '""') + '"' for cell in cells)) == cells


@pytest.mark.parametrize("header", ["", "time", "time,value,quality", "time,value,time", "Time,Value", "time;value"])
def test_a_header_names_what_is_known_once(header):
    with pytest.raises(NoReadingError):
        header_columns(header)
