"""What is published before a draw: the root over the frozen list, one hash of all that decides, and a proof for every object."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.frame import Exclusion, Frame
from openqi.science.draws.hashing.many import digests
from openqi.science.draws.hashing.tree import Tree, tree_of
from openqi.science.draws.plan import Plan, plan_bytes
from openqi.science.draws.rows import written_rows
from openqi.science.draws.seed import NamedSource, measured, source_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABEL = b"openqi draw commitment 1\n"
AT_ONCE = 1 << 14
"""Rows at once: few enough that what is written and hashed stays in the caches of a processor."""


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
        leaves[leaf_of[begin:end]] = digests(*written_rows(frame, begin, end, before=b"\x00", between=b"\n"))
    return CommittedFrame(frame=frame, leaf_of=leaf_of, tree=tree_of(leaves))


def exclusion_bytes(exclusions: Iterable[Exclusion]) -> bytes:
    """Return who was left out, and why, as canonical bytes: name, reason and detail, each behind its length, sorted by name."""
    ordered = sorted(exclusions, key=lambda one: one.name)
    return b"".join(measured(part.encode()) for one in ordered for part in (one.name, one.reason, one.detail))


def commitment_of(
    root: bytes, size: int, rules: bytes, *, sources: bytes, version: str, exclusions: bytes = b"", key: bytes = b""
) -> bytes:
    """Return the one hash that is published: SHA-256 of a label, root, size, and all else that decides, each behind its length.

    The sources of randomness are in it: whoever could name them later would choose among the draws.

    Args:
        root: over the list, 32 bytes.
        size: how many objects are on it.
        rules: canonical bytes of the plan.
        sources: canonical bytes of the randomness that will be used, and in which order.
        version: of the program, or a hash of its code.
        exclusions: canonical bytes of who was left out, and why.
        key: the public key of a verifiable random function, where visits are unannounced.

    Raises:
        DomainError: a root of another length, no rules, no sources, no version.
    """
    if len(root) != 32 or not rules or not sources or not version:
        raise DomainError("a commitment is to a root of 32 bytes, to rules, to named randomness and to a version of the program")
    parts = (rules, exclusions, sources, key, version.encode())
    return sha256(LABEL + root + size.to_bytes(8, "big") + b"".join(map(measured, parts))).digest()


def commitment_to(under: CommittedFrame, plan: Plan, named: Sequence[NamedSource], *, version: str, key: bytes = b"") -> bytes:
    """Return the commitment to a frozen list with those left out of it, a plan, and the randomness that will be used.

    Args:
        under: the list under its root.
        plan: the rules.
        named: sources of randomness, in the order in which they are mixed.
        version: of the program, or a hash of its code.
        key: the public key of a verifiable random function, where visits are unannounced.

    Raises:
        DomainError: the plan or the sources are not whole.
    """
    return commitment_of(
        under.root,
        len(under.frame),
        plan_bytes(plan),
        sources=source_bytes(named),
        version=version,
        exclusions=exclusion_bytes(under.frame.exclusions),
        key=key,
    )
