"""A backup that is killed, or for which there is no room: no archive of that name, and a station that goes on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openqi.app.folder import now
from openqi.app.operation.backup import backup
from openqi.app.operation.restore import Place, restore
from openqi.app.station.station import Station, desk_url
from station_world import PASSPHRASE, world

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = world(tmp_path_factory.mktemp("faults") / "station")
    for number in range(30):
        made.station.ledger.store.put_blob(os.urandom(100_000) + bytes([number]))
    made.station.close()
    return made.station.folder


def started(folder: Path, archive: Path, *, most: int | None = None) -> subprocess.Popen:
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); "
    program = ("" if most is None else limited) + "from openqi.interfaces.cli.main import main; main()"
    command = [sys.executable, "-c", program, "station", "backup", str(folder), str(archive), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def sound(folder: Path, tmp_path: Path) -> None:
    """The station is as it was: it opens, and a backup of it can be restored."""
    with Station(folder, passphrase=PASSPHRASE) as station:
        size = station.ledger.store.size()
        backup(folder, tmp_path / "sound", desk_url=desk_url(folder, station.settings), clock=now)
    assert restore(tmp_path / "sound", Place(folder=tmp_path / "again")).size == size


def test_a_backup_that_is_killed_leaves_no_archive(folder, tmp_path):
    (tmp_path / "kept").mkdir()
    process = started(folder, tmp_path / "kept" / "archive")
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size > 100_000 for path in (tmp_path / "kept").glob(".archive.*")):
        assert time.monotonic() < deadline and process.poll() is None, "it was not caught in the middle"
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert not (tmp_path / "kept" / "archive").exists()
    sound(folder, tmp_path)


@pytest.mark.parametrize("most", [0, 1000, 500_000, 2_000_000])
def test_a_backup_without_room_leaves_no_archive_and_says_so(folder, tmp_path, most):
    (tmp_path / "kept").mkdir()
    told, _ = started(folder, tmp_path / "kept" / "archive", most=most).communicate(timeout=60)
    assert b"openqi: " in told
    assert b"Traceback" not in told, told.decode()
    assert list((tmp_path / "kept").iterdir()) == []
    if most == 500_000:
        sound(folder, tmp_path)
