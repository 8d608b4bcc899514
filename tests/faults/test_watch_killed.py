"""A plant's nightly job that is killed in the middle goes on where it was, and its results are those of a run that was not."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from plant_readings import baseline, digests
from shared_data import ROOT

STREAMS = 4_000
JOB = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from openqi.engines.plant import files
from plant_readings import watched
files.PART_ROWS = 15_000
found = watched(Path({readings!r}), Path({out!r}), Path({limits!r}), workers=2, rules="westgard")
print(found.resumed, found.parts)
"""


def readings(folder, *, files=2, points=20):
    """Some thousand streams in order, a night a file."""
    folder.mkdir()
    names = pa.array([f"gauge-{stream:05d}" for stream in range(STREAMS)])
    for night in range(files):
        values = np.random.default_rng(night).standard_normal(STREAMS * points)
        times = np.tile(np.arange(points) + night * points, STREAMS)
        streams = names.take(pa.array(np.repeat(np.arange(STREAMS), points)))
        parquet.write_table(
            pa.table({"stream": streams, "time": times, "value": values}), folder / f"{night}.parquet", row_group_size=4_000
        )


def job(tmp_path, out):
    text = JOB.format(
        tests=str(ROOT / "tests"), readings=str(tmp_path / "in"), out=str(tmp_path / out), limits=str(tmp_path / "b.csv")
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, env=environment)


def stopped_after(child, markers, parts):
    """Kill a job as soon as so many parts are done."""
    until = time.monotonic() + 120
    while len(list(markers.glob("*.json"))) < parts and child.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.communicate()


@pytest.mark.parametrize("parts", [(1,), pytest.param((1, 3, 4), marks=pytest.mark.long)])
def test_a_killed_run_goes_on_and_comes_to_the_same_bytes(tmp_path, parts):
    readings(tmp_path / "in")
    baseline(tmp_path / "b.csv", streams=STREAMS)
    whole = job(tmp_path, "whole")
    whole.communicate()
    assert whole.returncode == 0
    for least in parts:
        child = job(tmp_path, "out")
        stopped_after(child, tmp_path / "out/parts", least)
        assert child.returncode == -signal.SIGKILL, "the job was done before it was killed"
        assert not (tmp_path / "out/manifest.json").exists()
    again = job(tmp_path, "out")
    told = again.communicate()[0].split()
    assert again.returncode == 0
    assert int(told[0]) >= parts[-1]
    assert int(told[1]) > 5
    assert digests(tmp_path / "out") == digests(tmp_path / "whole")
    assert not [*(tmp_path / "out").rglob("*.half"), *(tmp_path / "out/parts").iterdir()]
    said = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    assert sum(part["readings"] for part in said["runs"][0]["parts"]) == STREAMS * 20 * 2


MEMORY = """
import resource, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from plant_readings import watched
import numpy, pyarrow.compute
from pyarrow import parquet
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
watched(Path({readings!r}), Path({out!r}), Path({limits!r}), rules="westgard")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)
"""


def test_memory_does_not_grow_with_the_readings(tmp_path):
    """Ten times the readings in ten times the row groups take about the same."""
    taken = []
    for name, nights in (("small", 1), ("large", 10)):
        (tmp_path / name).mkdir()
        for night in range(nights):
            size = 400_000
            values = np.random.default_rng(night).standard_normal(size)
            columns = {"stream": ["a"] * size, "time": np.arange(size) + night * size, "value": values}
            parquet.write_table(pa.table(columns), tmp_path / f"{name}/{night}.parquet", row_group_size=100_000)
        (tmp_path / "b.csv").write_text("stream,centre,sigma\na,0,1\n", encoding="utf-8")
        text = MEMORY.format(
            tests=str(ROOT / "tests"),
            readings=str(tmp_path / name),
            out=str(tmp_path / f"out-{name}"),
            limits=str(tmp_path / "b.csv"),
        )
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment, check=True)
        taken.append(int(done.stdout) / 1024)
    raw = 10 * 400_000 * 24 / 2**20  # MiB of the larger plant as plain columns
    assert taken[1] - taken[0] < raw / 4, taken
