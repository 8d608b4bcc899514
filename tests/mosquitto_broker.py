"""A Mosquitto of the tests' own: on a free port of this machine's loopback, which keeps sessions in a temporary folder."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

USER, PASSWORD = "gauges", "a pass:word"


def program() -> str | None:
    """Where Mosquitto is."""
    return shutil.which("mosquitto") or next((str(path) for path in [Path("/usr/sbin/mosquitto")] if path.exists()), None)


def missing() -> str | None:
    """Why there can be no broker here; None where there can."""
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError:
        return "paho-mqtt not installed (openqi[live])"
    return None if program() else "mosquitto not found"


class Mosquitto:
    """One broker.

    Args:
        folder: of its own.
        login: only who has user and password is let in.
        certificate: files of chain and key, to speak TLS.
        more: lines of configuration.
        instead: all lines but those on user, port and folder.
    """

    def __init__(
        self, folder: Path, *, login: bool = False, certificate: tuple[Path, Path] | None = None, more: str = "", instead: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        lines = [
            "user root" if os.geteuid() == 0 else "", f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(not login).lower()}", "persistence true",
            f"persistence_location {folder}/", "max_queued_messages 0", more,
        ]  # fmt: skip
        if login:
            (folder / "users").touch(mode=0o600)
            subprocess.run(["mosquitto_passwd", "-b", folder / "users", USER, PASSWORD], check=True, capture_output=True)
            lines.append(f"password_file {folder}/users")
        if certificate is not None:
            lines += [f"certfile {certificate[0]}", f"keyfile {certificate[1]}"]
        if instead:
            lines = [lines[0], f"persistence_location {folder}/", instead.replace("listener 1883", f"listener {self.port}")]
        (folder / "conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.start()

    def start(self) -> None:
        """Start, and wait until it listens."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([str(program()), "-c", self._folder / "conf"], stdout=log, stderr=log)
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError((self._folder / "log").read_text())

    def stop(self) -> None:
        """Stop it; it writes down what it keeps for others."""
        self._process.terminate()
        self._process.wait(20)
