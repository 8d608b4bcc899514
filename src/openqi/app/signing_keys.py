"""Whether a key may sign at a place of the log: the keys that matter for a record, and the noted reads of their streams."""

from openqi.app.views import noting_view
from openqi.evidence.keys import COUNTERSIGNED, KeyRing, about_keys, key_records
from openqi.evidence.record import Logged, Record
from openqi.evidence.view import StreamRead
from openqi.store.store import Store


def key_ring(store: Store, record: Record) -> tuple[KeyRing, tuple[StreamRead, ...]]:
    """Return the keys that matter for a record, and the noted reads of their streams, back to the genesis.

    All of them: a key also ends where the key that granted it turns out to have been stolen before.
    """
    view = noting_view(store, known_at=store.size(), valid_at=record.valid_from)

    def stream(subject: str) -> tuple[Logged, ...]:
        view.stream(subject)
        return store.stream(subject, known_at=view.known_at)

    ring = KeyRing()
    for logged in sorted(key_records(record, store.origin, stream), key=lambda logged: logged.index):
        ring.apply(logged.index, logged.record)
    return ring, view.basis().streams


def judge(store: Store, ring: KeyRing, index: int, record: Record) -> None:
    """Raise VerificationError unless the key of a record may sign it at this index; a record about keys is taken into the ring."""
    (ring.apply if about_keys(record.kind) else ring.judge)(index, record)
    if record.kind == COUNTERSIGNED:  # a bad one would spoil every dossier of the record that it is about
        ring.judge_second(index, record, store.logged(str(record.body["record"])).record)
