"""A watcher in a process of its own that is killed and started again, somebody who publishes, and what should come of it all."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from openqi.app.watching.live.journal import frames_of
from openqi.app.watching.live.service import AskedLive, World, watch_live
from openqi.kernel.errors import OpenQIError
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.streams import watch
from plant_readings import flags, watched

PROGRAM = """
import sys
from openqi.app.watching.live import service
service.SEGMENT_READINGS = int(sys.argv.pop(1))
from openqi.interfaces.cli.main import main
main()
"""


def limits(path: Path, streams: int, *, name: str = "plant/g{}") -> Path:
    """Limits of so many streams: centre 0, sigma 1."""
    rows = [f"{name.format(stream)},0,1" for stream in range(streams)]
    path.write_text("stream,centre,sigma\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


class LiveProcess:
    """`openqi watch --live …` that runs until it is ended; what it prints is added to files in `folder`.

    Args:
        folder: for what it prints.
        arguments: of the command.
        segment: readings in a segment.
        environment: variables that are set.
    """

    def __init__(self, folder: Path, *arguments: object, segment: int = 100_000, environment: dict[str, str] | None = None) -> None:
        self.out, self.err = folder / "stdout", folder / "stderr"
        paths = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)} | (environment or {})
        with self.out.open("ab") as out, self.err.open("ab") as err:
            command = [sys.executable, "-c", PROGRAM, str(segment), "watch", "--json", *map(str, arguments)]
            self._process = subprocess.Popen(command, stdout=out, stderr=err, env=paths)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and return its exit status."""
        self._process.send_signal(number)
        status = self._process.wait(60)
        assert "Traceback" not in self.err.read_text("utf-8")
        return status

    def wait(self) -> int:
        """Wait until it ends by itself, and return its exit status."""
        return self._process.wait(60)

    def alarms(self) -> list[dict[str, object]]:
        """Alarms that were printed so far."""
        lines = self.out.read_text("utf-8").splitlines() if self.out.exists() else []
        return [said for line in lines if "alarm" in (said := json.loads(line))]


def until(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


class Publisher:
    """Publishes readings in order, with acknowledgement, and keeps which of them the broker has acknowledged."""

    def __init__(self, port: int) -> None:
        from paho.mqtt import client as mqtt

        self.acknowledged: set[tuple[str, int]] = set()
        self._under_way: dict[int, tuple[str, int]] = {}
        self._answers: deque[int] = deque()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="gauges", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def publish(self, stream: str, time: int, value: float | None) -> None:
        """Publish a reading; it is published again until the broker has it."""
        info = self._client.publish(stream, json.dumps({"time": time, "value": value}), qos=1)
        self._under_way[info.mid] = (stream, time)

    def left(self) -> int:
        """So many readings the broker has not acknowledged yet."""
        while self._answers:
            self.acknowledged.add(self._under_way.pop(self._answers.popleft()))
        return len(self._under_way)

    def end(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_publish(self, _client: object, _data: object, mid: int, _reason: object, _properties: object) -> None:
        self._answers.append(mid)


class Here:
    """What a watcher in the test itself has told.

    Args:
        looks: it stops when it has asked so many times whether to.
        now: seconds since 1970.
    """

    def __init__(self, looks: int = 3, now: float = 1.8e9) -> None:
        self.alarms: list[dict[str, object]] = []
        self.complaints: list[str] = []
        self._left, self._now = looks, now

    def watch(self, asked: AskedLive, opened: Callable[..., Any]) -> dict[str, Any]:
        """Watch, and return what it came to."""
        return watch_live(
            asked,
            World(
                opened=opened, tell=self.alarms.append, complain=self.complaints.append, stopping=self._stopping,
                now=lambda: self._now, steady=time.monotonic,
            ),
        )  # fmt: skip

    def _stopping(self) -> bool:
        self._left -= 1
        return self._left < 0


def asked(folder: Path, baseline: Path, origin: str = "csv", *, clock: str = "int64") -> AskedLive:
    """What is asked of a watcher that runs in the test itself."""
    return AskedLive(out=folder, baseline=baseline, rules=rule_set("nelson"), clock=clock, origin=origin, segment=3_600.0)


def written(out: Path) -> tuple[int, int | None]:
    """How many readings the journal says there are, and the number of the file `a.csv` that was read last; while it is written."""
    try:
        header, found = frames_of(sorted((out / "journal").glob("*.log"))[-1])
        frames = list(found)
    except (OpenQIError, IndexError):  # a frame, or the first segment, is being written at this moment
        return -1, None
    places = dict(header.position or {})
    for frame in frames:
        places |= frame.position or {}
    count = header.counts.get("readings", 0) + sum(len(frame.readings) for frame in frames)
    return count, places["a.csv"][1] if "a.csv" in places else None


def kept(out: Path) -> list[tuple[str, int, float | None]]:
    """All readings in the files of a folder of live results: stream, time, value."""
    tables = [parquet.read_table(path) for path in sorted((out / "readings").glob("*.parquet"))]
    columns = ("stream", "time", "value")
    return [row for table in tables for row in zip(*(table.column(name).to_pylist() for name in columns), strict=True)]


def told(out: Path) -> list[dict[str, object]]:
    """All alarms in the files of a folder of live results."""
    return [json.loads(line) for path in sorted((out / "alarms").glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


def check_all(out: Path, sent: dict[str, list[float]], limits: Path, fresh: Path) -> None:
    """Nothing is lost or doubled, and the alarms are those of the nightly job and of the batch in memory.

    Args:
        out: folder of live results.
        sent: of each stream its values; the time of each is its place, NaN is a missing one.
        limits: of the streams.
        fresh: folder for the results of a nightly job.
    """
    rows = kept(out)
    have = {(stream, time): np.nan if value is None else value for stream, time, value in rows}
    assert len(have) == len(rows)
    want = {(stream, time): value for stream, values in sent.items() for time, value in enumerate(values)}
    assert set(have) == set(want)
    assert all(have[key] == value or (np.isnan(have[key]) and np.isnan(value)) for key, value in want.items())
    lines = told(out)
    assert [line["alarm"] for line in lines] == list(range(1, len(lines) + 1))
    live: dict[str, dict[int, int]] = {}
    for line in lines:
        live.setdefault(str(line["stream"]), {})[int(line["point"])] = int(line["bits"])  # type: ignore[call-overload]
    assert sum(map(len, live.values())) == len(lines)
    watched(out / "readings", fresh, limits)
    nightly, beside = flags(fresh), flags(out / "results")
    assert live == nightly == beside
    assert sum(map(len, live.values())) > 10
    for name, values in sent.items():
        bits = watch(values, centres=0.0, sigmas=1.0).flags(0).tolist()
        assert live.get(name, {}) == {number: one for number, one in enumerate(bits, 1) if one}
