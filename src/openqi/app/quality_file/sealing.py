"""A quality file as one sealed dossier: every record with its proof, what it rests on, and an index that anybody can make again.

The index lies among the contents. It is nobody's word: whoever verifies the dossier gathers the file out of the records in it and
compares. What cannot be gathered again is refused.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from openqi.app.closure import closures
from openqi.app.dossiers import packed
from openqi.app.quality_file.gathering import MOST, PILLARS, Gathered, gathered, pillar_of
from openqi.app.quality_file.sources import LedgerSource
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.record import Record
from openqi.store.store import Store

FORMAT: Final = "openqi-quality-file/1"
MAX_INDEX: Final = 5_000_000


def index_of(found: Gathered, *, origin: str, size: int) -> bytes:
    """Return the index of a quality file: its records by pillar in log order, what is withheld, what speaks against whom.

    Args:
        found: the file.
        origin, size: of the log that it was gathered from.
    """
    pillars = {one: [logged.record.id for logged in found.of_pillar(one)] for one in pillars_of(found)}
    told: dict[str, Any] = {
        "format": FORMAT, "subject": found.subject, "log": {"origin": origin, "size": size}, "records": len(found.records),
        "pillars": pillars, "withheld": list(found.withheld),
        "against": [{"record": one.record, "why": one.why, "of": one.of} for one in found.against],
    }  # fmt: skip
    return canonical_bytes(told, limit=MAX_INDEX)


def pillars_of(found: Gathered) -> tuple[str, ...]:
    """Return the pillars of which a file has records, in the order in which they are shown."""
    there = {pillar_of(one.record) for one in found.records}
    return (*(one for one in PILLARS if one in there), *sorted(there - {*PILLARS}))


def sealed_file(
    store: Store, subject: str, *, policy: bytes, shown: Callable[[Record], bool], most: int = MOST
) -> tuple[bytes, Gathered]:  # fmt: skip
    """Return the dossier of a quality file, and the file.

    Args:
        store: the ledger; its static files are brought up to date first.
        subject: what the file is about.
        policy: trust policy to enclose.
        shown: which records may be shown; public ones are.
        most: records at most.

    Raises:
        NotFoundError, RefusedError: as `gathered` says.
    """
    store.publish()
    note = store.read("checkpoint")
    size = parse_checkpoint(parse_note(note)).size

    def may(record: Record) -> bool:
        return record.public or shown(record)

    found = gathered(LedgerSource(store, size=size, shown=may), subject, most=most)
    target = _target(found) or next(store.scan(0, 1)).record.id
    logged, names = closures(store, (target, *(one.record.id for one in found.records)), size=size, shown=may)
    have = {one.record.id for one in logged}
    logged += [store.logged(name) for name in found.withheld if name not in have]
    index = index_of(found, origin=store.origin, size=size)
    blobs = {name: store.blob(name) for name in names} | {sha256(index).hexdigest(): index}
    return packed(store, target, logged, blobs, policy=policy, note=note, shown=may), found


def _target(found: Gathered) -> str | None:
    """The first record of the file that was stated and stands. What decisions rested on goes on: it is told one by one instead."""
    gone = {one.of for one in found.against if one.why == "withdrawn"}
    return next((one.record.id for one in found.records if one.record.basis is None and one.record.id not in gone), None)
