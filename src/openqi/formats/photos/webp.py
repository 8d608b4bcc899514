"""WebP stripped to its one picture and its transparency; profiles, Exif, XMP and unknown chunks are left out."""

from openqi.formats.photos.bounds import Bare, PhotoError, check_size, piece

_ALPHA, _ANIMATED = 0x10, 0x02
_MOST_CHUNKS = 100
_DAMAGED = "the photo is a damaged WebP; take it again or send another"


def bare_webp(data: bytes) -> Bare:
    """Return a WebP with nothing but its picture.

    Raises:
        PhotoError: it is damaged, animated, or too large.

    Source: [RFC9649] clauses 2.5 to 2.7; [RFC6386] clause 9.1.
    """
    chunks = _chunks(piece(data, 0, 8 + int.from_bytes(piece(data, 4, 4), "little")))
    extended = chunks[0][1] if chunks and chunks[0][0] == b"VP8X" else None
    if extended is not None and (len(extended) != 10 or extended[0] & _ANIMATED):
        raise PhotoError("moving", "moving pictures are not taken; send a photo")
    pictures = [(name, part) for name, part in chunks if name in (b"VP8 ", b"VP8L")]
    alphas = [part for name, part in chunks if name == b"ALPH"]
    if len(pictures) != 1 or len(alphas) > 1:
        raise PhotoError("damaged", _DAMAGED)
    name, picture = pictures[0]
    width, height = _lossy_size(picture) if name == b"VP8 " else _lossless_size(picture)
    check_size(width, height)
    kept = [(name, picture)]
    if alphas and extended is not None and name == b"VP8 ":
        canvas = bytes((_ALPHA, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        kept = [(b"VP8X", canvas), (b"ALPH", alphas[0]), *kept]
    body = b"WEBP" + b"".join(one + len(part).to_bytes(4, "little") + part + b"\x00" * (len(part) % 2) for one, part in kept)
    return Bare(data=b"RIFF" + len(body).to_bytes(4, "little") + body, width=width, height=height)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    at = 12
    while at < len(data):
        length = int.from_bytes(piece(data, at + 4, 4), "little")
        found.append((piece(data, at, 4), piece(data, at + 8, length)))
        at += 8 + length + length % 2
        if len(found) > _MOST_CHUNKS:
            raise PhotoError("rare", f"the WebP has more than {_MOST_CHUNKS} parts; send an ordinary photo")
    return found


def _lossy_size(picture: bytes) -> tuple[int, int]:
    head = piece(picture, 0, 10)
    if head[0] & 1 or head[3:6] != b"\x9d\x01\x2a":  # a key frame begins so
        raise PhotoError("damaged", _DAMAGED)
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _lossless_size(picture: bytes) -> tuple[int, int]:
    head = piece(picture, 0, 5)
    if head[0] != 0x2F or head[4] >> 5:
        raise PhotoError("damaged", _DAMAGED)
    bits = int.from_bytes(head[1:], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
