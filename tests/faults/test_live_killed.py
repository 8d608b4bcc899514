"""Watching live is killed again and again, the broker goes down in between: no acknowledged reading is lost, no alarm is wrong."""

import json
import random
import time

import numpy as np
import pytest

from live_stage import LiveProcess, Publisher, check_all, kept, limits, told, until, written
from mosquitto_broker import Mosquitto, missing

needs_broker = pytest.mark.skipif(missing() is not None, reason=str(missing()))
STREAMS = 5


def values(readings: int, seed: int) -> dict[str, list[float]]:
    """What so many readings are: noise that wanders, and some are missing."""
    rng = np.random.default_rng(seed)
    each = readings // STREAMS
    rows = rng.standard_normal((STREAMS, each)) + 0.8 * np.sin(np.arange(each) / 40)
    rows[rng.random(rows.shape) < 0.02] = np.nan
    return {f"plant/g{stream}": row.tolist() for stream, row in enumerate(rows)}


def in_turn(sent: dict[str, list[float]]):
    """All readings as they come: stream, time, value."""
    for place in range(len(next(iter(sent.values())))):
        for stream, row in sent.items():
            yield stream, place, None if np.isnan(row[place]) else row[place]


@needs_broker
@pytest.mark.parametrize(
    ("kills", "readings", "seed"), [(4, 2_000, 1), pytest.param(30, 15_000, 2, marks=pytest.mark.long)]
)  # fmt: skip
def test_every_reading_that_a_broker_acknowledged_is_kept_once_and_charted(tmp_path, kills, readings, seed):
    chance, out = random.Random(seed), tmp_path / "out"
    broker = Mosquitto(tmp_path / "mq")
    source = f"mqtt://127.0.0.1:{broker.port}/plant/#"
    asked = ("--live", source, "--times", "numbers", "--baseline", limits(tmp_path / "b.csv", STREAMS), "--out", out)
    watcher = LiveProcess(tmp_path, *asked, segment=readings * 3 // 16)
    until((out / "session").exists)
    publisher, sent = Publisher(broker.port), values(readings, seed)
    for number, (stream, place, value) in enumerate(in_turn(sent)):
        publisher.publish(stream, place, value)
        if number % (readings // kills) == readings // kills - 1:
            time.sleep(chance.uniform(0.0, 0.4))
            watcher.kill()
            if chance.random() < 0.6:
                broker.stop()
                broker.start()
            watcher = LiveProcess(tmp_path, *asked, segment=readings * 3 // 16)
            time.sleep(chance.uniform(0.0, 2.0) if kills > 10 else 0.5)
        while publisher.left() > 200:
            time.sleep(0.002)
    broker.stop()  # also while somebody watches
    broker.start()
    until(lambda: publisher.left() == 0)
    publisher.end()
    assert len(publisher.acknowledged) == readings
    until(lambda: written(out)[0] == readings, 120)
    assert watcher.stop() in (0, 1)  # there need be no alarm after the last kill
    last = json.loads(watcher.out.read_text("utf-8").splitlines()[-1])
    assert last["setAside"] == {}
    check_all(out, sent, tmp_path / "b.csv", tmp_path / "night")
    printed = {line["alarm"]: line for line in watcher.alarms()}
    assert printed == {line["alarm"]: line for line in told(out)}
    broker.stop()


@pytest.mark.parametrize(("kills", "readings", "seed"), [(4, 3_000, 3), pytest.param(30, 20_000, 4, marks=pytest.mark.long)])
def test_every_line_of_files_that_grow_and_are_rotated_is_kept_once_and_charted(tmp_path, kills, readings, seed):
    chance, out, folder = random.Random(seed), tmp_path / "out", tmp_path / "gauges"
    folder.mkdir()
    asked = ("--live", folder, "--times", "numbers", "--baseline", limits(tmp_path / "b.csv", STREAMS), "--out", out)
    watcher = LiveProcess(tmp_path, *asked, segment=readings * 3 // 16)
    sent, line, file = values(readings, seed), folder / "a.csv", None
    for number, (stream, place, value) in enumerate(in_turn(sent)):
        if file is None:
            file = line.open("a", encoding="utf-8")
            file.write("stream,time,value\n")
        text = f"{stream},{place},{'' if value is None else repr(value)}\n"
        cut = chance.randrange(len(text))
        file.write(text[:cut])
        if chance.random() < 0.02:
            file.flush()
            time.sleep(0.005)
        file.write(text[cut:])
        if number % (readings // kills) == readings // kills - 1:
            file.flush()
            until(lambda: written(out)[1] == line.stat().st_ino)
            time.sleep(chance.uniform(0.0, 0.1))
            watcher.kill()
            if chance.random() < 0.6:
                file.close()
                line.rename(folder / f"a.csv.{number}")
                file = None
            watcher = LiveProcess(tmp_path, *asked, segment=readings * 3 // 16)
    if file is not None:
        file.close()
    until(lambda: written(out)[0] == readings, 120)
    assert watcher.stop() in (0, 1)  # there need be no alarm after the last kill
    last = json.loads(watcher.out.read_text("utf-8").splitlines()[-1])
    assert last["setAside"] == {}
    assert last["duplicates"] == 0, "what was read is in the same frame as how far it was read"
    check_all(out, sent, tmp_path / "b.csv", tmp_path / "night")
    assert {line["alarm"] for line in watcher.alarms()} == {line["alarm"] for line in told(out)}
    assert not kept(out / "none")
