"""What is published before a draw: the root over the frozen list, and one hash of list and rules; with a proof for every object."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.frame import Frame
from openqi.science.draws.hashing.arrays import FEW
from openqi.science.draws.hashing.many import digests
from openqi.science.draws.hashing.tree import Tree, tree_of
from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABEL = b"openqi draw commitment 1\n"
AT_ONCE = 1 << 20
DIGITS = 13
"""Decimal digits of the largest size."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CommittedFrame:
    """The tree over a frame. Leaves stand in the order of SHA-256 of the names, so that the root does not depend on the order of a
    file, and two neighbours prove that nobody stands between them.

    Args:
        frame: the list.
        leaf_of: the number of the leaf of every place of the frame.
        tree: over the leaf hashes.
    """

    frame: Frame
    leaf_of: "NDArray[Any]"
    tree: Tree

    @property
    def root(self) -> bytes:
        """The hash over the whole list."""
        return self.tree.root

    def proof(self, place: int) -> "FrameProof":
        """Return what proves that the object at a place of the frame is on the list, with its stratum, class and size."""
        leaf = int(self.leaf_of[place])
        return FrameProof(row=row_of(self.frame, place), leaf=leaf, size=len(self.frame), hashes=self.tree.proof(leaf))


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameProof:
    """A row of the list with the hashes that lead to the root; checked as a proof of inclusion in a log of records is."""

    row: bytes
    leaf: int
    size: int
    hashes: tuple[bytes, ...]


def row_of(frame: Frame, place: int) -> bytes:
    """Return the bytes that stand for an object: name, stratum, class and size on a line each, without a last line end."""
    stratum, rank = frame.strata[int(frame.stratum[place])], frame.classes[int(frame.risk_class[place])]
    return frame.names[place] + f"\n{stratum}\n{rank}\n{int(frame.size[place])}".encode()


def committed(frame: Frame) -> CommittedFrame:
    """Return the frame under its root.

    Source: [RFC6962] section 2.1.
    """
    import numpy as np

    leaf_of = np.empty(len(frame), dtype=np.int64)
    leaf_of[frame.by_digest] = np.arange(len(frame), dtype=np.int64)
    leaves = np.empty((len(frame), 32), dtype=np.uint8)
    for begin in range(0, len(frame), AT_ONCE):
        end = min(begin + AT_ONCE, len(frame))
        leaves[leaf_of[begin:end]] = digests(*_rows(frame, begin, end))
    return CommittedFrame(frame=frame, leaf_of=leaf_of, tree=tree_of(leaves))


def commitment_of(root: bytes, size: int, rules: bytes, exclusions: bytes = b"") -> bytes:
    """Return the one hash that is published: SHA-256 of a label, the root, the number of objects, the rules and the exclusions.

    Args:
        root: over the list, 32 bytes.
        size: how many objects are on it.
        rules: canonical bytes of the plan, with the version of the program.
        exclusions: canonical bytes of who was left out, and why.

    Raises:
        DomainError: a root of another length, no rules.
    """
    if len(root) != 32 or not rules:
        raise DomainError("a commitment is to a root of 32 bytes and to rules")
    parts = [size.to_bytes(8, "big"), *(len(part).to_bytes(8, "big") + part for part in (rules, exclusions))]
    return sha256(LABEL + root + b"".join(parts)).digest()


def _rows(frame: Frame, begin: int, end: int) -> "tuple[NDArray[Any], NDArray[Any]]":
    """The leaves of some places, each a zero byte and the row, as one text and offsets."""
    import numpy as np

    offsets = np.zeros(end - begin + 1, dtype=np.int64)
    if end - begin < FEW or not is_fast():
        rows = [b"\x00" + row_of(frame, place) for place in range(begin, end)]
        for number, row in enumerate(rows):
            offsets[number + 1] = offsets[number] + len(row)
        return np.frombuffer(b"".join(rows) + bytes(8), dtype=np.uint8), offsets
    ends = [f"\n{stratum}\n{rank}\n".encode() for stratum in frame.strata for rank in frame.classes]
    places = np.array([0, *(len(b"".join(ends[: number + 1])) for number in range(len(ends)))], dtype=np.int64)
    code = frame.stratum[begin:end].astype(np.int64) * len(frame.classes) + frame.risk_class[begin:end]
    letters = int(frame.names.offsets[end] - frame.names.offsets[begin])
    room = letters + (end - begin) * (1 + max(map(len, ends)) + DIGITS) + 8
    text = np.zeros(room, dtype=np.uint8)
    joined = np.frombuffer(b"".join(ends) + b"\x00", dtype=np.uint8)
    _write_rows(frame.names.text, frame.names.offsets[begin : end + 1], joined, places, code, frame.size[begin:end], text, offsets)
    return text, offsets


@compiled
def _write_rows(names: Any, begins: Any, ends: Any, places: Any, code: Any, size: Any, text: Any, offsets: Any) -> None:
    at = 0
    for number in range(len(code)):
        text[at] = 0
        at += 1
        for place in range(begins[number], begins[number + 1]):
            text[at] = names[place]
            at += 1
        for place in range(places[code[number]], places[code[number] + 1]):
            text[at] = ends[place]
            at += 1
        left, digits = size[number], 1
        while left >= 10:
            left //= 10
            digits += 1
        left = size[number]
        for digit in range(digits):
            text[at + digits - 1 - digit] = 48 + left % 10
            left //= 10
        at += digits
        offsets[number + 1] = at
