"""A zip with exactly one spelling: stored, sorted, without times, comments or extra fields; any other bytes are refused."""

import struct
import zlib
from collections.abc import Mapping
from typing import Final

from openqi.kernel.errors import FormatError

MAX_ARCHIVE: Final = 2**31 - 1
MAX_FILES: Final = 60_000
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_DAY: Final = 0x21  # 1980-01-01, the first day that the format can write


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the zip of files.

    Args:
        files: path → content; paths are ASCII, relative and go down only.

    Raises:
        FormatError: a path of another form, more than `MAX_FILES` files or `MAX_ARCHIVE` bytes.
    """
    body, central = bytearray(), bytearray()
    for path in sorted(files):
        content, name = files[path], _name(path)
        check, size = zlib.crc32(content), len(content)
        if len(body) + size > MAX_ARCHIVE:
            raise FormatError(f"an archive of more than {MAX_ARCHIVE} bytes")
        central += _CENTRAL.pack(b"PK\1\2", 20, 20, 0, 0, 0, _DAY, check, size, size, len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += _LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, _DAY, check, size, size, len(name), 0) + name + content
    if len(files) > MAX_FILES:
        raise FormatError(f"an archive of {len(files)} files; at most {MAX_FILES} are accepted")
    return bytes(body + central + _END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(central), len(body), 0))


def archived(data: bytes) -> dict[str, bytes]:
    """Return the files in a zip that `archive` would have made.

    Raises:
        FormatError: any other bytes, because packing the files again does not give the same.
    """
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == b"PK\3\4" and len(files) <= MAX_FILES:
        if place + _LOCAL.size > len(data):
            break
        *_, size, _, length, _ = _LOCAL.unpack_from(data, place)
        start = place + _LOCAL.size + length
        files[data[place + _LOCAL.size : start].decode("latin-1")] = data[start : start + size]
        place = start + size
    if archive(files) != data:
        raise FormatError("not a dossier's zip: it must be stored, sorted and without times, comments or extra fields")
    return files


def _name(path: str) -> bytes:
    parts = path.split("/")
    if (
        not path.isascii()
        or not path.isprintable()
        or len(path) > 200
        or any(part in ("", ".", "..") for part in parts)
        or "\\" in path
    ):
        raise FormatError(f"{path[:80]!r} is no path for a dossier")
    return path.encode("ascii")
