"""A PostgreSQL server of the tests' own: in a temporary folder, on this machine's loopback alone, run by nobody of importance."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is."""
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)]
    return str(found[0]) if found else shutil.which(name)


def missing() -> str | None:
    """Why there can be no server here; None where there can."""
    if os.name != "posix":
        return "PostgreSQL is only started on a POSIX system"
    gone = [name for name in ("initdb", "postgres", "psql") if program(name) is None]
    return f"{', '.join(gone)} of PostgreSQL not found" if gone else None


class Server:
    """One server; a database for whoever asks."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="openqi-pg"))
        self._made = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._user: int | None = None
        if os.geteuid() == 0:  # initdb refuses root
            self._user = pwd.getpwnam("nobody").pw_uid
            os.chown(self._folder, self._user, -1)
        self._run(str(program("initdb")), "-D", str(self._folder / "data"), "-U", "openqi", "--auth=trust", "-E", "UTF8", "-N")
        self.start()

    def _run(self, *command: str) -> None:
        subprocess.run(command, user=self._user, check=True, capture_output=True, cwd=self._folder)

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            str(program("postgres")), "-D", str(self._folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", str(self._folder), "-c", "max_connections=200",
            # Only its programs are killed, never this machine; and one that mends itself would first sync every file.
            "-c", "fsync=off",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, user=self._user, stdout=log, stderr=log, cwd=self._folder)
        for _ in range(800):  # a server that was killed first mends itself, which takes some seconds where the disk is busy
            try:
                self.sql("postgres", "SELECT 1")
                return
            except subprocess.CalledProcessError:
                time.sleep(0.05)
        raise RuntimeError((self._folder / "log").read_text())

    def sql(self, database: str, text: str) -> None:
        """Run one statement."""
        url = f"postgresql://openqi@127.0.0.1:{self.port}/{database}"
        subprocess.run([str(program("psql")), url, "-qc", text], check=True, capture_output=True)

    def url(self) -> str:
        """The URL of a new database."""
        self._made += 1
        self.sql("postgres", f"CREATE DATABASE made{self._made}")
        return f"postgresql://openqi@127.0.0.1:{self.port}/made{self._made}"

    def kill(self) -> None:
        """End at once, as a machine that loses power does for its programs."""
        self._process.send_signal(3)  # immediate shutdown
        self._process.wait()

    def stop(self) -> None:
        """End, and leave nothing."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
