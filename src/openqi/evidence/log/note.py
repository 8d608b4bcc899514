"""Signed notes and checkpoints: a text with signature lines, a log's statement of its size and root, and cosignatures.

Source: [C2SP] signed-note, tlog-checkpoint, tlog-cosignature.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa

from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.canonical import base64_bytes, base64_text, decimal_index
from openqi.kernel.errors import FormatError, VerificationError

MAX_NOTE: Final = 200_000
MAX_SIGNATURES: Final = 100
ED25519, COSIGNATURE, ML_DSA_COSIGNATURE = 0x01, 0x04, 0x06
_KEY_SIZES: Final = {ED25519: 32, COSIGNATURE: 32, ML_DSA_COSIGNATURE: 1312}
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,200}")
_VKEY = re.compile(rf"({_NAME.pattern})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]{{1,3000}})")


@dataclass(frozen=True, kw_only=True)
class NoteKey:
    """A public key that signs notes: a log's (type 1) or a witness's (type 4 Ed25519, type 6 ML-DSA-44)."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as a `vkey` text."""
        return f"{self.name}+{self.key_id.hex()}+{base64_text(bytes([self.type]) + self.public)}"

    def as_witness(self) -> "NoteKey":
        """Return the cosigning key where policies write a witness as a plain Ed25519 key."""
        return NoteKey(name=self.name, type=COSIGNATURE, public=self.public) if self.type == ED25519 else self


def note_key(vkey: str) -> NoteKey:
    """Return the key that a `vkey` text names.

    Raises:
        FormatError: not `name+id+base64`, another type than 1, 4 and 6, or an id that is not the key's.
    """
    found = _VKEY.fullmatch(vkey)
    if not found:
        raise FormatError(f"verifier key {vkey[:80]!r}: write name+8 hexadecimal digits+base64")
    data = base64_bytes(found[3])
    if not data or len(data) - 1 != _KEY_SIZES.get(data[0]):
        raise FormatError(f"verifier key {vkey[:80]!r}: not a key of type 1 or 4 (Ed25519) or 6 (ML-DSA-44)")
    key = NoteKey(name=checked_name(found[1]), type=data[0], public=data[1:])
    if key.key_id.hex() != found[2]:
        raise FormatError(f"verifier key {vkey[:80]!r}: its id should be {key.key_id.hex()}")
    return key


def checked_name(name: str) -> str:
    if not _NAME.fullmatch(name) or len(name.encode()) > 255:  # an ML-DSA cosignature writes the name's length in one byte
        raise FormatError(f"key name {name[:80]!r}: no spaces, no plus, 1 to 200 characters, at most 255 bytes")
    return name


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature line: who, which key, and the bytes."""

    name: str
    key_id: bytes
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text, ending in a newline, with its signature lines."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        lines = (f"\u2014 {line.name} {base64_text(line.key_id + line.data)}\n" for line in self.signatures)
        return f"{self.text}\n{''.join(lines)}".encode()


def parse_note(data: bytes) -> Note:
    """Return the note in `data`; no signature is checked.

    Raises:
        FormatError: not a signed note, or one with more than `MAX_SIGNATURES` lines.
    """
    if len(data) > MAX_NOTE:
        raise FormatError(f"a note of {len(data)} bytes; at most {MAX_NOTE} are accepted")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"note is not UTF-8 at byte {error.start}") from error
    text, found, block = whole.rpartition("\n\n")
    if not found or not block.endswith("\n") or any(char < " " and char != "\n" for char in whole):
        raise FormatError("a signed note is a text, an empty line and signature lines, each ended by a newline")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise FormatError(f"a note with {len(lines)} signature lines; at most {MAX_SIGNATURES} are accepted")
    return Note(text=text + "\n", signatures=tuple(map(_signature, lines)))


def _signature(line: str) -> Signature:
    dash, *rest = line.split(" ")
    if dash != "\u2014" or len(rest) != 2 or not _NAME.fullmatch(rest[0]):
        raise FormatError(f"signature line {line[:80]!r}: write an em dash, a key name and base64, with single spaces")
    data = base64_bytes(rest[1])
    if len(data) < 5:
        raise FormatError(f"signature line {line[:80]!r}: too short to hold a key id and a signature")
    return Signature(name=rest[0], key_id=data[:4], data=data[4:])


def verified_signature(note: Note, key: NoteKey) -> int | None:
    """Return the time of `key`'s signature on the note (0 for a plain one), or None where the note has none by it.

    Raises:
        VerificationError: a line bears the key's name and id, but its signature does not hold.
    """
    times = [_verify(note, key, line.data) for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    return max(times, default=None)


def _verify(note: Note, key: NoteKey, data: bytes) -> int:
    ed25519 = PublicKey(algorithm="Ed25519", data=key.public)
    if key.type == ED25519:
        ed25519.verify(note.text.encode(), data)
        return 0
    time, signature = int.from_bytes(data[:8], "big"), data[8:]
    if time >= 2**63 or len(data) < 9:
        raise VerificationError("signature", f"the cosignature of {key.name} has no valid time")
    if key.type == COSIGNATURE:
        ed25519.verify(cosigned_text(note.text, time), signature)
        return time
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, _subtree_signed(note, key.name, time))
    except (InvalidSignature, ValueError) as error:
        raise VerificationError("signature", f"the ML-DSA cosignature of {key.name} does not hold") from error
    return time


def cosigned_text(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _subtree_signed(note: Note, name: str, time: int) -> bytes:
    checkpoint = parse_checkpoint(note)
    cosigner, origin = name.encode(), checkpoint.origin.encode()
    return b"".join((
        b"subtree/v1\n\0", bytes([len(cosigner)]), cosigner, time.to_bytes(8, "big"),
        bytes([len(origin)]), origin, bytes(8), checkpoint.size.to_bytes(8, "big"), checkpoint.root,
    ))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A log's statement: under this origin, so many entries, with this root."""

    origin: str
    size: int
    root: bytes

    def note(self) -> Note:
        """Return the checkpoint as a note without signatures."""
        return Note(text=f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n", signatures=())


def parse_checkpoint(note: Note) -> Checkpoint:
    """Return the checkpoint that a note's text states; extension lines are accepted and passed over.

    Raises:
        FormatError: fewer than three lines, an empty line, a size or root of another form.
    """
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise FormatError("a checkpoint has three lines: origin, size, root")
    root = base64_bytes(lines[2])
    if len(root) != 32 or len(lines[0].encode()) > 255:
        raise FormatError("the root of a checkpoint is 32 bytes in base64, its origin at most 255 bytes")
    return Checkpoint(origin=lines[0], size=decimal_index(lines[1]), root=root)
