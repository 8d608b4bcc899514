"""Making a batch of rows, and items of it with their proofs."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.batch import Batch, Item
from openqi.evidence.canonical import MAX_DEPTH, canonical_bytes
from openqi.evidence.log.merkle import EMPTY_ROOT
from openqi.kernel.errors import DomainError, VerificationError

MAX_ROW: Final = 48_000


def batch_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Batch, bytes]:
    """Return the batch of rows and the content of its blob.

    Raises:
        FormatError: a row is not restricted canonical JSON, or too large.
    """
    # An item holds its row one level deeper.
    return batch_of_lines(canonical_bytes(row, limit=MAX_ROW, depth=MAX_DEPTH - 1) for row in rows)


def batch_of_lines(lines: Iterable[bytes]) -> tuple[Batch, bytes]:
    """Return the batch of rows that are canonical bytes already, and the content of its blob."""
    # Lines are not kept: a short text that orjson wrote holds on to a much larger block of memory.
    content, leaves = bytearray(), []
    for line in lines:
        leaves.append(sha256(b"\x00" + line).digest())
        content += line
        content += b"\n"
    data = bytes(content)
    return Batch(count=len(leaves), root=_root(leaves), blob=sha256(data).hexdigest(), size=len(data)), data


def rows_of_batch(batch: Batch, content: bytes) -> list[bytes]:
    """Return what `batch_rows` returns, in half the time; the kit that proves has the plain definition.

    Raises:
        VerificationError: the blob does not hold the rows that the record commits to.
    """
    lines = _lines(batch, content)
    _check_root(batch, _root([sha256(b"\x00" + line).digest() for line in lines]))
    return lines


def _lines(batch: Batch, content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    if lines.pop() or len(lines) != batch.count or len(content) != batch.size:
        raise VerificationError("batch", f"the blob has {len(lines)} whole lines; the record states {batch.count}")
    return lines


def _check_root(batch: Batch, root: bytes) -> None:
    if root != batch.root:
        raise VerificationError("batch", f"the blob does not add up to the {batch.count} rows that the record states")


def _above(level: list[bytes]) -> list[bytes]:
    """The next level of a tree of [RFC6962]: a last node without a neighbour goes up as it is."""
    last = [level[-1]] if len(level) % 2 else []
    pairs = zip(level[::2], level[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs] + last


def _root(level: list[bytes]) -> bytes:
    """The root over leaf hashes, level by level."""
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY_ROOT


def _path(levels: Sequence[Sequence[bytes]], leaf: int) -> tuple[bytes, ...]:
    """The neighbours on the way up; a node that goes up as it is has none."""
    path = []
    for level in levels[:-1]:
        if leaf ^ 1 < len(level):
            path.append(level[leaf ^ 1])
        leaf >>= 1
    return tuple(path)


def items(record_id: str, batch: Batch, content: bytes, leaves: Sequence[int]) -> list[Item]:
    """Return the items at `leaves` with their proofs; the tree is built once for all of them.

    Raises:
        DomainError: a leaf outside of the batch.
        VerificationError: the blob is not the batch's.
    """
    lines = _lines(batch, content)
    levels = [[sha256(b"\x00" + line).digest() for line in lines]]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    _check_root(batch, levels[-1][0] if lines else EMPTY_ROOT)
    if any(not 0 <= leaf < batch.count for leaf in leaves):
        raise DomainError(f"a batch of {batch.count} items has leaves 0 to {batch.count - 1}")
    return [Item(record=record_id, leaf=leaf, row=lines[leaf], path=_path(levels, leaf)) for leaf in leaves]
