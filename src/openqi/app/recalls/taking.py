"""Taking a public list of recalls in: read, compare with what was taken before, keep what is new or other, decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from mmap import mmap
from typing import Final

import msgspec

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.evidence.view import NotingView
from openqi.formats.recalls.layouts import LAYOUTS, read_recalls
from openqi.formats.recalls.listed import Fault
from openqi.pillars.surveillance.recalls.taking import FAULTS, TakeRecalls, taken
from openqi.records import Content
from openqi.records.recall_rows import TakenRecallRow, contents_of, digest_of
from openqi.records.recalls import Layout
from openqi.records.rows import committed, rows_of

_NO_MATTER: Final = frozenset({"changed", "content", "header", "key", "line", "place"})
_MEDIA: Final = {"safety-gate": "text/csv", "nhtsa": "text/tab-separated-values"}
KEPT: Final = 64 * 2**20
"""Most bytes of a list that is kept beside the log; of a larger one its hash and size are stated."""
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A list beside what was taken of it before.

    Args:
        lines: canonical rows of what is new or other.
        listed, added, changed, same: how many were read; of them new, other, as before.
        faults: what could not be read.
    """

    lines: tuple[bytes, ...]
    listed: int
    added: int
    changed: int
    same: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class Took:
    """What came of a list: the record that was stated, None where nothing is new; and the comparison."""

    record: Record | None
    compared: Compared


def compared(layout: Layout, data: "bytes | mmap", earlier: Iterable[Iterable[bytes]] = ()) -> Compared:
    """Return a list beside what was taken of it before.

    Args:
        layout: which list it is.
        data: its bytes.
        earlier: canonical rows of each earlier time, in log order; they are walked twice.

    Raises:
        FormatError: it is no such list.
    """
    before = [list(lines) for lines in earlier]
    known: dict[bytes, str] = {}
    for lines in before:
        known |= contents_of(lines)
    fresh: list[bytes] = []
    other: dict[bytes, TakenRecallRow] = {}
    faults: list[Fault] = []
    same = 0
    for one in read_recalls(layout, data):
        if isinstance(one, Fault):
            faults.append(one)
            continue
        digest = digest_of(one.key)
        content = known.get(digest)
        if content == one.content:
            same += 1
        elif content is None:
            fresh.append(_encode(one))
        else:
            other[digest] = one
    changed = _changed(other, before)
    return Compared(
        lines=(*fresh, *changed), listed=len(fresh) + len(other) + same, added=len(fresh), changed=len(other), same=same,
        faults=tuple(faults),
    )  # fmt: skip


def _changed(other: Mapping[bytes, TakenRecallRow], before: Iterable[Iterable[bytes]]) -> list[bytes]:
    """Rows that are other than before, each with the names of what is: the last earlier row of each name is looked up."""
    old: dict[bytes, bytes] = {}
    for lines in before if other else ():
        for line in lines:
            digest = digest_of(_KEY.decode(line).key)
            if digest in other:
                old[digest] = line
    return [_encode(_named(row, msgspec.json.decode(old[digest], type=TakenRecallRow))) for digest, row in other.items()]


class _Key(msgspec.Struct):
    key: str


_KEY: Final = msgspec.json.Decoder(_Key)


def _named(row: TakenRecallRow, old: TakenRecallRow) -> TakenRecallRow:
    names = [one for one in row.__struct_fields__ if one not in _NO_MATTER and getattr(row, one) != getattr(old, one)]
    return msgspec.structs.replace(row, changed=tuple(names) or ("content",))


def take(
    ledger: Ledger, signer: Signer, *, layout: Layout, data: "bytes | mmap", taken_at: str, register: str | None = None,
    illustrative: bool = False,
) -> Took:  # fmt: skip
    """Return what came of a list, once what is new of it is acknowledged. Where nothing is, nothing is stated.

    The list itself is kept beside the log where it is not larger than `KEPT`; its hash and size are stated always.

    Args:
        ledger: where it comes in.
        signer: who takes it in.
        layout: which list it is.
        data: its bytes.
        taken_at: instant at which it was fetched.
        register: URI under which it is taken in; None for the usual one of the list.
        illustrative: whether the list is an invented one.

    Raises:
        FormatError: it is no such list.
        RefusedError: it is of a time before the last one or to come, or the party has no role.
    """
    named = register or LAYOUTS[layout].register
    view = ledger.view()
    found = compared(layout, data, _earlier(view, named, signer.party))
    if not found.lines:
        return Took(record=None, compared=found)
    items, content = committed(found.lines)
    ledger.store.put_blob(content)
    command = TakeRecalls(
        register=named, layout=layout, document=_document(ledger, layout, data), taken_at=taken_at, items=items,
        listed=found.listed, same=found.same, refused=len(found.faults), faults=_faults(ledger, found.faults),
        illustrative=illustrative,
    )  # fmt: skip
    (record,) = ledger.perform(command, signer)
    return Took(record=record, compared=found)


def _earlier(view: NotingView, register: str, party: str) -> list[list[bytes]]:
    return [rows_of(view, one.items) for _, one in taken(view, register, party)]


def _document(ledger: Ledger, layout: str, data: "bytes | mmap") -> Content:
    if len(data) <= KEPT:
        ledger.store.put_blob(bytes(data))
    return Content(media_type=_MEDIA.get(layout, "application/json"), sha256=sha256(data).hexdigest(), size=len(data))


def _faults(ledger: Ledger, faults: Iterable[Fault]) -> Content | None:
    lines = [_encode({"place": one.place, "text": one.text, "why": one.why}) + b"\n" for one in faults]
    if not lines:
        return None
    data = b"".join(lines)
    ledger.store.put_blob(data)
    return Content(media_type=FAULTS, sha256=sha256(data).hexdigest(), size=len(data))
