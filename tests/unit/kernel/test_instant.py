"""Instants: one spelling, whole seconds of UTC, and nothing rounded up into the future."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import FormatError
from openqi.kernel.instant import format_instant, parse_instant

instants = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(instants)
def test_an_instant_reads_back_from_its_text(instant):
    whole = instant.replace(microsecond=0, tzinfo=UTC)
    text = format_instant(whole)
    assert parse_instant(text) == whole
    assert format_instant(parse_instant(text)) == text
    assert text == whole.isoformat().replace("+00:00", "Z")


@given(instants, offsets)
def test_an_instant_in_another_zone_is_written_in_utc(instant, zone):
    local = instant.replace(microsecond=0, tzinfo=zone)
    assert parse_instant(format_instant(local)) == local
    assert parse_instant(format_instant(local)).tzinfo is UTC


@given(instants)
def test_a_fraction_of_a_second_is_cut_off_never_rounded_up(instant):
    given_ = instant.replace(tzinfo=UTC)
    assert timedelta(0) <= given_ - parse_instant(format_instant(given_)) < timedelta(seconds=1)


@given(instants, instants)
def test_texts_of_instants_sort_as_the_instants_do(first, second):
    first, second = (instant.replace(microsecond=0, tzinfo=UTC) for instant in (first, second))
    assert (format_instant(first) < format_instant(second)) == (first < second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-11-20T08:00Z",
        "2026-11-20T08:00:00",
        "2026-11-20T08:00:00z",
        "2026-11-20t08:00:00Z",
        "2026-11-20 08:00:00Z",
        "2026-11-20T08:00:00+00:00",
        "2026-11-20T08:00:00.0Z",
        "2026-11-20T08:00:00Z\n",
        " 2026-11-20T08:00:00Z",
        "20261120T080000Z",
        "2026-1-20T08:00:00Z",
        "26-11-20T08:00:00Z",
        "+2026-11-20T08:00:00Z",
        "12026-11-20T08:00:00Z",
        "２０２６-11-20T08:00:00Z",
        "\u0662\u0660\u0662\u0666-11-20T08:00:00Z",
        "2026-11-20T08:00:00Z" * 1000,
    ],
)
def test_another_form_is_refused_with_an_example(text):
    with pytest.raises(FormatError, match="write YYYY-MM-DDThh:mm:ssZ, for example"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:61Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_a_day_or_time_that_does_not_exist_is_refused_leap_seconds_too(text):
    with pytest.raises(FormatError, match=r"no such day or time|write YYYY-MM-DDThh:mm:ssZ"):
        parse_instant(text)


def test_the_first_and_last_instants_have_four_digits_of_year():
    for text in ("0001-01-01T00:00:00Z", "0999-12-31T23:59:59Z", "2024-02-29T12:00:00Z", "9999-12-31T23:59:59Z"):
        assert format_instant(parse_instant(text)) == text


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(FormatError, match=r"has no time zone; give one"):
        format_instant(datetime(2026, 11, 20, 8))


shaped = st.from_regex(r"\A[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z\Z")


@given(st.text(max_size=25) | st.text("0123456789-T:Z", min_size=20, max_size=20) | shaped)
def test_any_text_is_an_instant_that_writes_it_or_our_own_error(text):
    try:
        instant = parse_instant(text)
    except FormatError:
        return
    assert format_instant(instant) == text
