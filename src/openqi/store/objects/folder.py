"""Contents and static files in the folder of the ledger: `blobs/`, and `log/` that anybody may copy."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from openqi.kernel.errors import NotFoundError
from openqi.store.blobs import DamagedError, blob_name, checked_name
from openqi.store.files import Folder, new_file
from openqi.store.objects.objects import CHECKPOINT, LOG

HOLDER: Final = "blobs"
_PART: Final = 1 << 20


class _FolderPublication:
    """The files of `log/`, while the folder's lock is held."""

    def __init__(self, folder: Folder, held: bytes | None) -> None:
        self._folder, self.held = folder, held

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See `Publication.put`. A file that was damaged is written again."""
        for path, content in files:
            self._folder.put(f"{LOG}/{path}", content)

    def finish(self, note: bytes, full: Sequence[str]) -> bool:
        """See `Publication.finish`: under the lock nobody else can have replaced it."""
        self._folder.sync()
        self._folder.put(f"{LOG}/{CHECKPOINT}", note)
        self._folder.sync()
        for partials in full:
            self._folder.drop(f"{LOG}/{partials}")
        return True


class FolderObjects:
    """What lies in a folder beside the ledger. One lock of the folder keeps all processes from writing at once.

    What the disk refuses is an OSError; the store that holds these objects says what that means.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder, self.where = folder, str(folder.root)

    def prepare(self, origin: str) -> None:
        """See `Objects.prepare`: the ledger in the same folder says whose they are."""

    def put_blob(self, content: bytes) -> str:
        """See `Objects.put_blob`."""
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

    def take_blob(self, name: str, parts: Iterable[bytes]) -> None:
        """See `Objects.take_blob`. Only into a folder that nobody uses yet: the name itself is not synced."""
        new_file(self._folder.root / _path(checked_name(name)), parts)

    def blob(self, name: str) -> bytes:
        """See `Objects.blob`."""
        place = self._folder.root / _path(checked_name(name))
        try:
            content = place.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"blob {name} is not kept here") from error
        if sha256(content).hexdigest() != name:
            raise _damaged(place)
        return content

    def blob_parts(self, name: str) -> Iterator[bytes] | None:
        """See `Objects.blob_parts`."""
        place = self._folder.root / _path(checked_name(name))
        try:
            file = place.open("rb")
        except FileNotFoundError:
            return None

        def parts() -> Iterator[bytes]:
            digest = sha256()
            with file as opened:
                while part := opened.read(_PART):
                    digest.update(part)
                    yield part
            if digest.hexdigest() != name:
                raise _damaged(place)

        return parts()

    def blob_names(self) -> Iterator[str]:
        """See `Objects.blob_names`."""
        for path in sorted((self._folder.root / HOLDER).glob("??/*")):
            yield path.name

    def erase_blob(self, name: str) -> None:
        """See `Objects.erase_blob`."""
        with self._folder.writing():
            self._folder.drop(_path(checked_name(name)))
            self._folder.sync()

    def file(self, path: str) -> bytes | None:
        """See `Objects.file`."""
        try:
            return (self._folder.root / LOG / path).read_bytes()
        except FileNotFoundError:
            return None

    @contextmanager
    def publishing(self) -> Iterator[_FolderPublication]:
        """See `Objects.publishing`."""
        with self._folder.writing():
            yield _FolderPublication(self._folder, self.file(CHECKPOINT))

    def answers(self) -> bool:
        """See `Objects.answers`."""
        return self._folder.root.is_dir()


def _path(name: str) -> str:
    return f"{HOLDER}/{name[:2]}/{name}"


def _damaged(place: Path) -> DamagedError:
    return DamagedError(f"{place} was damaged: its content is no longer that of its name; put the content again")
