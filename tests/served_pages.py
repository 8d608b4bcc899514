"""Pages on a free port: an application in a thread of this process, for a browser to ask."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def serving(application: Any, *, lifespan: str = "on", listening: socket.socket | None = None) -> Iterator[str]:
    """The address of an application until the end; `listening` is a bound socket, where its port had to be known before."""
    with listening or socket.socket() as bound:
        if listening is None:
            bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, lifespan=lifespan, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
