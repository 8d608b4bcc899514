"""A real OpenID provider of the tests' own: `oidc-provider` on Node, installed aside once, on this machine's loopback alone."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path

import httpx
import pytest
import uvicorn

from openqi.app.settings import FILE
from openqi.interfaces.web.server import station_application
from station_world import URL, world

HERE = Path(__file__).parent / "openid_provider"
SECRET = "a secret of the tests + with / signs"
PROVIDER = """
[openid.{name}]
issuer = "{issuer}"
client_id = "{client}"
client_secret_file = "{name}.secret"
name = {{zh = "单位账号", en = "Campus account"}}
"""


def missing() -> str | None:
    """Why there can be no provider here; None where there can."""
    gone = [name for name in ("node", "npm") if shutil.which(name) is None]
    return f"{' and '.join(gone)} not found: no real OpenID provider was asked" if gone else None


def installed() -> Path:
    """The folder of the provider with what it stands on, exactly as locked; installed once a machine, in seconds."""
    name = sha256(b"".join((HERE / file).read_bytes() for file in ("package-lock.json", "provider.mjs"))).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"openqi-openid-{os.getuid()}-{name}"
    if not folder.is_dir():
        aside = Path(tempfile.mkdtemp(prefix="openqi-openid"))
        for file in HERE.iterdir():
            shutil.copy(file, aside)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=aside, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            shutil.rmtree(aside)
            pytest.skip(f"npm installs no OpenID provider here: {done.stderr[-300:]}")
        try:
            aside.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(aside)
    return folder


class Provider:
    """One provider; whoever logs in there is whoever they say."""

    def __init__(self, *back: str, algorithm: str = "RS256") -> None:
        self._folder, self._back, self._algorithm = installed(), " ".join(back), algorithm
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start with a new key, and wait until it answers."""
        told = {**os.environ, "PORT": str(self.port), "BACK": self._back, "ALG": self._algorithm}
        self._process = subprocess.Popen(
            ["node", "provider.mjs"], cwd=self._folder, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                httpx.get(f"{self.issuer}/jwks", timeout=5)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("the OpenID provider does not answer")

    def stop(self) -> None:
        """End; everybody who was signed in there is not any more."""
        self._process.kill()
        self._process.wait()


def free_socket() -> socket.socket:
    """A socket that listens on a free port of this machine."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


def configure(folder: Path, url: str, *providers: tuple[str, str, str]) -> None:
    """Make a small station that is reached at a URL and knows some providers, as (short name, issuer, client)."""
    world(folder).station.close()
    text = (folder / FILE).read_text(encoding="utf-8").replace(URL, url)
    for name, issuer, client in providers:
        text += PROVIDER.format(name=name, issuer=issuer, client=client)
        (folder / f"{name}.secret").write_text(f"{SECRET}\n")
    (folder / FILE).write_text(text, encoding="utf-8")


@contextmanager
def served(folder: Path, listening: socket.socket) -> Iterator[None]:
    """The station at a socket, in this process."""
    server = uvicorn.Server(uvicorn.Config(station_application(folder), lifespan="on", log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def campus(
    folder: Path, *, name: str = "campus", client: str = "station", algorithm: str = "RS256"
) -> Iterator[tuple[str, Provider]]:
    """The address of a small station, and the one provider that it knows."""
    with free_socket() as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        provider = Provider(f"{url}/openid/{name}", algorithm=algorithm)
        try:
            configure(folder, url, (name, provider.issuer, client))
            with served(folder, listening):
                yield url, provider
        finally:
            provider.stop()


def forward(page: httpx.Response) -> str:
    """Where the page before a provider leads, which a browser follows by itself."""
    assert page.status_code == 200, page.text
    led = page.headers["refresh"].removeprefix("0; url=")
    assert unescape(re.search(r'href="(http[^"]+)" rel="noreferrer"', page.text)[1]) == led
    return led


def walked(client: httpx.Client, address: str, login: str) -> httpx.Response:
    """The answer after somebody logged in at the provider and agreed, as its own pages ask."""
    page, there = client.get(address), httpx.URL(address).netloc
    while page.url.netloc == there:
        form = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        assert form is not None, page.text
        told = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        page = client.post(unescape(form[1]), data={**told, "login": login, "password": "any"})
    return page
