"""Registers of recalls: each recall in one line for lists, and what is recalled under its own name, for who holds one."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.fold import Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.records.governance import Withdrawn
from openqi.records.recalls import RecallEnded, RecallProgressReported, RecallPublished, RecallsTaken

_OWN: Final = (RecallPublished.KIND, RecallProgressReported.KIND, RecallEnded.KIND)


def start_of(about: str) -> str:
    """Return how the keys in `RECALLED` begin of what is recalled: a product, lot, firm, or `gtin:` and a number."""
    return f"{sha256(about.encode()).hexdigest()[:32]}."


def gtin_name(gtin: str) -> str:
    """Return under which name goods of a GTIN are recalled: zeros in front do not count, as a GTIN of 13 digits has one of 14."""
    return f"gtin:{gtin.lstrip('0') or '0'}"


def _text(body: Any, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _list(body: Any, name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _goods(record: Record) -> Iterator[str]:
    """What a published recall is about; a foreign record of one of our kinds may have anything there."""
    yield _text(record.body, "firm")
    for line in _list(record.body, "lines"):
        if isinstance(line, dict):
            yield _text(line, "product")
            yield from (one for one in _list(line, "lots") if isinstance(one, str))
            yield from (gtin_name(one) for one in _list(line, "gtins") if isinstance(one, str))


def _recalled_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    if record.kind != RecallPublished.KIND or record.basis is None or not record.public:
        return ()
    return [start_of(one) + f"{logged.index:012x}" for one in dict.fromkeys(_goods(record)) if one]


def _recalled(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    return {"recall": _text(logged.record.body, "recall"), "record": logged.record.id, "origin": logged.origin}


RECALLED: Final = Fold(
    name="recalled", version=1, columns={"recall": str, "record": str, "origin": str}, keys=_recalled_keys, step=_recalled
)
"""A row for each thing that an edition of a recall names; `start_of` says its keys. Streams tell whether the edition stands."""


def _recall_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    if record.kind == Withdrawn.KIND:
        return [one.partition("#")[0] for one in _list(record.body, "streams")[:1] if isinstance(one, str)]
    own = record.kind in _OWN and record.basis is not None and record.public
    return (recall,) if own and (recall := _text(record.body, "recall")) else ()


def _recall(row: Row | None, logged: Logged) -> Row | None:
    record, body = logged.record, logged.record.body
    if record.kind == RecallPublished.KIND:
        firm = _text(body, "firm")
        if row is not None and row["firm"] != firm:
            return row
        return {
            "recall": _text(body, "recall"), "firm": firm, "number": _text(body, "number"), "risk": _text(body, "risk"),
            "begins": _text(body, "begins"), "record": record.id, "ended": None, "origin": logged.origin,
            "place": logged.index if row is None else row["place"], "moved": logged.index,
        }  # fmt: skip
    if row is None:
        return None
    ended = record.id if record.kind == RecallEnded.KIND else row["ended"]
    return {**row, "ended": ended, "moved": logged.index}


RECALLS: Final = Fold(
    name="recalls",
    version=1,
    columns={
        **dict.fromkeys(("recall", "firm", "number", "risk", "begins", "record", "ended", "origin"), str),
        **dict.fromkeys(("place", "moved"), int),
    },
    keys=_recall_keys,
    step=_recall,
    indexes=(("place",), ("firm", "place")),
)  # fmt: skip
"""A row for each recall of this log; `record` is its last edition, `moved` where the log last spoke of it.

Withdrawals do not stand there: whoever shows a row looks at the records that it names.
"""


def _taken_keys(logged: Logged) -> Iterable[str]:
    record = logged.record
    return (f"{logged.index:012x}",) if record.kind == RecallsTaken.KIND and record.basis is not None and record.public else ()


def _taken(row: Row | None, logged: Logged) -> Row | None:  # noqa: ARG001 -- entries never change
    record = logged.record
    return {
        "record": record.id, "register": _text(record.body, "register"), "layout": _text(record.body, "layout"),
        "taken_at": _text(record.body, "takenAt"), "issuer": record.issuer, "origin": logged.origin,
    }  # fmt: skip


RECALLS_TAKEN: Final = Fold(
    name="recalls_taken",
    version=1,
    columns=dict.fromkeys(("record", "register", "layout", "taken_at", "issuer", "origin"), str),
    keys=_taken_keys,
    step=_taken,
    indexes=(("register",),),
)
"""A row for each list of recalls that was taken in, in log order."""
