"""The rows of batch records: what stands there for each item, read and written many at a time."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeVar

import msgspec

from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import MAX_ROW, batch_of_lines, rows_of_batch
from openqi.evidence.canonical import MAX_DEPTH, canonical_bytes
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError
from openqi.records import Instant, Items, Moment, Rows, Text, Uri, as_json

R = TypeVar("R", bound=msgspec.Struct)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-\[\]-~]{1,1990}")
_encode_lines: Final = msgspec.json.Encoder().encode_lines
# Members stand in the order of their names, so that a row is written in its one canonical form. Texts have no pattern: a million
# of them are read at once, and each is checked by what it is used for.


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One row of a batch record."""


class ReadingRow(_Row, frozen=True, kw_only=True):
    """One reading; `reference` is the one that it is compared with."""

    item: str
    reference: str | None = None
    value: str


class VerdictRow(_Row, frozen=True, kw_only=True):
    """One verdict; `compared` is the rounded value where the requirement compares rounded values."""

    compared: str | None = None
    expanded_uncertainty: str
    indicated: str
    item: str
    value: str
    verdict: Literal["conforming", "nonconforming"]


class MeasuredRow(_Row, frozen=True, kw_only=True):
    """One verdict on what a model of its procedure gave, with the coverage factor of this U where it is not the same for all.

    `outcome` says what a rule with outcomes found; `undecided` is a value that the rule neither accepts nor rejects.
    """

    compared: str | None = None
    coverage_factor: str | None = None
    degrees_of_freedom: str | None = None
    expanded_uncertainty: str
    indicated: str
    item: str
    outcome: Literal["pass", "conditionalPass", "conditionalFail", "fail", "noPass", "noFail"] | None = None
    reference: str | None = None
    value: str
    verdict: Literal["conforming", "nonconforming", "undecided"]


class ItemRow(_Row, frozen=True, kw_only=True):
    """One item of a lot."""

    item: str


class MarkRow(_Row, frozen=True, kw_only=True):
    """One mark, as the hash of its URI, on one item."""

    item: str
    mark: str


class EventRow(_Row, frozen=True, kw_only=True):
    """One event: `things` were there, `inputs` became `outputs`, or `children` went into (ADD) or out of (DELETE) `parent`."""

    action: Text = ""
    at: Instant
    children: tuple[Uri, ...] = ()
    inputs: tuple[Uri, ...] = ()
    location: str = ""
    outputs: tuple[Uri, ...] = ()
    parent: str = ""
    step: str = ""
    things: tuple[Uri, ...] = ()
    type: Text


class TakenRow(_Row, frozen=True, kw_only=True):
    """One reading of a process; `missing` says why there is no value, `size` in how many units a count was counted.

    `item` is the part, lot or sample that was read, where it is known.
    """

    at: Moment
    group: str | None = None
    item: str | None = None
    missing: str | None = None
    size: str | None = None
    value: str | None = None


class PointRow(_Row, frozen=True, kw_only=True):
    """One point of a chart: a value and the broken rules a panel, and `lines` (centre, sigma, lower, upper) where they differ."""

    at: str
    group: str | None = None
    lines: tuple[tuple[str, ...], ...] = ()
    rules: tuple[int, ...]
    values: tuple[str, ...]


def decoded(lines: Sequence[bytes], row: type[R]) -> list[R]:
    """Return rows as typed values, after checking that each line is the one canonical form of one row.

    Raises:
        FormatError: one is not as its kind says, or is written in another form.
    """
    try:
        # One array at once is several times faster than one decoder call a row.
        rows = msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[row])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise FormatError(f"a row is no {row.__name__}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"the rows are not JSON: {error}") from error
    if _encode_lines(rows) != b"\n".join([*lines, b""]):
        raise FormatError(f"a row is no {row.__name__} in its canonical form: keys in order and once, no spaces, one row a line")
    return rows


def committed(lines: Iterable[bytes]) -> tuple[Items, bytes]:
    """Return the commitment to canonical lines, and the content of their blob."""
    batch, content = batch_of_lines(lines)
    rows = Rows(media_type="application/x-ndjson", sha256=batch.blob, size=batch.size)
    return Items(count=batch.count, root=batch.root.hex(), rows=rows), content


def rows_of(view: View, items: Items) -> list[bytes]:
    """Return the rows that a record commits to, each as its canonical bytes.

    Raises:
        NotFoundError: the blob is not at hand.
        VerificationError: it does not hold those rows.
    """
    return rows_of_batch(parse_batch(as_json(items)), view.blob(items.rows.sha256))


def quoted(item: str) -> bytes:
    """Return an item as it stands in a canonical row.

    Raises:
        FormatError: it is no URI.
    """
    if not _URI.fullmatch(item):
        raise FormatError(f"item {item[:80]!r} is no URI; an item is named by one")
    return b'"' + item.encode() + b'"'


def row_line(row: msgspec.Struct) -> bytes:
    """Return the canonical line of a row."""
    return canonical_bytes(msgspec.json.decode(msgspec.json.encode(row)), limit=MAX_ROW, depth=MAX_DEPTH - 1)


def event_line(event: EventRow) -> bytes:
    """Return the canonical row of an event."""
    return row_line(event)
