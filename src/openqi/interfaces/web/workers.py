"""Several processes behind one address: each opens the same folder, and one that dies is started again."""

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from socket import AF_INET, AF_INET6, create_server, socket
from time import monotonic, sleep
from types import FrameType
from typing import Final

from openqi.kernel.errors import StoreError

_SHORT: Final = 5.0
_TRIES: Final = 5
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def listening(host: str, port: int) -> socket:
    """Return a socket that listens there; raises OSError where it cannot."""
    return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=2048)


def supervise(count: int, work: Callable[[], None]) -> None:
    """Run `work` in so many processes until this one is told to stop; then tell them, and wait until each has finished its answers.

    Args:
        count: how many.
        work: what each does; it ends by itself when its process is told to stop (SIGTERM).

    Raises:
        StoreError: one of them died again and again right after it had begun; what it said of it stands above.
    """
    running: dict[BaseProcess, float] = {}
    stopping: list[int] = []

    def told(number: int, _: FrameType | None) -> None:
        stopping.append(number)
        for one in running:
            one.terminate()

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    failures = 0
    try:
        while not stopping and failures < _TRIES:
            while len(running) < count:
                running[_begun(work)] = monotonic()
            wait([one.sentinel for one in running], timeout=1.0)
            for one in [one for one in running if not one.is_alive()]:
                failures = failures + 1 if monotonic() - running.pop(one) < _SHORT else 0
                sleep(0.2 * failures)
        for one in running:
            one.terminate()
        for one in running:
            one.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if not stopping:
        raise StoreError(f"a worker died {failures} times right after it had begun; what it said of it stands above")


def _begun(work: Callable[[], None]) -> BaseProcess:
    """A process that works; it inherits the socket, and nothing else that is open."""
    process = get_context("fork").Process(target=_worker, args=(work,))
    process.start()
    return process


def _worker(work: Callable[[], None]) -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    work()
