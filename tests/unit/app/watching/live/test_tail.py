"""CSV files that grow: half a line is awaited, what was rotated away is read to its end, what was written anew is noticed."""

import time

import pytest

from live_stage import until
from openqi.app.watching.live import tail as module
from openqi.app.watching.live.tail import Tail
from openqi.formats.live_reading import WHOLE
from openqi.kernel.errors import NotFoundError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LEFT_AFTER", 0.05)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def tailing(place, position=None, said=None):
    return Tail(place, position, WHOLE, (said if said is not None else []).append)


def took(tail, seconds=0.0):
    """What a tail hands over: times of readings, and words for what is none."""
    found = tail.arrivals(seconds)
    return [one.reading.time if one.reading is not None else one.fault[0] for one in found]


def add(path, text):
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_half_a_line_is_awaited_however_it_comes(folder):
    path, tail = folder / "a.csv", tailing(folder)
    assert took(tail) == []
    for number, letter in enumerate("time,value\n1,0.5\n22,-0.25\r\n"):
        add(path, letter)
        assert took(tail) == {17: [1], 27: [22]}.get(number + 1, []), number
    tail.close()


def test_it_goes_on_where_it_was_and_half_a_line_is_read_again(folder):
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "time,value\n1,0.5\n2,0.")
    assert took(tail) == [1]
    position = tail.position()
    tail.close()
    add(path, "5\n3,1\n")
    tail = tailing(folder, position)
    assert took(tail) == [2, 3]
    tail.close()


def test_what_was_rotated_while_nobody_looked_is_read_to_its_end_first(folder):
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "time,value\n1,0.5\n")
    assert took(tail) == [1]
    position = tail.position()
    tail.close()
    add(path, "2,1\n")
    path.rename(folder / "a.csv.1")
    add(path, "time,value\n3,1\n")
    tail = tailing(folder, position)
    assert took(tail) == [2]
    found = []
    until(lambda: found.extend(took(tail)) or found == [3], 5)
    assert tail.position()["a.csv"][1] == path.stat().st_ino
    tail.close()


def test_what_was_rotated_is_read_to_its_end_also_where_nothing_took_its_place(folder):
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "time,value\n1,0.5\n")
    assert took(tail) == [1]
    position = tail.position()
    tail.close()
    add(path, "2,1\n")
    path.rename(folder / "a.csv.1")
    tail = tailing(folder, position)
    assert took(tail) == [2]
    position = tail.position()
    tail.close()
    (folder / "a.csv.1").unlink()
    tail = tailing(folder, position)
    assert took(tail) == ["gone"]
    assert took(tail) == []
    assert tail.position() == {}
    tail.close()


def test_what_is_rotated_while_one_looks_is_left_once_nothing_more_comes(folder):
    path, said = folder / "a.csv", []
    tail = tailing(path, said=said)
    add(path, "time,value\n1,0.5\n")
    assert took(tail) == [1]
    with path.open("a", encoding="utf-8") as late:
        path.rename(folder / "a.csv.1")
        add(path, "time,value\n4,1\n")
        assert took(tail) == []
        late.write("2,1\n3,")
        late.flush()
        assert took(tail) == [2]
    found = []
    until(lambda: found.extend(took(tail)) or 4 in found, 5)
    assert found == ["half-line", 4]
    assert "within a line" in said[0]
    tail.close()


def test_a_file_that_was_cut_or_written_anew_is_told_and_read_from_its_beginning(folder):
    path, said = folder / "a.csv", []
    tail = tailing(path, said=said)
    add(path, "time,value\n1,0.5\n2,1\n")
    assert took(tail) == [1, 2]
    path.write_text("time,value\n3,1\n", "utf-8")
    assert took(tail) == ["rewritten", 3]
    path.write_text("time,value\n4,1\n5,1\n6,1\n7,1\n", "utf-8")
    assert took(tail) == ["rewritten", 4, 5, 6, 7]
    assert len(said) == 2
    tail.close()


def test_a_file_of_the_same_number_elsewhere_is_not_taken_for_the_old_one(folder):
    """A file system gives the number of a file that is gone to the next one."""
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "time,value\n1,0.5\n")
    assert took(tail) == [1]
    device, number, done, _ = tail.position()["a.csv"]
    said = []
    tail.close()
    add(folder / "b.csv", "time,value\n5,1\n6,1\n")
    path.unlink()
    add(path, "time,value\n8,1\n")
    other = (folder / "b.csv").stat().st_ino
    tail = tailing(folder, {"a.csv": (device, other, done, b"never")}, said)
    assert took(tail) == ["gone", 8, 5, 6]
    assert number
    tail.close()


def test_lines_that_are_too_long_are_refused_once_and_the_next_one_is_read(folder):
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "time,value\n")
    for _ in range(40):
        add(path, "9" * 5_000)
        took(tail)
    add(path, "\n1,2\n")
    assert took(tail) == [1]
    tail.close()


def test_a_file_without_a_header_is_refused_line_by_line(folder):
    path, tail = folder / "a.csv", tailing(folder)
    add(path, "1,2\n2,3\n")
    assert took(tail) == ["header", "header"]
    tail.close()
    tail = tailing(folder, tail.position())
    add(path, "3,3\n")
    assert took(tail) == ["header"]
    tail.close()


def test_a_folder_is_read_fairly_and_its_files_name_their_streams(folder):
    for name in ("b", "a"):
        add(folder / f"{name}.csv", "time,value\n" + "".join(f"{place},1\n" for place in range(30_000)))
    add(folder / "a.txt", "no")
    tail, found = tailing(folder), []
    until(lambda: found.extend(tail.arrivals(0.0)) or len(found) == 60_000, 20)
    assert {one.reading.stream for one in found[:30_000]} == {"a", "b"}
    assert max(len(tail.arrivals(0.0)) for _ in range(3)) == 0
    for path in folder.glob("*.csv"):
        path.unlink()
    until(lambda: tail.arrivals(0.0) or not tail.position(), 5)
    tail.close()


def test_waiting_takes_little_of_the_processor_and_a_missing_folder_is_told(folder):
    add(folder / "a.csv", "time,value\n")
    tail = tailing(folder)
    before = time.process_time()
    assert took(tail, 0.5) == []
    assert time.process_time() - before < 0.25
    tail.close()
    with pytest.raises(NotFoundError, match="no folder"):
        tailing(folder / "none" / "a.csv")
    assert [path.name for path in folder.iterdir()] == ["a.csv"]
