"""What a station does beside its requests: fills the search, makes notices, sends letters and webhooks."""

from collections.abc import Callable, Sequence
from threading import Event, Thread

from openqi.kernel.errors import StoreError


class Beside:
    """A thread that takes some steps over and over.

    Args:
        steps: each does a little and says how much it did; one that cannot reach its store is asked again later.
        pause: seconds between two rounds in which nothing was to be done.
    """

    def __init__(self, steps: Sequence[Callable[[], object]], pause: float = 2.0) -> None:
        self._steps, self._pause, self._end = steps, pause, Event()
        self._thread = Thread(target=self._run, name="beside", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def once(self) -> None:
        """Take every step once."""
        for step in self._steps:
            if self._end.is_set():
                return
            try:
                step()
            except StoreError:
                continue  # nothing was kept, so nothing is lost; the next round asks again

    def _run(self) -> None:
        while not self._end.wait(self._pause):
            self.once()

    def stop(self) -> None:
        """End after the present step, and wait for that."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
