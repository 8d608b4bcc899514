"""Who is told of which record: the people and programs of every organisation that it names and that may see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openqi.app.folder import readable_by
from openqi.evidence.record import Record, record_subject
from openqi.kernel.errors import NotFoundError
from openqi.store.store import Store

WITHDRAWN: Final = "governance.withdrawn/1"
TOPICS: Final = ("task", "withdrawal", "role", "record", "mention", "webhook")


@dataclass(frozen=True, kw_only=True)
class Concern:
    """A record that concerns a party, and why: a topic of `TOPICS`."""

    party: str
    topic: str


def concerns(store: Store, record: Record, parties: frozenset[str]) -> Iterator[Concern]:
    """Yield which of some parties a record concerns: it names them, is in their story, or withdraws what they stated or relied on.

    Who stated it is not told of it, and nobody is told of what they may not see.
    """
    named = {text.partition("#")[0] for text in (*record.streams, *_texts(record.body))} & parties
    if record.kind == WITHDRAWN:
        named |= _of_withdrawn(store, record) & parties
    for party in sorted(named - {record.issuer}):
        if readable_by(party)(record):
            yield Concern(party=party, topic=_topic(record, party))


def _topic(record: Record, party: str) -> str:
    if record.kind == WITHDRAWN:
        return "withdrawal"
    if record.kind.startswith("governance.task-"):
        return "task"
    return "role" if f"{party}#roles" in record.streams else "record"


def _of_withdrawn(store: Store, record: Record) -> set[str]:
    """Who issued what is withdrawn, and who may see it."""
    try:
        gone = store.logged(str(record.body.get("record", ""))).record
    except NotFoundError:
        return set()
    relying = {one.record.issuer for one in store.stream(record_subject(gone.id))}
    return {gone.issuer, *relying, *gone.streams, *(gone.statement.visible_to or ())}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
