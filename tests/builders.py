"""Makes records, genesis and checkpoints that are the same in every run: one key of zeros signs all."""

from collections.abc import Sequence

from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.canonical import base64url
from openqi.evidence.keys import GENESIS, log_subject
from openqi.evidence.log.note import ED25519, Checkpoint, NoteKey
from openqi.evidence.log.policy import Policy, parse_policy
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Record, Statement
from openqi.evidence.sealing import seal
from openqi.store.store import Appended, Checkpointer, Incoming, Store

ORIGIN = "log.example.org/builders"
KEY = signing_key(bytes(32))
PARTY = "https://party.example.org"
NOW = "2026-01-02T03:04:05Z"


def sealed_record(
    n: int,
    streams: Sequence[str] = ("https://thing.example.org/1",),
    *,
    kind: str = "test.thing-noted/1",
    visible_to: tuple[str, ...] | None = None,
) -> Record:
    """Return record number `n`: the same number and streams give the same record."""
    salt = None if visible_to is None else base64url(n.to_bytes(16, "big"))
    statement = Statement(kind=kind, streams=tuple(streams), body={"number": n}, visible_to=visible_to, salt=salt)
    return seal(statement, issuer=PARTY, key=KEY, now=NOW)


def genesis_record(origin: str = ORIGIN) -> Record:
    """Return the first record of a log whose operator is the party that signs everything here."""
    body = {"keys": [KEY.public_key.as_json()], "operator": PARTY, "origin": origin}
    statement = Statement(kind=GENESIS, streams=(log_subject(origin), PARTY, KEY.public_key.kid), body=body)
    return seal(statement, issuer=PARTY, key=KEY, now=NOW)


def checkpointer(origin: str = ORIGIN) -> Checkpointer:
    """Return what signs the checkpoints of a log."""

    def checkpoint(size: int, root: bytes) -> bytes:
        return signed(Checkpoint(origin=origin, size=size, root=root).note(), KEY, origin).encode()

    return checkpoint


def policy(origin: str = ORIGIN) -> Policy:
    """Return the policy that believes the log signed by `checkpointer`."""
    log = NoteKey(name=origin, type=ED25519, public=KEY.public_key.data)
    return parse_policy(f"log {log.text}\ngenesis {origin} {genesis_record(origin).id}\nquorum none\n".encode())


def append(store: Store, *records: Record) -> Appended:
    """Append records of this log, without any read."""
    return store.append([Incoming(record=record) for record in records], checkpoint=checkpointer(store.origin))
