"""The names of contents: the SHA-256 of their bytes, and no other name."""

from hashlib import sha256

from openqi.evidence.canonical import hex_bytes
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, StoreError
from openqi.store.store import MAX_BLOB


class DamagedError(StoreError):
    """A content no longer has the SHA-256 of its name."""


def blob_name(content: bytes) -> str:
    """Return the name of a content.

    Raises:
        DomainError: it is larger than a store keeps.
    """
    if len(content) > MAX_BLOB:
        raise DomainError(f"a content of {len(content)} bytes; at most {MAX_BLOB} are kept in one blob, split it")
    return sha256(content).hexdigest()


def checked_name(name: str) -> str:
    """Return `name` if it can be that of a blob; raises NotFoundError, so that no other file is ever touched."""
    try:
        return hex_bytes(name, 32).hex()
    except FormatError as error:
        raise NotFoundError(f"no blob has the name {name[:80]!r}: blobs are named by a SHA-256 in hexadecimal") from error
