"""What a station does beside its requests: fills the search, makes notices, sends letters and webhooks, erases what is old."""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import monotonic
from typing import Final

from openqi.kernel.errors import StoreError

_LONGEST: Final = 300.0
_SHORTEST: Final = 0.05


class Beside:
    """A thread that takes some steps over and over.

    Args:
        steps: each does a little and says how much it did; one that cannot reach its store is asked again later.
        failed: told of a step that failed for a reason that nobody foresaw, with the error; the others go on, and it is tried
            again after a pause that grows with each failure.
        pause: seconds between two rounds in which nothing was to be done.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        steps: Sequence[Callable[[], object]],
        failed: Callable[[str, BaseException], None] = lambda *_: None,
        pause: float = 2.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._steps, self._failed, self._pause, self._clock, self._end = steps, failed, pause, clock, Event()
        self._failures, self._again = [0] * len(steps), [0.0] * len(steps)
        self._thread = Thread(target=self._run, name="beside", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def once(self) -> bool:
        """Return whether a step says that it did something, after taking each once, but those that wait after a failure."""
        more = False
        for place, step in enumerate(self._steps):
            if self._end.is_set():
                return False
            if self._failures[place] and self._clock() < self._again[place]:
                continue
            try:
                more = bool(step()) or more
                self._failures[place] = 0
            except StoreError:
                continue  # nothing was kept, so nothing is lost; the next round asks again
            except Exception as error:  # noqa: BLE001 -- a fault in one step must not end the others without a trace
                self._failures[place] += 1
                self._again[place] = self._clock() + min(_LONGEST, self._pause * 2.0 ** min(self._failures[place], 10))
                self._failed(_name(step), error)
        return more

    def _run(self) -> None:
        pause = self._pause
        while not self._end.wait(pause):
            began = self._clock()
            # While there is more to do it rests as long as it worked, so that whoever is served meanwhile has half of the time.
            pause = min(self._pause, max(_SHORTEST, self._clock() - began)) if self.once() else self._pause

    def stop(self) -> None:
        """End after the present step, and wait for that."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)


def _name(step: Callable[[], object]) -> str:
    """What a step is called: of a partial function what it calls."""
    return str(getattr(getattr(step, "func", step), "__qualname__", type(step).__qualname__))
