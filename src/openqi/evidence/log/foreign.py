"""How a record of another log enters: unchanged, beside an admission that keeps its home, its index there and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from openqi.evidence.canonical import base64url, base64url_bytes, hex_bytes
from openqi.evidence.log.merkle import leaf_hash, verify_inclusion
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.policy import Policy, trusted
from openqi.kernel.errors import FormatError

ADMITTED: Final = "governance.admitted/1"


def admitted_subject(origin: str) -> str:
    """Return the subject in whose stream the admissions of records from the log `origin` lie."""
    return f"https://{origin}#admitted"


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Where a foreign record comes from: its home's origin, its index there, the audit path and the checkpoint note."""

    record: str
    origin: str
    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def as_json(self) -> dict[str, Any]:
        """Return the admission as the body of a `governance.admitted/1` record."""
        head = {"checkpoint": self.checkpoint.decode("utf-8"), "index": self.index, "origin": self.origin, "record": self.record}
        return head | {"path": [base64url(node) for node in self.path]}


def parse_admission(body: Mapping[str, Any]) -> Admission:
    """Return the admission that a record body states.

    Raises:
        FormatError: a member is missing, foreign or of another form.
    """
    try:
        admission = Admission(
            record=hex_bytes(body["record"], 32).hex(),
            origin=body["origin"],
            index=body["index"],
            path=tuple(map(base64url_bytes, body["path"])),
            checkpoint=body["checkpoint"].encode("utf-8"),
        )
        if type(admission.index) is not int or admission.as_json() != body:
            raise FormatError("an admission has foreign members")
    except (KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"an admission is {{checkpoint, index, origin, path, record}}: {error}") from error
    return admission


def verify_admission(admission: Admission, entry: bytes, policy: Policy | None) -> Checkpoint:
    """Return the home's checkpoint that covers `entry`.

    Args:
        admission: the statement.
        entry: bytes of the foreign log entry.
        policy: what the reader believes; None checks the path alone.

    Raises:
        VerificationError: the path does not lead to the checkpoint, it is another log's, or the policy does not accept it.
    """
    note = parse_note(admission.checkpoint)
    checkpoint = parse_checkpoint(note) if policy is None else trusted(note, policy).checkpoint
    if checkpoint.origin != admission.origin:
        raise FormatError(f"the checkpoint of the admission is one of {checkpoint.origin}, not of {admission.origin}")
    verify_inclusion(leaf_hash(entry), admission.index, checkpoint.size, admission.path, checkpoint.root)
    return checkpoint
