"""Ends what goes on for longer than a test cares to wait."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seconds(most: float) -> Iterator[None]:
    """Raise TimeoutError in what still runs after so many seconds."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"still running after {most} s")

    before = signal.signal(signal.SIGALRM, ring)
    # Again and again: what is raised while a generator is cleared away is swallowed.
    signal.setitimer(signal.ITIMER_REAL, most, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
