"""Making a record: a statement with its issuer, its instant and a signature."""

from collections.abc import Mapping
from typing import Any

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
    subject: dict[str, Any] = {"body": statement.body, "kind": statement.kind, "streams": list(statement.streams)}
    if statement.visible_to is not None:
        subject["visibleTo"] = list(statement.visible_to)
    optional = {"command": command, "basis": basis, "salt": statement.salt}
    subject |= {name: value for name, value in optional.items() if value is not None}
    header = {"alg": key.algorithm, "kid": key.public_key.kid, "typ": "vc+jwt"}
    payload = {
        "@context": CONTEXT, "type": TYPE, "issuer": issuer, "validFrom": now, "credentialSubject": subject,
    }  # fmt: skip
    signed = f"{base64url(canonical_bytes(header))}.{base64url(canonical_bytes(payload))}".encode("ascii")
    return parse_record(signed + b"." + base64url(key.sign(signed)).encode("ascii"))
