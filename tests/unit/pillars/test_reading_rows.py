"""The rows of readings: what is none never becomes a number, a line is one row, and a row has one spelling."""

import pytest

from chain_stage import ChainStage
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, VerificationError
from stage import changed


@pytest.mark.parametrize(
    "line",
    [
        b'{"item":"a:b"}',
        b'{"item":"a:b","value":null}',
        b'{"item":"a:b","value":1.5}',
        b'{"item":"a:b","value":NaN}',
        *(
            b'{"item":"a:b","value":"%s"}' % text
            for text in (b"", b"NaN", b"inf", b"1e3", b"-0", b"1,5", b" 1", b"1_0", b"01", b"1" * 61)
        ),
        b'{"item":"a:b","remark":"x","value":"1"}',
        b'"a:b"',
        b"{",
        b"",
    ],
)
def test_a_row_that_is_no_reading_is_an_error_and_never_a_number(line):
    stage = ChainStage()
    with pytest.raises(FormatError):
        stage.judged_readings(stage.lines(b'{"item":"a:a","value":"2.0"}', line))


def test_a_row_that_is_no_utf8_is_an_error_of_ours():
    stage = ChainStage()
    with pytest.raises(FormatError):
        stage.judged_readings(stage.lines(b'{"item":"\xff:b","value":"1"}'))


@pytest.mark.parametrize(
    "lines",
    [
        (b'{"item":"a:a","value":"2.0"},{"item":"a:b","value":"2.0"}',),
        (b'{"item":"a:a"', b'"value":"2.0"}'),
        (b'{"item":"a:a","value":"2.0"},{"item":"a:b","value":"2.0"}', b'{"item":"a:c"', b'"value":"2.0"}'),
    ],
    ids=["two rows on a line", "one row on two lines", "both, so that the count is right"],
)
def test_a_line_is_one_row(lines):
    stage = ChainStage()
    with pytest.raises(OpenQIError):
        stage.judged_readings(stage.lines(*lines))


@pytest.mark.parametrize(
    "line",
    [
        b'{"item":"a:b","value":"1","value":"2.0"}',
        b'{"value":"2.0","item":"a:b"}',
        b'{"item": "a:b","value":"2.0"}',
        b'{"item":"a\\u003ab","value":"2.0"}',
        b'{"item":"a:b","reference":null,"value":"2.0"}',
    ],
    ids=["a member twice", "out of order", "a space", "an escape", "null"],
)
def test_a_row_has_one_spelling(line):
    stage = ChainStage()
    with pytest.raises(FormatError):
        stage.judged_readings(stage.lines(line))


def test_rows_that_are_not_at_hand_or_not_those_of_the_record_are_not_judged():
    stage = ChainStage()
    items = stage.lines(b'{"item":"a:b","value":"2.0"}')
    absent = changed(items, rows=changed(items.rows, sha256="cd" * 32))
    with pytest.raises(NotFoundError):
        stage.judged_readings(absent)
    for wrong in (changed(items, root="cd" * 32), changed(items, count=2), changed(items, rows=changed(items.rows, size=1))):
        with pytest.raises(VerificationError, match="batch"):
            ChainStage.judged_readings(stage, wrong)


@pytest.mark.parametrize("item", ["", "no uri", "厦门", "a:b\\nc:d"])
def test_an_item_is_a_uri(item):
    stage = ChainStage()
    with pytest.raises(OpenQIError):
        stage.judged_readings({item: "2.0"})
