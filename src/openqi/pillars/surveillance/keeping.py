"""Rows that were read and checked once a process: a content is a content, and many decisions in turn read the same one."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Generic, TypeVar

import msgspec

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.view import View
from openqi.records import Items, as_json
from openqi.records.rows import decoded

R = TypeVar("R", bound=msgspec.Struct)
MOST_BYTES: Final = 32 * 2**20
"""So many bytes of contents are kept at most; of what is larger nothing is."""
MOST_CONTENTS: Final = 32


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[R]):
    """The rows that a record commits to, in order; and by what they are of, where each is of an object."""

    content: bytes
    rows: tuple[R, ...]
    by_object: Mapping[str, R]


_kept: "OrderedDict[tuple[type, bytes, int, str, int], Rows[Any]]" = OrderedDict()
_lock: Final = Lock()


def rows_kept(view: View, items: Items, row: type[R]) -> Rows[R]:
    """Return the typed rows that a record commits to, after checking them: a function of the record and the bytes alone.

    The view is asked each time, and notes it, so that a basis is the same whether they were at hand or not; and the bytes that it
    gives are compared with those that were checked: another content under the same name is not taken for it.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
        FormatError: a row is none of this kind.
    """
    batch = parse_batch(as_json(items))
    content = view.blob(items.rows.sha256)
    name = (row, batch.root, batch.count, batch.blob, batch.size)
    with _lock:
        known = _kept.get(name)
        if known is not None:
            _kept.move_to_end(name)
    if known is not None and known.content == content:
        return known
    rows = decoded(rows_of_batch(batch, content), row)
    found = Rows(content=content, rows=tuple(rows), by_object={str(one.object): one for one in rows if hasattr(one, "object")})
    if len(content) <= MOST_BYTES:
        with _lock:
            _kept[name] = found
            while len(_kept) > MOST_CONTENTS or sum(len(one.content) for one in _kept.values()) > MOST_BYTES:
                _kept.popitem(last=False)
    return found
