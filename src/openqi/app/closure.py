"""What a dossier must hold: everything that its target rests on, and what is known to have come later."""

from collections.abc import Callable, Iterable

from openqi.evidence.batch import parse_batch
from openqi.evidence.keys import key_records
from openqi.evidence.log.foreign import ADMITTED, admitted_subject
from openqi.evidence.record import Logged, Record, record_subject
from openqi.evidence.view import Basis, parse_basis
from openqi.records import kinds
from openqi.store.store import Store


def closure(store: Store, target: str, *, size: int, shown: Callable[[Record], bool]) -> tuple[list[Logged], list[str]]:
    """Return the records that a dossier of `target` must hold, in log order, and the names of the blobs they want.

    The records are: the target and what is said about it alone, what each decision in the chain read, what came later in
    those streams as far as it is shown (for what is not, even that it lies there stays unsaid), everything about the keys that
    signed any of these, and the admissions that place foreign records in a decision's log. Contents that are private by their kind
    are left out: what rests on them is then withheld, and replays where they are.

    Args:
        store: the ledger to pack from.
        target: id of a record.
        size: of the log, as its published checkpoint states it.
        shown: whether a record's text may be shown.

    Raises:
        NotFoundError: the log does not hold one of them.
    """
    return closures(store, (target,), size=size, shown=shown)


def closures(
    store: Store, targets: Iterable[str], *, size: int, shown: Callable[[Record], bool]
) -> tuple[list[Logged], list[str]]:  # fmt: skip
    """Return what a dossier of several records must hold, as `closure` does for one.

    Raises:
        NotFoundError: the log does not hold one of them.
    """
    packing = _Packing(store, size, shown)
    for target in targets:
        packing.gather(store.logged(target))
    private = {name for logged in packing.found.values() for name in _private(logged.record)}
    return sorted(packing.found.values(), key=lambda logged: logged.index), [one for one in packing.blobs if one not in private]


def private_rows(record: Record) -> bool:
    """Return whether the rows of a record are of many who may not see each other's, though the record itself may be public."""
    kind = kinds().get(record.kind)
    return kind is not None and kind.PRIVATE_CONTENTS


def _private(record: Record) -> tuple[str, ...]:
    """The rows of a record that no dossier encloses, whoever asks and whatever rests on them."""
    return (parse_batch(record.body["items"]).blob,) if private_rows(record) else ()


class _Packing:
    """The records found so far."""

    def __init__(self, store: Store, size: int, shown: Callable[[Record], bool]) -> None:
        self._store, self._size, self._shown = store, size, shown
        self.found: dict[str, Logged] = {}
        self.blobs: dict[str, None] = {}
        self._deciding: set[str] = set()

    def gather(self, target: Logged) -> None:
        waiting = [target, *(one for one in self._stream(record_subject(target.record.id)) if self._shown(one.record))]
        while waiting:
            logged = waiting.pop()
            if logged.record.id not in self.found:
                self.found[logged.record.id] = logged
                waiting += key_records(logged.record, logged.origin, self._stream)
                if logged.record.basis is not None:
                    waiting += self._read(parse_basis(logged.record.basis))
            waiting = waiting or self._placing()

    def _stream(self, subject: str) -> tuple[Logged, ...]:
        return self._store.stream(subject, known_at=self._size)

    def _read(self, basis: Basis) -> list[Logged]:
        self._deciding.add(basis.origin)
        self.blobs |= dict.fromkeys(basis.blobs)
        here = basis.origin == self._store.origin
        read = [self._store.logged(name) for name in basis.records]
        for noted in basis.streams:
            for place, one in enumerate(self._stream(noted.subject)):
                if self._shown(one.record) or (here and place < noted.count):
                    read += [one] if here or self._stands(one, basis.origin) else []
        return read

    def _stands(self, one: Logged, origin: str) -> bool:
        """Whether a record is known to stand in the log `origin`, which is not the one that is packed from."""
        return one.origin == origin or any(
            admission.origin == origin and admission.record.body.get("record") == one.record.id
            for admission in self._stream(admitted_subject(one.origin))
        )

    def _placing(self) -> list[Logged]:
        """The admissions by which foreign records stand in the logs of decisions; a record stands right after its first one."""
        return [
            one
            for home in {logged.origin for logged in self.found.values()}
            for one in self._stream(admitted_subject(home))
            if one.record.kind == ADMITTED and one.origin in self._deciding
            if one.record.body.get("record") in self.found and one.record.id not in self.found
        ]
