"""Many items as one record: a count, a Merkle root and a blob of canonical rows; an item is addressed as (record, leaf)."""

from dataclasses import dataclass
from typing import Any, Final

from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, hex_bytes, parse_canonical
from openqi.evidence.log.merkle import empty_frontier, leaf_hash, verify_inclusion
from openqi.kernel.errors import FormatError, VerificationError

MEDIA_TYPE: Final = "application/x-ndjson"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The rows of a batch record: how many, their root, and the blob that holds one canonical row a line."""

    count: int
    root: bytes
    blob: str
    size: int

    def as_json(self) -> dict[str, Any]:
        """Return the batch as record bodies state it."""
        rows = {"mediaType": MEDIA_TYPE, "sha256": self.blob, "size": self.size}
        return {"count": self.count, "root": self.root.hex(), "rows": rows}


def parse_batch(stated: Any) -> Batch:
    """Return the batch that a body states as {count, root, rows}.

    Raises:
        FormatError: a member is missing, foreign or of another form.
    """
    try:
        rows = stated["rows"]
        batch = Batch(
            count=stated["count"], root=hex_bytes(stated["root"], 32), blob=hex_bytes(rows["sha256"], 32).hex(), size=rows["size"]
        )
    except (KeyError, TypeError) as error:
        raise FormatError(f"a batch is stated as {{count, root, rows: {{mediaType, sha256, size}}}}: {error}") from error
    if any(type(number) is not int or number < 0 for number in (batch.count, batch.size)) or batch.as_json() != stated:
        raise FormatError("a batch is stated as {count, root, rows: {mediaType, sha256, size}} with whole numbers")
    return batch


def batch_rows(batch: Batch, content: bytes) -> list[bytes]:
    """Return the canonical bytes of each row, after checking count and root.

    Raises:
        VerificationError: the blob does not hold the rows that the record commits to.
    """
    lines = content.split(b"\n")
    if lines.pop() or len(lines) != batch.count or len(content) != batch.size:
        raise VerificationError("batch", f"the blob has {len(lines)} whole lines; the record states {batch.count}")
    frontier = empty_frontier()
    for line in lines:
        frontier.append(leaf_hash(line))
    if frontier.root() != batch.root:
        raise VerificationError("batch", "the rows do not add up to the root that the record states")
    return lines


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row of a batch record with its own proof: (record, leaf), the row's bytes and the audit path."""

    record: str
    leaf: int
    row: bytes
    path: tuple[bytes, ...]

    def encode(self) -> bytes:
        """Return the item as canonical JSON, small enough to hand to whoever asks for one item."""
        path = [base64url(node) for node in self.path]
        return canonical_bytes(
            {"leaf": self.leaf, "path": path, "record": self.record, "row": parse_canonical(self.row)}, limit=100_000
        )


def parse_item(data: bytes) -> Item:
    """Return the item in `data`; `verify_item` checks it.

    Raises:
        FormatError: not {leaf, path, record, row}.
    """
    stated = parse_canonical(data, limit=100_000)
    if type(stated) is not dict or set(stated) != {"leaf", "path", "record", "row"} or type(stated["leaf"]) is not int:
        raise FormatError("an item is {leaf, path, record, row}")
    if type(stated["path"]) is not list or any(type(node) is not str for node in stated["path"]):
        raise FormatError("the path of an item is a list of base64url texts")
    path = tuple(map(base64url_bytes, stated["path"]))
    return Item(record=hex_bytes(stated["record"], 32).hex(), leaf=stated["leaf"], row=canonical_bytes(stated["row"]), path=path)


def verify_item(item: Item, batch: Batch) -> None:
    """Raise VerificationError unless the item is a row of the batch at its leaf."""
    verify_inclusion(leaf_hash(item.row), item.leaf, batch.count, item.path, batch.root)
