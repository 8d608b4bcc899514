"""Views of a store for deciding: what is read through them is noted."""

from collections.abc import Callable, Sequence

from openqi.evidence.record import Logged, Record
from openqi.evidence.view import NotingView
from openqi.kernel.errors import NotFoundError
from openqi.store.store import Store


def kept_view(store: Store, stream: Callable[[str], Sequence[Logged]], *, known_at: int, valid_at: str) -> NotingView:
    """Return a view of a log whose streams come from somebody who keeps them.

    Args:
        store: keeps the log.
        stream: subject → its records with their places, as of `known_at`.
        known_at, valid_at: size of the log, and the instant that is decided for.
    """
    homes: dict[str, str] = {}

    def records(subject: str) -> list[Record]:
        found = stream(subject)
        homes.update({logged.record.id: logged.origin for logged in found})
        return [logged.record for logged in found]

    view = noting_view(store, known_at=known_at, valid_at=valid_at)
    return NotingView(
        origin=store.origin, known_at=known_at, valid_at=valid_at, record=view.record, stream=records, blob=view.blob,
        home=lambda record_id: homes.get(record_id) or view.home(record_id),
    )  # fmt: skip


def noting_view(store: Store, *, known_at: int, valid_at: str) -> NotingView:
    """Return a view of a log that notes what is read.

    Args:
        store: keeps the log.
        known_at: size of the log; what came later is not there.
        valid_at: the instant that is decided for.
    """

    def record(record_id: str) -> Record:
        logged = store.logged(record_id)
        if logged.index >= known_at:
            raise NotFoundError(f"record {record_id} came into the log after size {known_at}")
        return logged.record

    return NotingView(
        origin=store.origin,
        known_at=known_at,
        valid_at=valid_at,
        record=record,
        stream=lambda subject: [logged.record for logged in store.stream(subject, known_at=known_at)],
        blob=store.blob,
        home=lambda record_id: store.logged(record_id).origin,
    )
