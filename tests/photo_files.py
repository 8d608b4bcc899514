"""Photos as telephones and rogues send them, made with Pillow where it is installed, which is also the second reader of them."""

import io
import zlib
from typing import Any

import pytest

PIL = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no second reader looked at stripped photos")
PLACE = "31 12 47.3 N, Chengdu, 13800138000"
PAYLOAD = b"<html><script>alert('polyglot')</script></html>"


def picture(width: int = 64, height: int = 40, mode: str = "RGB") -> Any:
    """A picture in which no two corners are alike."""
    rows = [
        (x * 3 % 256, y * 5 % 256, (x * y) % 256, 255 - (x + y) % 128) for y in range(height) for x in range(width)
    ]  # fmt: skip
    made = PIL.new("RGBA", (width, height))
    made.putdata(rows)
    return made.convert(mode)


def exif(turn: int = 6) -> Any:
    """Exif with a place, a camera and how the picture is turned."""
    made = PIL.Exif()
    made[0x0112], made[0x010F], made[0x010E] = turn, "Camera of somebody", PLACE
    made.get_ifd(0x8825).update({1: "N", 2: (31.0, 12.0, 47.3), 3: "E", 4: (104.0, 3.0, 55.1)})
    return made


def saved(kind: str, *, mode: str = "RGB", **more: Any) -> bytes:
    """A photo in a format, as Pillow writes it."""
    out = io.BytesIO()
    picture(mode=mode).save(out, kind, **more)
    return out.getvalue()


def photo_with_place(kind: str, **more: Any) -> bytes:
    """A photo that tells where it was taken."""
    return saved(kind, exif=exif().tobytes(), **more)


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    """What a second reader sees: mode, size, pixels."""
    with PIL.open(io.BytesIO(data)) as opened:
        opened.load()
        return opened.mode, opened.size, opened.tobytes()


def chunk(name: bytes, part: bytes) -> bytes:
    """One part of a PNG."""
    return len(part).to_bytes(4, "big") + name + part + zlib.crc32(name + part).to_bytes(4, "big")


def bomb(width: int, height: int, packed: bytes) -> bytes:
    """A PNG that claims a size, with something packed in it."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
