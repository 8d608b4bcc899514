"""A watcher that ends at any step of its work goes on as if nothing had been: each reading once, each alarm once in the files."""

import numpy as np
import pytest

from live_stage import Here, asked, check_all, limits, told
from openqi.app.watching.live import closing, service
from openqi.app.watching.live.closing import Told
from openqi.app.watching.live.intake import Intake
from openqi.app.watching.live.journal import Journal
from openqi.app.watching.live.service import Watcher
from openqi.app.watching.live.tail import Tail
from openqi.kernel.errors import ConflictError, FormatError, NotFoundError, RefusedError


class Gone(BaseException):
    """The process ends here."""


def csv_of(folder, sent, begin, end):
    """Add readings to a file that grows."""
    path = folder / "g.csv"
    if not path.exists():
        path.write_text("stream,time,value\n", "utf-8")
    with path.open("a", encoding="utf-8") as file:
        for place in range(begin, end):
            for stream, row in sent.items():
                file.write(f"{stream},{place},{'' if np.isnan(row[place]) else repr(row[place])}\n")
    return path


def tailing(path):
    return lambda _, position: Tail(path, position, "int64", lambda _: None)


def ending(monkeypatch, owner, name, *, before, turns):
    """The process ends before or after the so-manieth call of something."""
    real, left = getattr(owner, name), [turns]

    def instead(*args, **named):
        left[0] -= 1
        if left[0] == 0 and before:
            raise Gone
        found = real(*args, **named)
        if left[0] == 0:
            raise Gone
        return found

    monkeypatch.setattr(owner, name, instead)


STEPS = [
    (Journal, "append"), (Tail, "acknowledge"), (Intake, "flagged"), (Told, "add"), (Watcher, "_tell"), (Watcher, "_turn"),
    (service, "begun"), (Intake, "turned"), (closing, "write_readings"), (closing, "watch"), (Told, "keep"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "name", "before"),
    [(owner, name, before) for owner, name in STEPS for before in (True, False) if before or name != "begun"],
)
def test_an_end_at_any_step_loses_and_doubles_nothing(tmp_path, monkeypatch, owner, name, before):
    rng, out = np.random.default_rng(5), tmp_path / "out"
    sent = {f"g{stream}": (rng.standard_normal(200) * 1.4).tolist() for stream in range(2)}
    what = asked(out, limits(tmp_path / "b.csv", 2, name="g{}"))
    monkeypatch.setattr(service, "SEGMENT_READINGS", 120)
    heard = []
    for number, (begin, end) in enumerate([(0, 70), (70, 140), (140, 200)]):
        path = csv_of(tmp_path, sent, begin, end)
        with monkeypatch.context() as patched:
            if number < 2:
                ending(patched, owner, name, before=before, turns=1 + number)
            here = Here(looks=4)
            try:
                here.watch(what, tailing(path))
            except Gone:
                heard.append("gone")
            heard += [line["alarm"] for line in here.alarms]
    assert "gone" in heard
    check_all(out, sent, tmp_path / "b.csv", tmp_path / "night")
    assert {one for one in heard if one != "gone"} == {line["alarm"] for line in told(out)}


def test_a_failing_disk_ends_the_watcher_before_anything_is_acknowledged(tmp_path, monkeypatch):
    path = csv_of(tmp_path, {"g0": [0.0, 9.0]}, 0, 2)
    what = asked(tmp_path / "out", limits(tmp_path / "b.csv", 1, name="g{}"))
    answered = []
    monkeypatch.setattr(Tail, "acknowledge", lambda _: answered.append(1))

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            Here().watch(what, tailing(path))
    assert answered == []
    here = Here()
    assert here.watch(what, tailing(path))["readings"] == 2
    assert [line["alarm"] for line in here.alarms] == [1]


def test_a_folder_stays_about_what_it_was_about(tmp_path):
    path = csv_of(tmp_path, {"g0": [0.0]}, 0, 1)
    known, out = limits(tmp_path / "b.csv", 1, name="g{}"), tmp_path / "out"
    Here().watch(asked(out, known), tailing(path))
    with pytest.raises(RefusedError, match="same-origin"):
        Here().watch(asked(out, known, "mqtt x"), tailing(path))
    with pytest.raises(RefusedError, match="same-settings"):
        Here().watch(asked(out, limits(tmp_path / "c.csv", 2, name="g{}")), tailing(path))
    with pytest.raises(RefusedError, match="same-settings"):
        Here().watch(asked(out, known, clock="timestamp[us, tz=UTC]"), tailing(path))
    for file in (out / "journal").iterdir():
        file.unlink()
    with pytest.raises(FormatError, match="no journal"):
        Here().watch(asked(out, known), tailing(path))


def test_a_folder_into_which_nothing_came_may_be_about_something_else(tmp_path):
    known, out = limits(tmp_path / "b.csv", 1, name="g{}"), tmp_path / "out"
    with pytest.raises(NotFoundError):
        Here().watch(asked(out, known, "a typing mistake"), tailing(tmp_path / "none/g.csv"))
    before = (out / "live.json").read_text("utf-8")
    path = csv_of(tmp_path, {"g0": [0.0]}, 0, 1)
    assert Here().watch(asked(out, known), tailing(path))["readings"] == 1
    assert "a typing mistake" in before
    assert "a typing mistake" not in (out / "live.json").read_text("utf-8")


def test_a_broker_knows_a_watcher_again_into_whose_folder_nothing_came_yet(tmp_path):
    known, out = limits(tmp_path / "b.csv", 1, name="g{}"), tmp_path / "out"
    clients = []
    for _ in range(2):
        Here().watch(
            asked(out, known), lambda folder, _: clients.append(folder.client) or tailing(tmp_path / "g.csv")(folder, None)
        )
    assert clients[0] == clients[1]


def test_what_came_before_the_last_start_is_known_when_it_comes_again(tmp_path):
    path = csv_of(tmp_path, {"g0": [0.0, 1.0, 2.0, 3.0]}, 0, 3)
    what = asked(tmp_path / "out", limits(tmp_path / "b.csv", 1, name="g{}"))
    Here().watch(what, tailing(path))
    assert list((tmp_path / "out/readings").iterdir())
    with path.open("a", encoding="utf-8") as file:
        file.write("g0,0,0.0\ng0,1,7.0\ng0,3,3.0\n")
    done = Here().watch(what, tailing(path))
    assert (done["readings"], done["duplicates"], done["setAside"]) == (4, 1, {"conflict": 1})


def test_two_watchers_do_not_share_a_folder(tmp_path):
    path = csv_of(tmp_path, {"g0": [0.0]}, 0, 1)
    what = asked(tmp_path / "out", limits(tmp_path / "b.csv", 1, name="g{}"))

    def second(_, position):
        with pytest.raises(ConflictError, match="goes on"):
            Here().watch(what, tailing(path))
        return Tail(path, position, "int64", lambda _: None)

    assert Here().watch(what, second)["readings"] == 1


def test_what_is_set_aside_is_kept_counted_and_told(tmp_path):
    path = tmp_path / "g.csv"
    path.write_bytes(b"time,value\n1,0.5\n2,abc\n3,0.25\n2,0.5\n3,0.25\n3,7\n4,\xff\n" + b"9" * 5_000 + b"\n5,1\n")
    what = asked(tmp_path / "out", limits(tmp_path / "b.csv", 1, name="g"))
    here = Here()
    done = here.watch(what, tailing(path))
    assert done["readings"] == 3
    assert done["duplicates"] == 1
    assert done["setAside"] == {"conflict": 1, "late": 1, "oversize": 1, "row": 1, "value": 1}
    assert any("set aside" in line for line in here.complaints)
    text = (tmp_path / "out/refused/00000001.jsonl").read_text("utf-8")
    assert text.count("\n") == 5
    assert '"base64": "NCz/"' in text  # 4,\xff is no text
