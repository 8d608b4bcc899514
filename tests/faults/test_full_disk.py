"""A disk that is really full: a small file system of its own under a station that serves; what was acknowledged stays."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from openqi.app.examine import log_report
from openqi.app.operation.restore import Place, restore
from openqi.app.settings import FILE
from served import Served, fields, served, sign_in
from station_world import PASSWORD, world

FORM = "/do/conformity.result-reported.1"
SUBJECT = "https://maker.example/lot/7"
ALWAYS_THERE = ("/home", "/log", "/do", "/drafts", "/search?q=length", "/notices", "/account", "/static/style.css", "/api/log")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of 12 MB."""
    place = tmp_path_factory.mktemp("small") / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None:
        pytest.skip("a small file system is mounted by root on Linux; failing writes are also struck by the shim of this folder")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=12m", "openqi-test", str(place)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small file system; failing writes are also struck by the shim of this folder")
    yield place
    subprocess.run([str(shutil.which("umount")), str(place)], check=True)


class Full:
    """The disk with something on it that fills it."""

    def __init__(self, disk: Path) -> None:
        self._filler = disk / "filler"

    def __enter__(self) -> None:
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self._filler.unlink()


def text_of(answer: httpx.Response) -> str:
    return answer.text.partition("<main")[2]


def attach(client: httpx.Client, csrf: str, size: int) -> httpx.Response:
    told = {"what": "attach", "about": SUBJECT, "csrf": csrf}
    return client.post("/talk", data=told, files={"file": ("a.pdf", b"%PDF-1.7\n" + bytes(size), "application/pdf")})


def ready(client: httpx.Client) -> tuple[int, bool]:
    answer = client.get("/-/ready")
    return answer.status_code, answer.json()["checks"]["disk"]


def test_on_a_full_disk_people_read_are_told_and_lose_nothing_and_with_room_it_goes_on(disk, tmp_path):
    folder = disk / "station"
    world(folder).station.close()
    with (folder / FILE).open("a") as file:
        file.write("\n[operation]\ndisk_free = 1000000\n")
    with served(folder, journal=tmp_path / "journal") as station, station.client() as client:
        sign_in(client)
        first, second = fields(client, "https://maker.example/item/1"), fields(client, "https://maker.example/item/2")
        assert "/sealed/" in client.post(FORM, data=first).url.path
        assert attach(client, first["csrf"], 1000).status_code == 200
        assert ready(client) == (200, True)
        _age_sessions(folder)
        with Full(disk):
            _while_full(station, client, second, disk)
        assert ready(client) == (200, True)
        sealed = client.post(FORM, data=second)
        assert "/sealed/" in sealed.url.path, "the same form is sealed once there is room"
        assert client.post(FORM, data=second).url.path == sealed.url.path
        assert attach(client, first["csrf"], 1000).status_code == 200
        talk = client.get(f"/talk?about={SUBJECT}").text
        assert talk.count("/attachment/") == 2, "what was acknowledged, and nothing that was refused"
        assert "/drafts" in client.post(FORM, data=second | {"_step": "save"}).text
        codes = {line["error"].get("code") for line in station.journal() if "error" in line}
        assert codes & {"SQLITE_FULL", "ENOSPC"}, "whoever operates the station reads why"
    report = log_report(folder / "ledger")
    assert report.findings == ()
    assert report.size == int((folder / "ledger/log/checkpoint").read_text().split("\n")[1])
    _backed_up(folder, tmp_path / "archive")
    assert restore(tmp_path / "archive", Place(folder=tmp_path / "again")).size == report.size


def _age_sessions(folder: Path) -> None:
    """Five minutes have gone by since anybody was seen, so that each request wants to write that down."""
    with sqlite3.connect(folder / "desk.sqlite") as desk:
        desk.execute("UPDATE people_sessions SET seen_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-5 minutes')")
    desk.close()


def _while_full(station: Served, client: httpx.Client, form: dict[str, str], disk: Path) -> None:
    assert ready(client) == (503, False)
    assert client.get("/-/live").status_code == 200
    for path in ALWAYS_THERE:
        assert client.get(path).status_code == 200, f"{path} is read on a full disk"
    for step, what in (("seal", "safe to send it again"), ("save", "safe to send it again")):
        answer = client.post(FORM, data=form | {"_step": step})
        assert answer.status_code == 503
        assert what in text_of(answer)
        assert form["item"] in text_of(answer), "what was typed is still in the form"
    for refused in (attach(client, form["csrf"], 3_000_000), _comment(client, form["csrf"])):
        assert refused.status_code == 503
        assert "nothing was kept" in text_of(refused)
    with station.client() as other:
        answer = sign_in(other)
        assert (answer.status_code, answer.url.path) == (503, "/sign-in")
    done = _backup(disk / "station", disk / "archive")
    assert done.returncode == 2
    assert b"No space left" in done.stderr
    assert b"Make room" in done.stderr
    assert not list(disk.glob("*archive*"))


def _comment(client: httpx.Client, csrf: str) -> httpx.Response:
    return client.post("/talk", data={"what": "comment", "about": SUBJECT, "text": "x" * 3000, "csrf": csrf})


def _backup(folder: Path, archive: Path) -> subprocess.CompletedProcess[bytes]:
    program = "from openqi.interfaces.cli.main import main; main()"
    return subprocess.run([sys.executable, "-c", program, "station", "backup", str(folder), str(archive)], capture_output=True)


def _backed_up(folder: Path, archive: Path) -> None:
    done = _backup(folder, archive)
    assert done.returncode == 0, done.stderr


def test_a_station_starts_on_a_full_disk_or_says_why_not(disk, tmp_path):
    """Whoever restarts it there reads a reason, no trace of the program; with room it starts."""
    folder = disk / "second"
    world(folder).station.close()
    program = "from openqi.interfaces.cli.main import main; main()"
    command = [sys.executable, "-c", program, "serve", str(folder), "--port", "0", "--json"]
    with Full(disk):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        told = process.communicate(timeout=60)[1]
    assert b"Traceback" not in told, told.decode()
    assert b"address" in line or b"openqi: " in told or b"error" in line, (line, told)
    with served(folder, journal=tmp_path / "journal") as station, station.client() as client:
        assert sign_in(client, password=PASSWORD).url.path == "/home"
