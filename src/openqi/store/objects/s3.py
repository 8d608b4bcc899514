"""Contents and static files in a bucket that several processes and machines share: nobody needs a lock to keep it whole."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from itertools import islice
from typing import Final

from openqi.evidence.log.note import MAX_NOTE
from openqi.evidence.log.tiles import MAX_ENTRY, WIDTH
from openqi.kernel.errors import NotFoundError, StoreError
from openqi.store.blobs import DamagedError, blob_name, checked_name
from openqi.store.objects.bucket import CHUNK, Bucket, NotKnownError
from openqi.store.objects.objects import CHECKPOINT, LOG
from openqi.store.store import MAX_BLOB

MARKER: Final = "openqi.json"
"""Says whose objects these are, and whether the server keeps the conditions of a put."""
FORMAT: Final = "openqi-objects/1"
_HOLDER: Final = "blobs"
_FILE: Final = max(MAX_NOTE, WIDTH * (2 + MAX_ENTRY))
_AT_ONCE: Final = 8
_TRIES: Final = 5
Alone = Callable[[bool], AbstractContextManager[None]]
"""Lends the right to publish alone: on this machine, and with True wherever the ledger's database is."""


class _BucketPublication:
    """The files of `log/` in a bucket. What is put under a path once is never put there again."""

    def __init__(self, objects: "BucketObjects", conditional: bool) -> None:
        self._objects, self._bucket, self._conditional = objects, objects.bucket, conditional
        found = self._bucket.get(f"{LOG}/{CHECKPOINT}", MAX_NOTE)
        self.held = None if found is None else found.content
        self._version = "" if found is None else found.version

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See `Publication.put`."""
        files = iter(files)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while some := tuple(islice(files, _AT_ONCE)):
                for _ in pool.map(self._put, some):
                    pass

    def _put(self, file: tuple[str, bytes]) -> None:
        path, content = f"{LOG}/{file[0]}", file[1]
        if not self._objects.created(path, content, self._conditional, len(content)):
            raise StoreError(
                f"{path} in {self._bucket.where} holds something else than the ledger: it was damaged, or belongs to another log. "
                "Look whose it is; delete it, and it is published again"
            )

    def finish(self, note: bytes, full: Sequence[str]) -> bool:
        """See `Publication.finish`."""
        path = f"{LOG}/{CHECKPOINT}"
        if not self._conditional:  # then whoever publishes is alone
            self._bucket.put(path, note)
        elif self.held is None:
            if not self._bucket.create(path, note):
                return False
        elif not self._bucket.replace(path, note, self._version):
            return False
        for partials in full:
            for partial in list(self._bucket.names(f"{LOG}/{partials}")):
                self._bucket.drop(partial)
        return True


class BucketObjects:
    """What lies below a prefix of a bucket; several processes may use it at once.

    Args:
        bucket: with the prefix.
        alone: lends the right to publish alone. A server that keeps conditions does not need it: it only saves work.
    """

    def __init__(self, bucket: Bucket, alone: Alone) -> None:
        self.bucket, self.where = bucket, bucket.where
        self._alone = alone
        self._kept: bool | None = None

    def prepare(self, origin: str) -> None:
        """See `Objects.prepare`. Who comes first says whose they are, and tries whether the server keeps conditions."""
        while (found := self._marker()) is None:
            conditional = self._tried()
            marker = json.dumps({"conditional": conditional, "format": FORMAT, "origin": origin}, sort_keys=True).encode() + b"\n"
            if conditional:
                self.bucket.create(MARKER, marker)
            else:
                self.bucket.put(MARKER, marker)
        if found["origin"] != origin:
            raise StoreError(f"{self.where} holds the objects of the log {found['origin']}, not of {origin}; name another prefix")

    def _marker(self) -> dict[str, str] | None:
        found = self.bucket.get(MARKER, 10_000)
        if found is None:
            return None
        try:
            stated = json.loads(found.content)
            known = stated["format"] == FORMAT
            self._kept = stated["conditional"] is not False
            return {"origin": str(stated["origin"])[:300]} if known else _refuse(self.where, str(stated["format"])[:40])
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{MARKER} in {self.where} was damaged; it says whose objects these are, bring it back") from error

    def _tried(self) -> bool:
        """Whether the server keeps both conditions: one that ignores them would let a slow process undo what a quick one did."""
        path = f"openqi.try-{os.getpid()}-{id(self):x}"
        version = self.bucket.put(path, b"1")
        try:
            kept = not self.bucket.create(path, b"2") and not self.bucket.replace(path, b"3", '"0"')
            return kept and bool(version) and self.bucket.replace(path, b"4", version)
        except NotKnownError:
            return False
        finally:
            self.bucket.drop(path)

    def _conditional(self) -> bool:
        if self._kept is None and self._marker() is None:
            raise StoreError(f"{self.where} has no {MARKER}, so it is not known whose objects these are; bring it back")
        return bool(self._kept)

    def created(self, path: str, content: bytes, conditional: bool, most: int) -> bool:
        """Return whether an object is there with this content, after putting it where there was none."""
        for _ in range(_TRIES):
            if conditional and self.bucket.create(path, content):
                return True
            found = self.bucket.get(path, max(most, CHUNK))
            if found is not None:
                return found.content == content
            if not conditional:
                self.bucket.put(path, content)
                return True
        raise StoreError(f"{path} in {self.where} is there and is not there; try again")

    def put_blob(self, content: bytes) -> str:
        """See `Objects.put_blob`. One that is there is read: what was damaged is put again."""
        name = blob_name(content)
        self._keep(name, bytes(content))
        return name

    def _keep(self, name: str, content: bytes) -> None:
        path = _path(name)
        if len(content) <= CHUNK:
            if not self.created(path, content, self._conditional(), CHUNK):
                self.bucket.put(path, content)
        elif not self._sound(name):  # a put in parts has no condition: it can only bring the same bytes again
            self.bucket.put(path, content)

    def _sound(self, name: str) -> bool:
        try:
            parts = self.blob_parts(name)
            return parts is not None and all(True for _ in parts)
        except DamagedError:
            return False

    def take_blob(self, name: str, parts: Iterable[bytes]) -> None:
        """See `Objects.take_blob`."""
        parts, held = iter(parts), bytearray()
        for part in parts:
            held += part
            if len(held) > CHUNK:
                break
        else:
            self._keep(checked_name(name), bytes(held))
            return

        def whole() -> Iterator[bytes]:
            yield bytes(held)
            yield from parts

        self.bucket.put(_path(checked_name(name)), whole())

    def blob(self, name: str) -> bytes:
        """See `Objects.blob`."""
        parts = self.blob_parts(name)
        if parts is None:
            raise NotFoundError(f"blob {name} is not kept here")
        return b"".join(parts)

    def blob_parts(self, name: str) -> Iterator[bytes] | None:
        """See `Objects.blob_parts`."""
        found = self.bucket.parts(_path(checked_name(name)), MAX_BLOB)
        return None if found is None else self._checked(name, found)

    def _checked(self, name: str, parts: Iterator[bytes]) -> Iterator[bytes]:
        digest = sha256()
        for part in parts:
            digest.update(part)
            yield part
        if digest.hexdigest() != name:
            raise DamagedError(
                f"{_path(name)} in {self.where} was damaged: its content is no longer that of its name; put the content again"
            )

    def blob_names(self) -> Iterator[str]:
        """See `Objects.blob_names`."""
        for path in self.bucket.names(_HOLDER):
            yield path.rpartition("/")[2]

    def erase_blob(self, name: str) -> None:
        """See `Objects.erase_blob`. A bucket that keeps old versions keeps this one too: let it keep none."""
        self.bucket.drop(_path(checked_name(name)))

    def file(self, path: str) -> bytes | None:
        """See `Objects.file`."""
        found = self.bucket.get(f"{LOG}/{path}", _FILE)
        return None if found is None else found.content

    @contextmanager
    def publishing(self) -> Iterator[_BucketPublication]:
        """See `Objects.publishing`."""
        conditional = self._conditional()
        with self._alone(not conditional):
            yield _BucketPublication(self, conditional)

    def answers(self) -> bool:
        """See `Objects.answers`."""
        return self.bucket.answers(MARKER)

    def check_empty(self) -> None:
        """Raise StoreError unless nothing is below the prefix."""
        if next(self.bucket.names(""), None) is not None:
            raise StoreError(f"{self.where} is not empty; name a prefix below which nothing is")


def _path(name: str) -> str:
    return f"{_HOLDER}/{name[:2]}/{name}"


def _refuse(where: str, found: str) -> dict[str, str]:
    raise StoreError(f"{where} has format {found!r}, this version knows {FORMAT}; use a newer OpenQI")
