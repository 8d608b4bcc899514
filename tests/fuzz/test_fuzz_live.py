"""Any bytes that are published or stand in a file that grows are a reading, or are refused with one of the words for it."""

from pathlib import Path

import pytest

from fuzz.mutate import inputs
from openqi.app.watching.live.frames import Frame, Header, Kept, framed
from openqi.app.watching.live.journal import reopened
from openqi.app.watching.live.tail import Tail
from openqi.formats.live_reading import REASONS, TIMESTAMPS, WHOLE, NoReadingError, Reading, payload_reading
from openqi.kernel.errors import FormatError

PAYLOADS = (
    b'{"time": "2026-11-30T08:00:00.25Z", "value": 2.0350, "unit": "mm"}',
    b'{"stream": "plant/a", "time": 17, "value": null}',
    b'{"time": "2026-11-30T08:00:00+08:00", "value": -1.5e-3, "stream": "\\u4e2d"}',
)
WORDS = (b'"time":', b'"value":', b"NaN", b"1e999", b"[[", b"{", b'"unit":', b"\xff", b"\\ud800", b"9" * 30)
COUNTS = [2_000, pytest.param(200_000, marks=pytest.mark.long)]


@pytest.mark.parametrize("count", COUNTS)
def test_any_payload_is_a_reading_or_refused_with_a_word(count: int) -> None:
    taken = 0
    for data in inputs("live payloads", PAYLOADS, WORDS, count):
        for stream in (None, "plant/a"):
            for clock in (WHOLE, TIMESTAMPS):
                try:
                    found = payload_reading(data, stream=stream, clock=clock)
                except NoReadingError as error:
                    assert error.reason in REASONS
                    assert len(str(error)) < 1_000
                else:
                    assert isinstance(found, Reading)
                    assert -(2**63) < found.time < 2**63
                    taken += 1
    assert taken > 10


@pytest.mark.parametrize("count", [200, pytest.param(20_000, marks=pytest.mark.long)])
def test_any_file_that_grows_is_read_to_its_end(count: int, tmp_path: Path) -> None:
    good = (b"stream,time,value,unit\na,1,0.5,mm\nb,2,,\n", b'time,value\r\n1,"2"\r\n2,3\r\n')
    for number, data in enumerate(inputs("live files", good, (b'"', b",", b"\n", b"\r", b"\xef\xbb\xbf", b"9" * 5_000), count)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(data)
        tail = Tail(path, None, WHOLE, lambda _: None)
        for one in tail.arrivals(0.0):
            assert (one.reading is None) != (one.fault is None)
        assert tail.position()[path.name][2] == data.rfind(b"\n") + 1 or len(data) > 4_096
        tail.close()
        path.unlink()


@pytest.mark.parametrize("count", [500, pytest.param(50_000, marks=pytest.mark.long)])
def test_any_journal_is_read_or_told_to_be_damaged(count: int, tmp_path: Path) -> None:
    header = Header(1, b"s" * 16, "x", 0, 0, {}, {"a.csv": (1, 2, 3, b"x")})
    frame = Frame([Kept("a", 1, 0.5, "mm")], [], 0, None, 0)
    good = framed(header, 0) + b"".join(framed(frame, place, header.salt) for place in (1, 2, 3))
    path = tmp_path / "00000001.log"
    for data in inputs("live journals", (good,), (b"OQL1", b"\x00" * 8, b"\xff" * 4), count):
        path.write_bytes(data)
        try:
            journal, frames = reopened(path)
        except FormatError:
            assert path.read_bytes() == data
        else:
            assert len(list(frames)) <= 3
            journal.close()
