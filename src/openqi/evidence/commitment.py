"""Saying something without showing it: salted commitments to personal data, and salted names of private subjects.

The commitment stands in the record, text and salt beside it. Erase them and nothing can be learnt from the log, which stays whole.
"""

from hashlib import sha256
from typing import Any

from openqi.evidence.canonical import base64url, base64url_bytes, canonical_bytes
from openqi.kernel.errors import DomainError, FormatError, VerificationError

_DATA, _NAME = b"openqi commitment/1\0", b"openqi private subject/1\0"


def _salted(domain: bytes, salt: bytes, data: bytes) -> bytes:
    if len(salt) != 16:
        raise DomainError(f"a salt has 16 random bytes, not {len(salt)}")
    return sha256(domain + salt + data).digest()


def commitment(value: Any, salt: bytes) -> str:
    """Return the commitment to a JSON value under a fresh 16-byte salt, as base64url.

    Raises:
        DomainError: the salt has another length.
        FormatError: the value has no canonical form.
    """
    return base64url(_salted(_DATA, salt, canonical_bytes(value)))


def verify_commitment(stated: str, value: Any, salt: bytes) -> None:
    """Raise VerificationError unless `stated` commits to `value` under `salt`."""
    if base64url_bytes(stated) != _salted(_DATA, salt, canonical_bytes(value)):
        raise VerificationError("commitment", "the text and salt shown are not what the record committed to")


def private_subject(name: str, salt: bytes) -> str:
    """Return the URI under which the stream of a private subject stands in public records: only who has the salt can tell whose.

    Raises:
        DomainError: the salt does not have 16 bytes.
        FormatError: the name cannot be written in UTF-8.
    """
    try:
        data = name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError(f"the name {name[:80]!r} cannot be written in UTF-8") from error
    return f"ni:///sha-256;{base64url(_salted(_NAME, salt, data))}"
