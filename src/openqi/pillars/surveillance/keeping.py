"""Rows that were read and checked once a process: a content is a content, and many decisions in turn read the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Generic

from openqi.evidence.batch import Batch, parse_batch
from openqi.evidence.batching import rows_of_batch
from openqi.evidence.view import View
from openqi.records import Items, as_json
from openqi.records.rows import R, decoded

MOST_BYTES: Final = 8 * 2**20
"""Of a larger content nothing is kept; ten thousand drawn objects have three million bytes."""
MOST_CONTENTS: Final = 12


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[R]):
    """The rows that a record commits to, in order; and by object, where each is of one."""

    rows: tuple[R, ...]
    by_object: Mapping[str, R]


def rows_kept(view: View, items: Items, row: type[R]) -> Rows[R]:
    """Return the typed rows that a record commits to, after checking them: a function of the record and the bytes alone.

    The view is asked each time, and notes it, so that a basis is the same whether the rows were at hand or not. They are kept by
    the bytes themselves: another content under the same name is not taken for them.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
        FormatError: a row is none of this kind.
    """
    batch, content = parse_batch(as_json(items)), view.blob(items.rows.sha256)
    read: Any = checked_rows if len(content) <= MOST_BYTES else checked_rows.__wrapped__
    found: Rows[R] = read(batch, content, row)
    return found


@lru_cache(maxsize=MOST_CONTENTS)
def checked_rows(batch: Batch, content: bytes, row: type[R]) -> Rows[R]:
    """Return the typed rows of a content after checking them; see `rows_kept`."""
    rows = tuple(decoded(rows_of_batch(batch, content), row))
    named = {str(getattr(one, "object")): one for one in rows if hasattr(one, "object")}  # noqa: B009
    return Rows(rows=rows, by_object=MappingProxyType(named))
