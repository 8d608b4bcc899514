"""The archive of a backup: one stored (uncompressed) zip with a manifest that names every member, its size and its SHA-256."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from openqi.kernel.errors import FormatError, NotFoundError

FORMAT: Final = "openqi-backup/1"
MANIFEST: Final = "manifest.json"
MAX_MANIFEST: Final = 64_000_000
MAX_LINE: Final = 64_000_000
_CHUNK: Final = 1 << 20
_DAY: Final = (1980, 1, 1, 0, 0, 0)


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of an archive."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an archive holds: of which log, up to where, which form the desk's tables have, and its members in order."""

    format: str
    made_at: str
    origin: str
    size: int
    checkpoint: str
    desk: str
    passphrase: bool
    left_out: tuple[str, ...]
    members: tuple[Member, ...]


class ArchiveWriter:
    """Writes members one after the other; the manifest is the last, so an archive that broke off has none."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_STORED, allowZip64=True)
        self._members: list[Member] = []

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # What broke off is thrown away; that its end cannot be written either is nothing to tell besides.
        with suppress(OSError, ValueError):
            self._zip.close()

    def add(self, path: str, parts: Iterable[bytes]) -> None:
        """Add a member out of parts."""
        digest, size = sha256(), 0
        with self._zip.open(_info(path), "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)
                digest.update(part)
                size += len(part)
        self._members.append(Member(path=path, size=size, sha256=digest.hexdigest()))

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest with all members, and return it."""
        whole = msgspec.structs.replace(manifest, members=tuple(self._members))
        with self._zip.open(_info(MANIFEST), "w") as member:
            member.write(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
        self._zip.close()
        return whole


def _info(path: str) -> ZipInfo:
    info = ZipInfo(path, _DAY)
    info.external_attr = 0o600 << 16
    return info


def file_parts(path: Path) -> Iterator[bytes]:
    """Yield a file in parts."""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            yield part


class Archive:
    """An archive that is read. Every member is checked against the manifest before anything is taken from it.

    Raises:
        NotFoundError: there is no such file.
        FormatError: it is no archive of a backup, or not whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = ZipFile(path)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no file {path}; check the path") from error
        except (BadZipFile, IsADirectoryError, ValueError) as error:
            raise FormatError(f"{path} is no whole backup: {error}") from error
        try:
            self.manifest = self._checked()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _checked(self) -> Manifest:
        infos = self._zip.infolist()
        names = [info.filename for info in infos]
        if not names or names[-1] != MANIFEST or len(set(names)) != len(names):
            raise FormatError(f"{self.path} is no whole backup: it does not end with one {MANIFEST}")
        odd = [info.filename for info in infos if info.compress_type != ZIP_STORED or info.flag_bits & 1]
        if odd or infos[-1].file_size > MAX_MANIFEST:
            raise FormatError(f"{self.path}: a backup has no compressed or encrypted member: {odd[:1]}")
        try:
            manifest = msgspec.json.decode(self._zip.read(MANIFEST), type=Manifest, strict=True)
        except (msgspec.DecodeError, BadZipFile, EOFError, UnicodeDecodeError) as error:
            raise FormatError(f"{self.path}: its manifest cannot be read: {error}") from error
        if manifest.format != FORMAT:
            raise FormatError(f"{self.path} has format {manifest.format[:40]!r}; this version reads {FORMAT}")
        if [one.path for one in manifest.members] != names[:-1]:
            raise FormatError(f"{self.path}: the manifest names other members than there are")
        for member, info in zip(manifest.members, infos, strict=False):
            _check_path(member.path)
            if member.size != info.file_size:
                raise FormatError(f"{self.path}: {member.path} has {info.file_size} bytes, the manifest says {member.size}")
        return manifest

    def verify(self) -> None:
        """Raise FormatError unless every member has the bytes that the manifest says."""
        for member in self.manifest.members:
            digest = sha256()
            for part in self.parts(member.path):
                digest.update(part)
            if digest.hexdigest() != member.sha256:
                raise FormatError(f"{self.path}: {member.path} was damaged: its SHA-256 is not that of the manifest")

    def parts(self, path: str) -> Iterator[bytes]:
        """Yield a member in parts."""
        try:
            with self._zip.open(path) as member:
                while part := member.read(_CHUNK):
                    yield part
        except (BadZipFile, EOFError, OSError, KeyError) as error:
            raise FormatError(f"{self.path}: {path} cannot be read: {error}") from error

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield a member line by line."""
        try:
            with self._zip.open(path) as member:
                while line := member.readline(MAX_LINE):
                    if not line.endswith(b"\n"):
                        raise FormatError(f"{self.path}: a line of {path} is longer than {MAX_LINE} bytes, or broke off")
                    yield line
        except (BadZipFile, EOFError, OSError, KeyError) as error:
            raise FormatError(f"{self.path}: {path} cannot be read: {error}") from error


def _check_path(path: str) -> None:
    """A member's path is a few plain names: it never leaves the folder, whatever a manifest says."""
    names = path.split("/")
    plain = all(name and name[0] != "." and name.replace("-", "").replace("_", "").replace(".", "").isalnum() for name in names)
    if not plain or not path.isascii() or len(path) > 200 or len(names) > 4:
        raise FormatError(f"a backup has no member {path[:80]!r}")
