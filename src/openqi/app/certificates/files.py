"""Files beside a certificate: schemas to validate against, roots to believe, and the certificates that it rests on."""

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from openqi.app.files import read_file
from openqi.formats.dcc import read_dcc
from openqi.formats.dcc.document import CertificateReference
from openqi.formats.dcc.links import HASHES, digest_of
from openqi.formats.dcc.xml import MAX_SIZE
from openqi.kernel.errors import FormatError, NotFoundError

MAX_SCHEMA: Final = 1_000_000
MAX_FILES: Final = 10_000
MAX_FOLDERS: Final = 3


def certificate_bytes(path: Path) -> bytes:
    """Return the bytes of a certificate, which has at most 10 MB; raises as `read_file`."""
    return read_file(path, MAX_SIZE)


def schemas_in(folder: Path) -> Mapping[str, bytes]:
    """Return the XSD files of a folder and of the folders in it, by their path there.

    Raises:
        NotFoundError: there is no such folder, or no XSD file in it.
        FormatError: a file is larger than 1 MB.
    """
    found = {path.relative_to(folder).as_posix(): read_file(path, MAX_SCHEMA) for path in _below(folder) if path.suffix == ".xsd"}
    if not found:
        raise NotFoundError(f"{folder} holds no XSD file; it has the dcc.xsd of the version and what that imports")
    return found


def finder(folder: Path) -> Callable[[CertificateReference], bytes | None]:
    """Return what finds a certificate in a folder: the file with the stated hash, else one with the identifier that is named.

    The folder is looked through once, when the first certificate is asked for.

    Raises:
        NotFoundError: there is no such folder.
    """
    index = _Index(_below(folder))

    def find(reference: CertificateReference) -> bytes | None:
        stated = {digest_of(reference.value, size) for size in (32, 48, 64)}
        path = next((index.digests[one] for one in stated if one in index.digests), None) or index.identifiers.get(
            reference.identifier
        )
        return None if path is None else read_file(path, MAX_SIZE)

    return find


class _Index:
    """The files of a folder by their hashes, and by the identifier of the certificate that they are."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = [path for path in paths if path.is_file() and path.stat().st_size <= MAX_SIZE]

    @cached_property
    def digests(self) -> dict[bytes, Path]:
        found: dict[bytes, Path] = {}
        for path in self._paths:
            data = read_file(path, MAX_SIZE)
            found |= {hashlib.new(name, data).digest(): path for name in HASHES}
        return found

    @cached_property
    def identifiers(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for path in self._paths:
            if path.suffix.lower() == ".xml" and (identifier := _identifier(read_file(path, MAX_SIZE), path.name)):
                found.setdefault(identifier, path)
        return found


def _identifier(data: bytes, name: str) -> str | None:
    try:
        return read_dcc(data, name=name).unique_identifier
    except FormatError:
        return None


def _below(folder: Path) -> list[Path]:
    """The files of a folder, three folders deep and no more than ten thousand; links are not followed."""
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}; check the path")
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        if len(Path(place).relative_to(folder).parts) >= MAX_FOLDERS:
            folders.clear()
        found += [Path(place) / name for name in sorted(files)]
        folders.sort()
        if len(found) > MAX_FILES:
            raise FormatError(f"{folder} holds more than {MAX_FILES} files; name a smaller folder")
    return found
