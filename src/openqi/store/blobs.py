"""Contents in a folder, each named by the SHA-256 of its bytes."""

from hashlib import sha256
from typing import Final

from openqi.evidence.canonical import hex_bytes
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, StoreError
from openqi.store.files import Folder
from openqi.store.store import MAX_BLOB

HOLDER: Final = "blobs"


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


class BlobFolder:
    """The blobs of a local store."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep content durably and return its name."""
        name = blob_name(content)
        path = _path(name)
        place = self._folder.root / path
        with self._folder.writing():
            if place.is_file() and place.read_bytes() == content:
                self._folder.keep(path)
            else:
                self._folder.put(path, content)
            self._folder.sync()
        return name

    def get(self, name: str) -> bytes:
        """Return the content of a name, hashed again.

        Raises:
            NotFoundError: it is not kept here.
            StoreError: the file was damaged.
        """
        place = self._folder.root / _path(checked_name(name))
        try:
            content = place.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"blob {name} is not kept here") from error
        if sha256(content).hexdigest() != name:
            raise StoreError(f"{place} was damaged: its content is no longer that of its name; put the content again")
        return content

    def erase(self, name: str) -> None:
        """Forget a content durably."""
        with self._folder.writing():
            self._folder.drop(_path(checked_name(name)))
            self._folder.sync()


def _path(name: str) -> str:
    return f"{HOLDER}/{name[:2]}/{name}"
