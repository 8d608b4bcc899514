"""A record: one signed statement, a W3C Verifiable Credential 2.0 as compact JWS, named by the SHA-256 of its bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes, hex_bytes, parse_canonical
from openqi.kernel.errors import FormatError, VerificationError
from openqi.kernel.identifier import check_uri
from openqi.kernel.instant import parse_instant

MAX_RECORD: Final = 65_000
MAX_STREAMS: Final = 65  # 64, and one more for what withdraws such a record
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}(?:\.[a-z][a-z0-9-]{0,59}){1,3}/[1-9][0-9]{0,3}")
_TERMS: Final = "urn:uuid:5a2cf6d1-6a0e-4f0b-9a5e-1f4f3d0c7b21#"

# Body, command and basis are JSON literals whose meaning is given by the kind, so this context never needs to change.
CONTEXT_DOCUMENT: Final[Mapping[str, Any]] = {
    "@context": {
        "@protected": True,
        "QualityEvidence": _TERMS + "QualityEvidence",
        "basis": {"@id": _TERMS + "basis", "@type": "@json"},
        "body": {"@id": _TERMS + "body", "@type": "@json"},
        "command": {"@id": _TERMS + "command", "@type": "@json"},
        "kind": {"@id": _TERMS + "kind"},
        "salt": {"@id": _TERMS + "salt"},
        "streams": {"@container": "@set", "@id": _TERMS + "streams", "@type": "@id"},
        "visibleTo": {"@container": "@set", "@id": _TERMS + "visibleTo", "@type": "@id"},
    }
}
CONTEXT: Final = [
    "https://www.w3.org/ns/credentials/v2",
    # Named by its own hash ([RFC6920]): no domain to lose, no other document can ever answer to the name.
    f"ni:///sha-256;{base64url(sha256(canonical_bytes(CONTEXT_DOCUMENT)).digest())}",
]
TYPE: Final = ["VerifiableCredential", "QualityEvidence"]
_PAYLOAD: Final = {"@context", "type", "issuer", "validFrom", "credentialSubject"}
_REQUIRED: Final = {"kind", "streams", "body"}
_OPTIONAL: Final = {"command", "basis", "visibleTo", "salt"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What somebody wants to state, before it has an issuer, an instant and a signature.

    `visible_to` is None for a public record, else the parties who may see it; `()` means nobody but the issuer. A record
    that is not public carries `salt`, 16 bytes of chance as base64url, so that its id cannot be guessed. `contents` are blobs
    that the body names by hash and that the statement brings along; whoever seals it keeps them.
    """

    kind: str
    streams: tuple[str, ...]
    body: Mapping[str, Any]
    visible_to: tuple[str, ...] | None = None
    salt: str | None = None
    contents: tuple[bytes, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record whose form was checked. That its signature holds is another step: see `verify_signature` and `keys`."""

    jws: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    id: str
    algorithm: str
    kid: str
    issuer: str
    valid_from: str
    statement: Statement
    command: Mapping[str, Any] | None = None
    basis: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        """What the record states, with its version, for example `conformity.result-judged/1`."""
        return self.statement.kind

    @property
    def streams(self) -> tuple[str, ...]:
        """The subjects whose story the record continues."""
        return self.statement.streams

    @property
    def body(self) -> Mapping[str, Any]:
        """What is stated, as the kind defines it."""
        return self.statement.body

    @property
    def public(self) -> bool:
        """Whether the record's text stands in the log; else only its id does."""
        return self.statement.visible_to is None


def parse_record(jws: bytes) -> Record:
    """Return the record in `jws` after checking every part of its form; the signature is not checked here.

    Raises:
        FormatError: not a compact JWS whose three parts re-encode to themselves, or not a payload as DESIGN section 3 fixes it.
    """
    if len(jws) > MAX_RECORD:
        raise FormatError(f"a record of {len(jws)} bytes; at most {MAX_RECORD} are accepted, put large content in a blob")
    parts = jws.split(b".")
    if len(parts) != 3 or not jws.isascii():
        raise FormatError("a record is three base64url parts joined by dots")
    signature = base64url_bytes(parts[2])
    if len(signature) != 64:
        raise FormatError(f"a signature of {len(signature)} bytes; 64 are expected")
    algorithm, kid = _header(parts[0])
    payload = _object("payload", parse_canonical(base64url_bytes(parts[1])), _PAYLOAD)
    if payload["@context"] != CONTEXT or payload["type"] != TYPE:
        raise FormatError(f"@context must be exactly {CONTEXT} and type {TYPE}")
    check_uri(_text("issuer", payload["issuer"]))
    parse_instant(_text("validFrom", payload["validFrom"]))
    subject = _object("credentialSubject", payload["credentialSubject"], _REQUIRED, _OPTIONAL)
    command, basis = subject.get("command"), subject.get("basis")
    if (command is None) != (basis is None):
        raise FormatError("a decided record has both command and basis, a stated one neither")
    if command is not None and (type(command) is not dict or type(basis) is not dict):
        raise FormatError("command and basis are objects")
    return Record(
        jws=jws,
        signature=signature,
        id=sha256(jws).hexdigest(),
        algorithm=algorithm,
        kid=kid,
        issuer=payload["issuer"],
        valid_from=payload["validFrom"],
        statement=_statement(subject),
        command=command,
        basis=basis,
    )


@lru_cache(maxsize=256)  # a log has few signers and many records
def _header(part: bytes) -> tuple[str, str]:
    if len(part) > 700:
        raise FormatError(f"a header of {len(part)} base64url characters; at most 700 are accepted")
    header = _object("header", parse_canonical(base64url_bytes(part)), {"alg", "kid", "typ"})
    if header["alg"] not in ("Ed25519", "EdDSA") or header["typ"] != "vc+jwt" or type(header["kid"]) is not str:
        raise FormatError('the header of a record is {"alg":"Ed25519","kid":…,"typ":"vc+jwt"}')
    return header["alg"], header["kid"]


def _statement(subject: Mapping[str, Any]) -> Statement:
    kind, streams, body = _text("kind", subject["kind"]), subject["streams"], subject["body"]
    if not _KIND.fullmatch(kind):
        raise FormatError(f"kind {kind[:80]!r}: write pillar.what-happened/version, for example conformity.lot-decided/1")
    if type(body) is not dict:
        raise FormatError("body is an object")
    visible_to, salt = subject.get("visibleTo"), subject.get("salt")
    if (visible_to is None) != (salt is None):
        raise FormatError("a record that is not public has both visibleTo and a salt, a public one neither")
    if salt is not None and len(base64url_bytes(_text("salt", salt))) != 16:
        raise FormatError("salt is 16 bytes as base64url")
    return Statement(
        kind=kind,
        streams=_uris("streams", streams, least=1),
        body=body,
        visible_to=None if visible_to is None else _uris("visibleTo", visible_to, least=0),
        salt=salt,
    )


def _uris(name: str, value: Any, *, least: int) -> tuple[str, ...]:
    if type(value) is not list or not least <= len(value) <= MAX_STREAMS or len({*map(str, value)}) != len(value):
        raise FormatError(f"{name} is a list of {least} to {MAX_STREAMS} different URIs")
    return tuple(check_uri(_text(name, item)) for item in value)


def _object(name: str, value: Any, required: set[str], optional: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    if type(value) is not dict or not required <= set(value) <= required | optional:
        raise FormatError(f"{name} must be an object with {sorted(required)} and, where needed, {sorted(optional)}")
    return value


def _text(name: str, value: Any) -> str:
    if type(value) is not str:
        raise FormatError(f"{name} must be text")
    return value


def verify_signature(record: Record, key: PublicKey) -> None:
    """Raise VerificationError unless the record was signed with `key`, whose id its header names."""
    if record.kid != key.kid:
        raise VerificationError("signature", f"the header names key {record.kid[:120]}, not {key.kid}")
    if key.algorithm != "Ed25519":
        raise VerificationError("signature", f"records are signed with Ed25519, not {key.algorithm}")
    key.verify(record.jws.rpartition(b".")[0], record.signature)


def record_subject(record_id: str) -> str:
    """Return the URI of a record as a subject: in its stream lies what is said about that record alone, a second signature say."""
    return f"ni:///sha-256;{base64url(hex_bytes(record_id, 32))}"


def log_entry(record: Record) -> bytes:
    """Return the bytes of the log entry: the JWS of a public record, `sealed` and the id of any other."""
    return record.jws if record.public else sealed_entry(record.id)


def sealed_entry(record_id: str) -> bytes:
    """Return the log entry of a record whose text is not public."""
    return b"sealed\n" + hex_bytes(record_id, 32).hex().encode("ascii") + b"\n"


def parse_entry(entry: bytes) -> tuple[str, Record | None]:
    """Return the id that a log entry stands for, and the record where the entry is public.

    Raises:
        FormatError: neither a record nor `sealed` and an id.
    """
    if entry.startswith(b"sealed\n"):
        record_id = entry[7:-1].decode("ascii", "replace")
        if sealed_entry(record_id) != entry:
            raise FormatError("a sealed entry is the word sealed, a newline, 64 hexadecimal digits and a newline")
        return record_id, None
    record = parse_record(entry)
    if not record.public:
        raise FormatError("a record that is not public must stand in the log as a sealed entry")
    return record.id, record


@dataclass(frozen=True, kw_only=True, slots=True)
class Logged:
    """A record at its place: `index` in the log that holds it, and where it was first acknowledged.

    For a record of this log `origin` and `origin_index` are the log's own; for a foreign one they are its home's, and its
    key is judged there.
    """

    index: int
    record: Record
    origin: str
    origin_index: int
