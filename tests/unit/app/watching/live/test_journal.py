"""The journal: half a frame at the end was never acknowledged and goes; damage before a whole frame is told, never mended."""

import pytest

from openqi.app.watching.live.frames import Aside, Frame, Header, Kept, framed
from openqi.app.watching.live.journal import begun, frames_of, reopened, segments
from openqi.kernel.errors import FormatError

HEADER = Header(1, b"s" * 16, "settings", 3, 2, {"readings": 5}, {"a.csv": (1, 2, 3, b"x")})
FRAMES = [
    Frame([Kept("a", number, 0.1 * number, None), Kept("b", number, None, "mm")], [], number, None, number) for number in range(4)
]


def written(folder):
    journal = begun(folder, HEADER)
    for frame in FRAMES:
        journal.append(frame)
    journal.close()
    return journal.path


def mended(path):
    journal, frames = reopened(path)
    journal.close()
    return list(frames)


def test_what_was_written_is_read(tmp_path):
    header, frames = frames_of(written(tmp_path))
    assert header == HEADER
    assert list(frames) == FRAMES


def test_a_frame_cut_anywhere_goes_and_those_before_it_stay(tmp_path):
    path = written(tmp_path)
    data = path.read_bytes()
    last = len(framed(FRAMES[3], 4, HEADER.salt))
    for cut in range(len(data) - last, len(data)):
        path.write_bytes(data[:cut])
        journal, frames = reopened(path)
        assert list(frames) == FRAMES[:3]
        journal.append(FRAMES[3])
        journal.close()
        assert path.read_bytes() == data


def test_a_last_frame_of_zeros_goes(tmp_path):
    """A file system may have lengthened the file and not written into it when the power went."""
    path = written(tmp_path)
    data = path.read_bytes()
    last = len(framed(FRAMES[3], 4, HEADER.salt))
    path.write_bytes(data[:-last] + bytes(last))
    assert mended(path) == FRAMES[:3]
    assert path.stat().st_size == len(data) - last


def test_any_flipped_byte_before_the_last_frame_is_told_and_nothing_is_cut_off(tmp_path):
    path = written(tmp_path)
    data = path.read_bytes()
    last = len(framed(FRAMES[3], 4, HEADER.salt))
    for place in range(len(data) - last):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(FormatError, match="damaged"):
            reopened(path)
        assert path.stat().st_size == len(data)


def test_nothing_that_is_sent_can_look_like_a_frame(tmp_path):
    """Without the salt a payload could hold a whole frame, and half a frame would be taken for damage."""
    sent = framed(FRAMES[0], 9, b"guessed")
    aside = Frame([], [Aside("not-json", "", "t", 0, len(sent), sent, False)] * 2, 0, None, 0)
    path = written(tmp_path)
    path.write_bytes(path.read_bytes() + framed(aside, 5, HEADER.salt)[:-3])
    assert mended(path) == FRAMES


def test_a_segment_whose_first_frame_is_damaged_is_told(tmp_path):
    path = written(tmp_path)
    data = path.read_bytes()
    for damaged in (b"", data[:20], data[:40] + b"\0" + data[41:]):
        path.write_bytes(damaged)
        with pytest.raises(FormatError, match="damaged"):
            reopened(path)
        assert [number for number, _ in segments(tmp_path)] == [1]


def test_a_whole_frame_that_says_something_else_is_told(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes() + framed(HEADER, 5, HEADER.salt))
    with pytest.raises(FormatError, match="something else"):
        list(frames_of(path)[1])
