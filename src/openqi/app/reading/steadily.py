"""What pages ask again and again, kept until a record moves it: parts of registers, and the streams in which roles stand."""

from collections.abc import Callable
from typing import TypeVar

from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.app.views import kept_view
from openqi.evidence.record import Logged
from openqi.evidence.view import View

T = TypeVar("T")


def register(context: Context, what: str, name: str, make: Callable[[], T], kinds: tuple[str, ...]) -> T:
    """Return what was made once out of a register.

    Args:
        context: the log.
        what, name: of what is made; whoever asks for both has the same.
        make: makes it.
        kinds: of all records that move it.
    """
    return context.kept(what, name, make, tags=map(kind_tag, kinds))


def view(context: Context, valid_at: str) -> View:
    """Return a view of the log at an instant; streams that did not move are not read again."""

    def stream(subject: str) -> tuple[Logged, ...]:
        def made() -> tuple[Logged, ...]:
            return context.store.stream(subject, known_at=context.size)

        return context.kept("whole stream", subject, made, tags=(subject,))

    return kept_view(context.store, stream, known_at=context.size, valid_at=valid_at)
