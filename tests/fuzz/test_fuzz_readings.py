"""Any bytes in place of readings or limits give a value or our own error; in a process of its own, since C++ may end it."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from fuzz.mutate import inputs
from openqi.engines.plant.baseline import read_baseline
from openqi.engines.plant.files import described, planned
from openqi.engines.plant.loading import load
from openqi.kernel.errors import OpenQIError
from plant_readings import plant, write_file


def seeds(folder: Path) -> tuple[bytes, ...]:
    """Files as they should be: texts, units, whole numbers."""
    plant(folder / "in", files=1, streams=6, points=30, group=100)
    write_file(folder / "u.parquet", [("a", place, 0.5 * place) for place in range(40)], unit=["mm"] * 40)
    write_file(folder / "n.parquet", [(place // 9, place, 0.5 * place) for place in range(40)])
    return tuple(path.read_bytes() for path in (folder / "in/000.parquet", folder / "u.parquet", folder / "n.parquet"))


def run(folder: Path, count: int) -> None:
    """Read so many damaged files; whatever is not our own error ends the process."""
    file = folder / "x.parquet"
    for data in inputs("readings", seeds(folder), (b"PAR1", b"stream", b"\x00\x00"), count):
        file.write_bytes(data)
        with suppress(OpenQIError):
            for part in planned([described(str(file))]):
                for piece in load(part):
                    assert len(piece.values) == len(piece.times) == int(piece.offsets[-1])
        with suppress(OpenQIError):
            read_baseline(file)


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.long)])
def test_damaged_readings_give_a_value_or_our_own_error(tmp_path: Path, count: int) -> None:
    text = f"from pathlib import Path; from fuzz.test_fuzz_readings import run; run(Path({str(tmp_path)!r}), {count})"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {text}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
