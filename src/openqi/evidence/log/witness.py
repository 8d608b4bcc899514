"""Signing notes: a log its checkpoint, a witness a checkpoint that it has found to continue the last one.

Source: [C2SP] signed-note, tlog-cosignature, tlog-witness.
"""

from collections.abc import Iterable

from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.log.merkle import EMPTY_ROOT, verify_consistency
from openqi.evidence.log.note import COSIGNATURE, ED25519, Checkpoint, Note, NoteKey, Signature, checked_name, cosigned_text
from openqi.kernel.errors import DomainError, VerificationError


def signed(note: Note, key: SigningKey, name: str) -> Note:
    """Return the note with a plain Ed25519 signature by `key` under `name` added."""
    return _with(note, NoteKey(name=name, type=ED25519, public=key.public_key.data), key.sign(note.text.encode()))


def cosigned(note: Note, key: SigningKey, name: str, time: int) -> Note:
    """Return the checkpoint note with a witness's Ed25519 cosignature added.

    Args:
        note: a checkpoint that the witness has found to continue the last one that it cosigned.
        key: the witness's key, used for nothing else.
        name: the witness's name.
        time: POSIX seconds at which the witness looks, 0 to 2^63-1.

    Raises:
        DomainError: a time outside of these.
    """
    if not 0 <= time < 2**63:
        raise DomainError(f"no witness looks at the time {time}; write POSIX seconds from 0 to 2^63-1")
    data = time.to_bytes(8, "big") + key.sign(cosigned_text(note.text, time))
    return _with(note, NoteKey(name=name, type=COSIGNATURE, public=key.public_key.data), data)


def _with(note: Note, key: NoteKey, data: bytes) -> Note:
    line = Signature(name=checked_name(key.name), key_id=key.key_id, data=data)
    return Note(text=note.text, signatures=(*note.signatures, line))


def witness_state(held: Checkpoint | None, offered: Checkpoint, old_size: int, proof: Iterable[bytes]) -> Checkpoint:
    """Return what a witness holds after it is offered a checkpoint; only then may it cosign.

    Args:
        held: the last checkpoint that the witness cosigned for the origin, None at first.
        offered: the new one; its log signature was checked.
        old_size: the size from which the submitter says that the proof begins.
        proof: consistency proof from `old_size` to the offered size.

    Raises:
        VerificationError: another origin, a size that goes back, a stale old size, or a proof that does not hold.

    Source: [C2SP] tlog-witness.
    """
    held = held or Checkpoint(origin=offered.origin, size=0, root=EMPTY_ROOT)
    if held.origin != offered.origin:
        raise VerificationError("witness", f"this is a checkpoint of {offered.origin}, not of {held.origin}")
    if held.size != old_size:
        raise VerificationError("witness", f"the witness holds size {held.size}, not {old_size}; begin the proof there")
    if offered.size < held.size:
        raise VerificationError("witness", f"size {offered.size} is smaller than {held.size}, which was cosigned before")
    verify_consistency(held.size, offered.size, tuple(proof), held.root, offered.root)
    return offered
