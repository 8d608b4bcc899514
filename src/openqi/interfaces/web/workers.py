"""A station in one process or several: they share one address, one ledger and one desk, and stop without dropping a request."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from openqi.app.folder import now
from openqi.app.operation.journal import journal_to
from openqi.app.operation.measures import SHARED
from openqi.app.settings import read_settings

_WAITING = 2048
_SILENT = 60  # seconds: a process that only imports slowly on a busy machine must not be replaced for ever by one that does too
_KEPT = 75  # seconds: longer than people look at a page before they go on


def serve_station(
    folder: Path, host: str, port: int, *, make: Callable[[Path], Any], workers: int = 1, started: Callable[[str], None]
) -> None:
    """Serve a station until the process is told to stop; then answer what is under way, publish the log, and close.

    Args:
        folder: of the station.
        host, port: where to listen.
        make: makes the ASGI application of a station folder; a function of a module, since other processes run it.
        workers: how many processes.
        started: told the address once it is listened at.

    Raises:
        NotFoundError, FormatError, StoreError: as for opening a station.
        OSError: the address cannot be listened on.
    """
    settings = read_settings(folder).operation
    config = uvicorn.Config(
        partial(_application, folder, make),
        factory=True,
        host=host,
        port=port,
        lifespan="on",
        log_config=None,
        server_header=False,
        access_log=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=settings.stop_seconds,
        workers=workers,
        backlog=_WAITING,
        timeout_worker_healthcheck=_SILENT,
        timeout_keep_alive=_KEPT,
    )
    if workers == 1:
        config.app, config.factory = _application(folder, make), False  # what cannot be opened is told before anything listens
        _Server(config, started).run()
    else:
        make_once(folder, make)
        _several(config, started)


def make_once(folder: Path, make: Callable[[Path], Any]) -> None:
    """Open a station and close it again, so that what cannot be opened is told once, and what has to be migrated is, by one."""
    asyncio.run(_opened(make(folder)))


async def _opened(app: Any) -> None:
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        del message

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)


def _application(folder: Path, make: Callable[[Path], Any]) -> Any:
    journal_to(sys.stderr, now)
    return make(folder)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, started: Callable[[str], None]) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            listening = self.servers[0].sockets[0].getsockname()[1]  # port 0 asks the system for a free one
            self._told(f"http://{self.config.host}:{listening}/")


def _several(config: uvicorn.Config, started: Callable[[str], None]) -> None:
    from uvicorn.supervisors import Multiprocess

    shared = tempfile.mkdtemp(prefix="openqi-measures-")
    os.environ[SHARED] = shared
    listening = config.bind_socket()
    port = listening.getsockname()[1]
    threading.Thread(target=_tell, args=(config.host, port, started), daemon=True).start()
    try:
        Multiprocess(config, [listening]).run()
    finally:
        listening.close()
        shutil.rmtree(shared, ignore_errors=True)


def _tell(host: str, port: int, started: Callable[[str], None]) -> None:
    """Tell the address once one of the processes answers there."""
    for _ in range(1200):
        try:
            with socket.create_connection((host, port), timeout=1):
                started(f"http://{host}:{port}/")
                return
        except OSError:
            time.sleep(0.1)
