"""Which files are taken as attachments: what their first bytes say has to be allowed, and what their name says."""

import io
import re
import zipfile
from typing import Final
from urllib.parse import quote

from openqi.kernel.errors import RefusedError

_OFFICE: Final = {
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_STARTS: Final = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
_TEXTS: Final = {"txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8"}
ALLOWED: Final = (*_STARTS, *_TEXTS, *_OFFICE)
"""Endings of names that are taken."""
_ACTIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|OpenAction\s*<<)\b")
_ENTRIES: Final = 5_000
_UNPACKED: Final = 256 * 2**20
"""Most bytes that an office document may say it has when it is unpacked; here none ever is."""
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


def handing_out(name: str) -> dict[str, str]:
    """Return the headers with which a file is handed out: always to be kept, never to be shown or run by a browser."""
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }


def media_type(name: str, content: bytes) -> str:
    """Return the media type of a file that is taken.

    Raises:
        RefusedError: `attachment-type`; its ending is not of `ALLOWED`, its bytes are something else, or it holds programs.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _STARTS:
        start, media = _STARTS[ending]
        if content.startswith(start) and not (ending == "pdf" and _is_active(content)):
            return media
    elif ending in _TEXTS and _is_text(content):
        return _TEXTS[ending]
    elif ending in _OFFICE and _is_office(content, _OFFICE[ending][0]):
        return _OFFICE[ending][1]
    raise RefusedError(
        "attachment-type", f"{name[:80]!r} is not taken: a file is one of {', '.join(ALLOWED)}, as its name says, without programs"
    )


def _is_active(content: bytes) -> bool:
    """Whether a PDF says that it holds programs, also where it writes that with escapes, as `/J#61vaScript`."""
    return _ACTIVE.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)) is not None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text) and not text.lstrip().startswith("<")


def _is_office(content: bytes, folder: str) -> bool:
    """Whether a zip is an office document: its names say so, and none of them is a program or an embedded file."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = [name.lower() for name in packed.namelist()]
            unpacked = sum(info.file_size for info in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        return False
    active = any("vba" in name or "embeddings/" in name or "activex" in name or name.endswith((".bin", ".exe")) for name in names)
    bounded = len(names) <= _ENTRIES and unpacked <= _UNPACKED
    return bounded and "[content_types].xml" in names and any(n.startswith(folder) for n in names) and not active
