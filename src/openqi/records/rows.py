"""The rows of batch records: what stands there for each item, read and written many at a time."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from openqi.evidence.batching import MAX_ROW, batch_of_lines
from openqi.evidence.canonical import MAX_DEPTH, canonical_bytes
from openqi.kernel.errors import FormatError
from openqi.records import Instant, Items, Rows, Text, Uri

R = TypeVar("R", bound=msgspec.Struct)
# Texts here have no pattern: a million of them are read at once, and each is checked by what it is used for.


class ReadingRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reading; `reference` is the one that it is compared with."""

    item: str
    value: str
    reference: str | None = None


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One verdict; `compared` is the rounded value where the requirement compares rounded values."""

    item: str
    indicated: str
    value: str
    expanded_uncertainty: str
    verdict: str
    compared: str | None = None


class ItemRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of a lot."""

    item: str


class MarkRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One mark, as the hash of its URI, on one item."""

    item: str
    mark: str


class EventRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event: `things` were there, `inputs` became `outputs`, or `children` went into (ADD) or out of (DELETE) `parent`."""

    type: Text
    at: Instant
    action: Text = ""
    children: tuple[Uri, ...] = ()
    inputs: tuple[Uri, ...] = ()
    location: str = ""
    outputs: tuple[Uri, ...] = ()
    parent: str = ""
    step: str = ""
    things: tuple[Uri, ...] = ()


def decoded(lines: Sequence[bytes], row: type[R]) -> list[R]:
    """Return rows as typed values.

    Raises:
        FormatError: one is not as its kind says; the message names its place.
    """
    try:
        # One array at once is several times faster than one decoder call a row.
        return msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[row])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise FormatError(f"a row is no {row.__name__}: {error}") from error
    except msgspec.DecodeError as error:
        raise FormatError(f"the rows are not JSON: {error}") from error


def committed(lines: Iterable[bytes]) -> tuple[Items, bytes]:
    """Return the commitment to canonical lines, and the content of their blob."""
    batch, content = batch_of_lines(lines)
    rows = Rows(media_type="application/x-ndjson", sha256=batch.blob, size=batch.size)
    return Items(count=batch.count, root=batch.root.hex(), rows=rows), content


def quoted(text: str) -> bytes:
    """Return a text as it stands in a canonical row."""
    # URIs hold nothing to escape, as a rule; a million of them show it.
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return b'"' + text.encode() + b'"'
    return canonical_bytes(text)


def event_line(event: EventRow) -> bytes:
    """Return the canonical row of an event."""
    return canonical_bytes(msgspec.json.decode(msgspec.json.encode(event)), limit=MAX_ROW, depth=MAX_DEPTH - 1)
