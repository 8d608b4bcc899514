"""What a source of live readings hands over, and what it is asked: a broker and a growing file are told apart only here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openqi.app.watching.live.frames import KEPT_BYTES, Position
from openqi.formats.live_reading import NoReadingError, Reading


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that came in.

    Args:
        reading: what it says; None where it is no reading.
        fault: why it is none.
        where: topic, or file.
        size: bytes that came.
        begin: the first of them.
        again: whether the broker said that it sent it before.
    """

    reading: Reading | None
    fault: tuple[str, str] | None
    where: str
    size: int
    begin: bytes
    again: bool


def arrival(data: bytes, where: str, read: Callable[[], Reading], *, again: bool = False) -> Arrival:
    """Return what came in, read or with the reason why it cannot be."""
    try:
        return Arrival(read(), None, where, len(data), bytes(data[:KEPT_BYTES]), again)
    except NoReadingError as error:
        return Arrival(None, (error.reason, str(error)), where, len(data), bytes(data[:KEPT_BYTES]), again)


class Source(Protocol):
    """Where readings come from."""

    def arrivals(self, wait: float) -> Sequence[Arrival]:
        """Return what came in; waits at most so many seconds where nothing did."""

    def position(self) -> Position | None:
        """Return how far everything was read that `arrivals` has returned; None where a broker keeps count."""

    def acknowledge(self) -> None:
        """Tell the sender that everything that `arrivals` has returned is kept for good."""

    def publish(self, number: int, text: bytes) -> bool:
        """Send an alarm on; False where nobody asked for that."""

    def unsent(self) -> int | None:
        """Return the lowest number of an alarm of which the broker has not said that it has it; None where there is none."""

    def close(self) -> None:
        """Say goodbye; what was not acknowledged comes again."""
