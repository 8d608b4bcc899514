"""A witness: it cosigns a log's checkpoint only if that continues the last one it cosigned, and remembers before it signs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from openqi.app.files import read_file, write_file
from openqi.app.folder import is_ledger, ledger_folder, now, policy_of
from openqi.app.source import CHECKPOINT, folder_source
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import canonical_bytes, parse_canonical
from openqi.evidence.log.merkle import EMPTY_ROOT
from openqi.evidence.log.note import COSIGNATURE, Checkpoint, Note, NoteKey, parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.evidence.log.prover import consistency_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.log.witness import cosigned, witness_state
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, VerificationError
from openqi.store.files import Folder

FORMAT: Final = "openqi-witness/1"
_MAX_STATE: Final = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Cosigned:
    """What a witness cosigned, what it had cosigned before for that log (None: nothing), and its key for trust policies."""

    checkpoint: Checkpoint
    before: Checkpoint | None
    vkey: str


def state_file(key_file: Path) -> Path:
    """Return the path of what the witness with that key has seen. It lies beside the key, since it must outlive every mirror."""
    return key_file.with_name(key_file.name + ".seen")


def cosign(folder: Path, *, key: SigningKey, name: str, seen: Path, policy: bytes | None = None) -> Cosigned:
    """Return what was cosigned; the cosignature now stands in the checkpoint of the ledger or mirror.

    Args:
        folder: ledger or mirror.
        key: the witness's, used for nothing else.
        name: the witness's, as trust policies write it.
        seen: path of what the witness has seen, see `state_file`.
        policy: names the log's key; None: the folder's own.

    Raises:
        VerificationError: the checkpoint does not continue what was cosigned before, is not the log's, or its tiles do not add up.
        RefusedError: there is no policy, or the key is none that can cosign.
    """
    believed = policy_of(folder) if policy is None else policy
    if believed is None:
        raise RefusedError("policy-given", f"{folder} has no policy.txt; give one that names the log's key with --policy")
    if key.algorithm != "Ed25519":
        raise RefusedError("witness-key", f"a witness signs with Ed25519, this key is {key.algorithm}")
    if is_ledger(folder):
        with ledger_folder(folder).reading() as store:
            store.publish()
    source = folder_source(folder)
    note = parse_note(source.read(CHECKPOINT))
    # The quorum is what the witness is about to contribute to, so it cannot be asked for yet.
    offered = trusted(note, replace(parse_policy(believed), quorum="none")).checkpoint
    held = _seen(seen)
    before = held.get(offered.origin)
    subtree = subtree_from_tiles(source.read, offered.size)
    if (subtree(0, offered.size) if offered.size else EMPTY_ROOT) != offered.root:
        raise VerificationError("root", f"the tiles in {folder} do not add up to the checkpoint at size {offered.size}")
    old = before.size if before else 0
    proof = consistency_proof(old, offered.size, subtree) if old <= offered.size else ()
    held[offered.origin] = witness_state(before, offered, old, proof)
    signed = cosigned(note, key, name, int(now().timestamp()))
    _remember(seen, held)  # before the signature leaves: what was forgotten could be contradicted
    _publish(folder, signed)
    vkey = NoteKey(name=name, type=COSIGNATURE, public=key.public_key.data).text
    return Cosigned(checkpoint=offered, before=before, vkey=vkey)


def _publish(folder: Path, note: Note) -> None:
    if is_ledger(folder):
        with ledger_folder(folder).reading() as store:
            store.cosign(note.encode())
            store.publish()
        return
    place = Folder(folder)
    with place.writing():
        if parse_note(folder_source(folder).read(CHECKPOINT)).text != note.text:
            raise RefusedError("same-checkpoint", f"{folder} has grown in the meantime; cosign again")
        place.put(CHECKPOINT, note.encode())
        place.sync()


def _seen(path: Path) -> dict[str, Checkpoint]:
    try:
        stated: Any = parse_canonical(read_file(path, _MAX_STATE).removesuffix(b"\n"), limit=_MAX_STATE)
    except NotFoundError:
        return {}
    try:
        if set(stated) != {"checkpoints", "format"} or stated["format"] != FORMAT:
            raise FormatError(f"not {FORMAT}")
        found = [parse_checkpoint(Note(text=text, signatures=())) for text in stated["checkpoints"]]
    except (FormatError, TypeError, KeyError) as error:
        # Not begun anew: a witness that forgot what it saw can be led into vouching for a fork.
        raise FormatError(f"{path} was damaged ({error}); bring back what this witness has seen, or retire its key") from error
    return {checkpoint.origin: checkpoint for checkpoint in found}


def _remember(path: Path, held: dict[str, Checkpoint]) -> None:
    texts = [held[origin].note().text for origin in sorted(held)]
    write_file(path, canonical_bytes({"checkpoints": texts, "format": FORMAT}, limit=_MAX_STATE) + b"\n")
