"""One text that proves offline that an entry is in a log: its index, the audit path and the checkpoint.

Source: [C2SP] tlog-proof.
"""

from dataclasses import dataclass
from typing import Final

from openqi.evidence.canonical import base64_bytes, base64_text, decimal_index
from openqi.evidence.log.merkle import leaf_hash, verify_inclusion
from openqi.evidence.log.note import Note, parse_note
from openqi.evidence.log.policy import Policy, Trusted, trusted
from openqi.kernel.errors import FormatError

_HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH: Final = 63
MAX_PROOF: Final = 300_000


@dataclass(frozen=True, kw_only=True)
class LogProof:
    """Where an entry stands in a log. `extra` is not authenticated by the log."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def encode(self) -> bytes:
        """Return the proof as text."""
        extra = [f"extra {base64_text(self.extra)}"] if self.extra else []
        lines = [_HEADER, *extra, f"index {self.index}", *map(base64_text, self.path), ""]
        return "\n".join(lines).encode() + b"\n" + self.checkpoint.encode()


def parse_proof(data: bytes) -> LogProof:
    """Return the proof that a text states; nothing is verified.

    Raises:
        FormatError: not a tlog-proof, or too large.
    """
    if len(data) > MAX_PROOF:
        raise FormatError(f"a proof of {len(data)} bytes; at most {MAX_PROOF} are accepted")
    head, found, note = data.partition(b"\n\n")
    try:
        header, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"proof is not ASCII at byte {error.start}") from error
    if not found or header != _HEADER or not lines:
        raise FormatError(f"a proof begins with the line {_HEADER} and has an empty line before its checkpoint")
    extra = b""
    if lines[0].startswith("extra "):
        extra = base64_bytes(lines.pop(0)[6:])
        if not extra:
            raise FormatError("a proof without extra data has no extra line")
    if not lines or not lines[0].startswith("index ") or len(lines) > MAX_PATH + 1:
        raise FormatError(f"a proof has one index line and at most {MAX_PATH} hashes")
    path = tuple(base64_bytes(line) for line in lines[1:])
    if any(len(node) != 32 for node in path):
        raise FormatError("each hash of a proof has 32 bytes")
    return LogProof(index=decimal_index(lines[0][6:]), path=path, checkpoint=parse_note(note), extra=extra)


def verify_proof(proof: LogProof, entry: bytes, policy: Policy) -> Trusted:
    """Return the accepted checkpoint that covers `entry`.

    Raises:
        VerificationError: the policy does not accept the checkpoint, or the path does not lead to its root.
    """
    accepted = trusted(proof.checkpoint, policy)
    checkpoint = accepted.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return accepted
