"""Group commit: threads queue their appends, and one of them commits all that wait in a single durable transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Condition
from typing import Final

from openqi.kernel.errors import OpenQIError
from openqi.store.plan import Request
from openqi.store.store import Appended

MOST: Final = 256
Outcome = Appended | OpenQIError


@dataclass(eq=False, slots=True)
class _Turn:
    request: Request
    outcome: Outcome | None = None


class GroupCommit:
    """Gives each append its own outcome, although one transaction and one fsync serve many.

    `commit` answers one outcome for each request after the transaction is durable. Where it raises, nothing was kept: the
    thread that led gets the error, and the others are free to lead themselves, so that nobody answers for another's fault.
    """

    def __init__(self, commit: Callable[[Sequence[Request]], Sequence[Outcome]]) -> None:
        self._commit = commit
        self._changed = Condition()
        self._queue: list[_Turn] = []
        self._leading = False

    def append(self, request: Request) -> Appended:
        """Return where the records of the request stand, once they do durably; raises what its own append raises."""
        turn = _Turn(request)
        with self._changed:
            self._queue.append(turn)
            try:
                while self._leading and turn.outcome is None:
                    self._changed.wait()
            finally:  # also where the wait is interrupted: then nobody else shall append it
                if turn in self._queue:
                    self._queue.remove(turn)
            if turn.outcome is None:
                group, self._queue = [turn, *self._queue[: MOST - 1]], self._queue[MOST - 1 :]
                self._leading = True
        if turn.outcome is None:
            self._lead(group)
        if isinstance(turn.outcome, Appended):
            return turn.outcome
        assert turn.outcome is not None
        raise turn.outcome

    def _lead(self, group: Sequence[_Turn]) -> None:
        outcomes: Sequence[Outcome] = ()
        try:
            outcomes = self._commit([turn.request for turn in group])
        finally:
            with self._changed:
                for turn, outcome in zip(group, outcomes, strict=False):
                    turn.outcome = outcome
                self._queue[:0] = [turn for turn in group[1:] if turn.outcome is None]
                self._leading = False
                self._changed.notify_all()
