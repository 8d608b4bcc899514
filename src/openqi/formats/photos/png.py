"""PNG stripped to the four chunks that make a picture; what is packed in it is unpacked and counted, up to what its size allows."""

import zlib
from itertools import starmap
from typing import Final

from openqi.formats.photos.bounds import Bare, PhotoError, check_size, piece

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of an interlaced picture: first column and row, and how many are left out."""
_KEPT: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_CHUNK: Final = 1 << 16
_MOST_CHUNKS: Final = 20_000


def bare_png(data: bytes) -> Bare:
    """Return a PNG without texts, times, profiles, Exif, animation, unknown chunks, and what follows its end.

    Raises:
        PhotoError: it is damaged, holds more or less than its size says, or is too large.

    Source: [PNG3] clauses 5, 7.2, 8.1 and 11.2.
    """
    chunks = _chunks(data)
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or any(name == b"IHDR" for name, _ in chunks[1:]):
        raise PhotoError("damaged", "the photo is a damaged PNG; take it again or send another")
    head = chunks[0][1]
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    depth, colour, interlaced = head[8], head[9], head[12]
    check_size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or head[10] or head[11] or interlaced > 1:
        raise PhotoError("damaged", "the photo is a damaged PNG; take it again or send another")
    bits = depth * _SAMPLES[colour]
    _check_pixels([part for name, part in chunks if name == b"IDAT"], _unpacked(width, height, bits, interlaced=bool(interlaced)))
    kept = [(name, part) for name, part in chunks if name in _KEPT]
    if [name for name, _ in kept].count(b"PLTE") > 1 or any(len(part) > 768 for name, part in kept if name in (b"PLTE", b"tRNS")):
        raise PhotoError("damaged", "the photo is a damaged PNG; take it again or send another")
    return Bare(data=_SIGNATURE + b"".join(starmap(_chunk, [*kept, (b"IEND", b"")])), width=width, height=height)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Every chunk up to the end of the picture."""
    found: list[tuple[bytes, bytes]] = []
    at = len(_SIGNATURE)
    while True:
        length, name = int.from_bytes(piece(data, at, 4), "big"), piece(data, at + 4, 4)
        part = piece(data, at + 8, length)
        if int.from_bytes(piece(data, at + 8 + length, 4), "big") != zlib.crc32(name + part):
            raise PhotoError("damaged", "the photo is a damaged PNG: a checksum does not agree; take it again or send another")
        if name == b"IEND":
            return found
        found.append((name, part))
        at += 12 + length
        if len(found) > _MOST_CHUNKS:
            raise PhotoError("rare", f"the PNG has more than {_MOST_CHUNKS} parts; send an ordinary photo")


def _unpacked(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """How many bytes the rows of a picture are, each with the byte that says how it was filtered."""
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        total += rows * (1 + (columns * bits + 7) // 8) if columns > 0 and rows > 0 else 0
    return total


def _check_pixels(parts: list[bytes], wanted: int) -> None:
    """Raise PhotoError unless the packed parts hold exactly so many bytes; at most 64 KiB of them are in memory at once."""
    inflating, left = zlib.decompressobj(), wanted
    try:
        for part in parts:
            waiting = part
            while waiting and not inflating.eof:
                left -= len(inflating.decompress(waiting, _CHUNK))
                if left < 0:
                    raise PhotoError("rare", "the PNG unpacks to more than its size says; send an ordinary photo")
                waiting = inflating.unconsumed_tail
            if waiting or inflating.unused_data:
                raise PhotoError("rare", "the PNG holds something behind its picture; send an ordinary photo")
        while not inflating.eof and (more := inflating.decompress(b"", _CHUNK)):  # what was read and not given out yet
            left -= len(more)
    except zlib.error as error:
        raise PhotoError("damaged", f"the photo is a damaged PNG ({error}); take it again or send another") from error
    if left or not inflating.eof:
        raise PhotoError("damaged", "the PNG unpacks to less or more than its size says; take it again or send another")


def _chunk(name: bytes, part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + name + part + zlib.crc32(name + part).to_bytes(4, "big")
