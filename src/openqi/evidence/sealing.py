"""Making a record: a statement with its issuer and its instant as the bytes that are signed, and the signature on them."""

from collections.abc import Mapping
from typing import Any

from openqi.evidence.algorithms.algorithm import PublicKey
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import base64url, canonical_bytes
from openqi.evidence.record import CONTEXT, TYPE, Record, Statement, parse_record


def seal(
    statement: Statement,
    *,
    issuer: str,
    key: SigningKey,
    now: str,
    command: Mapping[str, Any] | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Record:
    """Return the signed record of a statement.

    Args:
        statement: what is stated.
        issuer: URI of the party that states it.
        key: the party's Ed25519 key.
        now: the instant of sealing, `YYYY-MM-DDThh:mm:ssZ`.
        command: for a decided record, {name, arguments} of what was decided.
        basis: for a decided record, what the decision read (`view.Basis.as_json`).

    Raises:
        FormatError: a part does not have the form of evidence, or the record is too large.
    """
    signed = signed_bytes(statement, issuer=issuer, key=key.public_key, now=now, command=command, basis=basis)
    return joined(signed, key.sign(signed))


def signed_bytes(
    statement: Statement,
    *,
    issuer: str,
    key: PublicKey,
    now: str,
    command: Mapping[str, Any] | None = None,
    basis: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the bytes that are signed, `header.payload`, for a key that may be elsewhere; the arguments are those of `seal`.

    Raises:
        FormatError: a part does not have the form of evidence.
    """
    subject: dict[str, Any] = {"body": statement.body, "kind": statement.kind, "streams": list(statement.streams)}
    if statement.visible_to is not None:
        subject["visibleTo"] = list(statement.visible_to)
    optional = {"command": command, "basis": basis, "salt": statement.salt}
    subject |= {name: value for name, value in optional.items() if value is not None}
    header = {"alg": key.algorithm, "kid": key.kid, "typ": "vc+jwt"}
    payload = {
        "@context": CONTEXT, "type": TYPE, "issuer": issuer, "validFrom": now, "credentialSubject": subject,
    }  # fmt: skip
    return f"{base64url(canonical_bytes(header))}.{base64url(canonical_bytes(payload))}".encode("ascii")


def joined(signed: bytes, signature: bytes) -> Record:
    """Return the record of signed bytes and a signature on them, which is not checked here.

    Raises:
        FormatError: together they are no record, or it is too large.
    """
    return parse_record(signed + b"." + base64url(signature).encode("ascii"))
