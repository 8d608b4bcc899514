"""JPEG stripped to what a decoder needs: tables, frame, scans; of Exif only the turn is written anew."""

import re
from typing import Final

from openqi.formats.photos.bounds import Bare, PhotoError, check_size, piece

_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive Huffman; what else the standard knows no telephone writes and few programs read."""
_TABLES: Final = frozenset({0xDB, 0xC4, 0xDD})
_ADOBE, _EXIF, _SCAN, _END, _LINES = 0xEE, 0xE1, 0xDA, 0xD9, 0xDC
_NEXT: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker that ends coded data: not a coded FF, a restart, or what the next marker is filled up with."""
_MOST_SCANS: Final = 200
_LONGEST: Final = 1_000


def bare_jpeg(data: bytes) -> Bare:
    """Return a JPEG without application data (Exif, XMP, profiles, thumbnails), comments, and what follows its end.

    Raises:
        PhotoError: it is damaged, of a rare sort, or too large.

    Source: [T81] clauses B.1 and B.2.
    """
    kept, at, size, turn, scans = bytearray(b"\xff\xd8"), 2, None, 1, 0
    while True:
        marker, at = _marker(data, at)
        if marker == _END:
            break
        length = int.from_bytes(piece(data, at, 2), "big")
        segment = piece(data, at + 2, length - 2) if length >= 2 else b""
        if length < 2 or marker in (0x00, 0x01, 0xD8) or 0xD0 <= marker <= 0xD7:
            raise PhotoError("damaged", "the photo is a damaged JPEG; take it again or send another")
        at += length
        if marker in _FRAMES:
            if size is not None:
                raise PhotoError("rare", "the JPEG has two frames; send an ordinary photo")
            size = _size(segment)
        elif marker == _EXIF and segment.startswith(b"Exif\x00\x00"):
            turn = _turn(segment[6:])
        elif marker == _ADOBE:
            segment = segment[:12] if segment.startswith(b"Adobe") and len(segment) >= 12 else b""
        if marker == _SCAN:
            scans, end = _scan(data, at, size, scans)
            kept += b"\xff\xda" + length.to_bytes(2, "big") + segment + data[at:end]
            at = end
        elif marker in _FRAMES or (marker in _TABLES and len(segment) <= 65_533) or (marker == _ADOBE and segment):
            kept += bytes((0xFF, marker)) + (len(segment) + 2).to_bytes(2, "big") + segment
        elif marker == _LINES or 0xC0 <= marker <= 0xCF or marker in (0xDE, 0xDF):
            raise PhotoError(
                "rare", "this sort of JPEG (lossless, arithmetic or hierarchical) is not taken; send an ordinary photo"
            )
    if size is None or not scans:
        raise PhotoError("rare", "the JPEG holds no picture; send another photo")
    return Bare(data=bytes(kept[:2] + _turned(turn) + kept[2:] + b"\xff\xd9"), width=size[0], height=size[1])


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The next marker and where what belongs to it begins; it may be filled up with FF before it."""
    if piece(data, at, 1) != b"\xff":
        raise PhotoError("damaged", "the photo is a damaged JPEG; take it again or send another")
    for place in range(at + 1, min(at + _LONGEST, len(data))):
        if data[place] != 0xFF:
            return data[place], place + 1
    raise PhotoError("damaged", "the photo ends in the middle; take it again or send another")


def _size(frame: bytes) -> tuple[int, int]:
    if len(frame) < 9 or len(frame) != 6 + 3 * frame[5] or frame[0] not in (8, 12) or frame[5] not in (1, 3, 4):
        raise PhotoError("damaged", "the photo is a damaged JPEG; take it again or send another")
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    check_size(width, height)
    return width, height


def _scan(data: bytes, at: int, size: tuple[int, int] | None, scans: int) -> tuple[int, int]:
    """How many scans there are now, and where the coded data of this one end: before the next marker that is no restart."""
    if size is None or scans >= _MOST_SCANS:
        raise PhotoError("damaged", "the photo is a damaged JPEG; take it again or send another")
    found = _NEXT.search(data, at)
    if found is None:
        raise PhotoError("damaged", "the photo ends in the middle; take it again or send another")
    return scans + 1, found.start()


def _turn(tiff: bytes) -> int:
    """How a picture is turned, 1 to 8, by the first directory of its Exif; 1 where it does not say so plainly.

    Source: [EXIF] clause 4.6, tag 0112.
    """
    order = {b"II*\x00": "little", b"MM\x00*": "big"}.get(tiff[:4])
    if order is None:
        return 1
    start = _whole(tiff, 4, 4, order)
    for number in range(min(_whole(tiff, start, 2, order), 100)):
        entry = start + 2 + 12 * number
        if _whole(tiff, entry, 2, order) == 0x0112 and _whole(tiff, entry + 2, 2, order) == 3:
            found = _whole(tiff, entry + 8, 2, order)
            return found if 1 <= found <= 8 else 1
    return 1


def _whole(tiff: bytes, at: int, count: int, order: str) -> int:
    return int.from_bytes(tiff[at : at + count], "little" if order == "little" else "big")


def _turned(turn: int) -> bytes:
    """An Exif segment that says nothing but how the picture is turned; none where it stands upright."""
    if turn == 1:
        return b""
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + turn.to_bytes(2, "big") + bytes(6)
    return b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\x00\x00" + tiff
