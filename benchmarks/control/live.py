"""Live readings by a broker: how many a second are taken for good, and how long it takes from publishing to the alarm."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Table
from openqi.app.watching.live.journal import frames_of
from openqi.kernel.errors import FormatError, NotFoundError

STREAMS, BACKLOG, RATE, SECONDS = 100, 20_000, 1_000, 15
chance = random.Random(1)
PROGRAM = "from openqi.interfaces.cli.main import main; main()"


def measure(table: Table) -> None:
    """Add the rows of this part."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        table.rows.append(("live readings", "no Mosquitto here", "", ""))
        return
    with tempfile.TemporaryDirectory() as folder, _broker(Path(folder), program) as port:
        root = Path(folder)
        names = [f"plant/g{number}" for number in range(STREAMS)]
        (root / "limits.csv").write_text("stream,centre,sigma\n" + "".join(f"{name},0,1\n" for name in names), "utf-8")
        with _watcher(root, port):  # the broker knows it from now on
            _until((root / "out/session").exists)
        client = _client(port)
        for number in range(BACKLOG):
            info = client.publish(names[number % STREAMS], json.dumps({"time": number, "value": chance.gauss(0.0, 1.0)}), qos=1)
        info.wait_for_publish(120)
        rate, busy = _backlog(root, port)
        table.add("live readings that waited at the broker, on disk before each is acknowledged", rate, "readings/s")
        table.add("... by processor time of the watcher", busy, "readings/s")
        waited, spent = _alarms(root, port, client, names)
        for share in (50, 95, 99):
            place = min(len(waited) - 1, len(waited) * share // 100)
            table.add(f"from publishing to the printed alarm at {RATE:,} readings/s, p{share}", 1e3 * sorted(waited)[place], "ms")
        table.add("... processor time of the watcher", 100 * spent / SECONDS, "% of a core")
        table.add("... load of the machine", os.getloadavg()[0], "")
        client.disconnect()
        client.loop_stop()


def _backlog(root: Path, port: int) -> tuple[float, float]:
    """Readings a second, and a second of processor time, that are taken from a broker that has them all."""
    with _watcher(root, port) as process:
        _until(lambda: _taken(root) > 0)
        begin, used, before = time.perf_counter(), _spent(process.pid), _taken(root)
        _until(lambda: _taken(root) == BACKLOG)
        taken = BACKLOG - before
        return taken / (time.perf_counter() - begin), taken / (_spent(process.pid) - used)


def _alarms(root: Path, port: int, client: Any, names: list[str]) -> tuple[list[float], float]:
    """Seconds from publishing to each alarm, and the processor time of the watcher meanwhile."""
    waited: list[float] = []
    with _watcher(root, port, subprocess.PIPE) as process:

        def listen() -> None:
            for line in process.stdout:
                said = json.loads(line)
                if said.get("time", 0) > BACKLOG:
                    waited.append(time.time() - said["time"] / 1e6)

        reader = threading.Thread(target=listen)
        reader.start()
        time.sleep(3.0)
        begin, used = time.perf_counter(), _spent(process.pid)
        for number in range(RATE * SECONDS):
            value = 9.0 if number % 50 == 0 else chance.gauss(0.0, 1.0)
            client.publish(names[number % STREAMS], json.dumps({"time": time.time_ns() // 1_000, "value": value}), qos=1)
            ahead = begin + number / RATE - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
        time.sleep(1.0)
        spent = _spent(process.pid) - used
        process.send_signal(signal.SIGTERM)
        reader.join()
    return waited, spent


@contextmanager
def _broker(root: Path, program: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = "user root\n" if os.geteuid() == 0 else ""
    (root / "conf").write_text(
        f"{user}listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {root}/\n"
        "max_queued_messages 0\n",
        "utf-8",
    )
    with (root / "log").open("wb") as log, subprocess.Popen([program, "-c", root / "conf"], stdout=log, stderr=log) as process:
        _until(lambda: _listens(port))
        try:
            yield port
        finally:
            process.terminate()


@contextmanager
def _watcher(root: Path, port: int, heard: int = subprocess.DEVNULL) -> Iterator[Any]:
    """A watcher in a process of its own, on one core; it ends in peace."""
    command = [
        sys.executable, "-c", PROGRAM, "watch", "--json", "--live", f"mqtt://127.0.0.1:{port}/plant/#", "--times", "numbers",
        "--baseline", str(root / "limits.csv"), "--out", str(root / "out"),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=heard, text=True) as process:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {0})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _client(port: int) -> Any:
    from paho.mqtt import client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(500)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


def _taken(root: Path) -> int:
    """How many readings the journal holds."""
    try:
        _, frames = frames_of(root / "out/journal/00000001.log")
        return sum(len(frame.readings) for frame in frames)
    except (FormatError, NotFoundError):  # it is being written
        return 0


def _spent(pid: int) -> float:
    """Processor time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not what():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass within a minute")
        time.sleep(0.1)
