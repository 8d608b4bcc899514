"""Making a batch of rows, and items of it with their proofs."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.batch import Batch, Item, batch_rows
from openqi.evidence.canonical import MAX_DEPTH, canonical_bytes
from openqi.evidence.log.merkle import empty_frontier, leaf_hash
from openqi.evidence.log.prover import inclusion_proof, subtree_of
from openqi.kernel.errors import DomainError

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
    frontier, content = empty_frontier(), bytearray()
    for line in lines:
        frontier.append(leaf_hash(line))
        content += line
        content += b"\n"
    data = bytes(content)
    return Batch(count=frontier.size, root=frontier.root(), blob=sha256(data).hexdigest(), size=len(data)), data


def items(record_id: str, batch: Batch, content: bytes, leaves: Sequence[int]) -> list[Item]:
    """Return the items at `leaves` with their proofs; the tree is built once for all of them.

    Raises:
        DomainError: a leaf outside of the batch.
        VerificationError: the blob is not the batch's.
    """
    lines = batch_rows(batch, content)
    if any(not 0 <= leaf < batch.count for leaf in leaves):
        raise DomainError(f"a batch of {batch.count} items has leaves 0 to {batch.count - 1}")
    subtree = subtree_of([leaf_hash(line) for line in lines])
    return [Item(record=record_id, leaf=leaf, row=lines[leaf], path=inclusion_proof(leaf, batch.count, subtree)) for leaf in leaves]
