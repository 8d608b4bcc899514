"""Pictures for the guides: a few dots are no other picture, a line is; the palette is kept."""

from pathlib import Path

import pytest

from pictures import _part, alike

SHOTS = sorted((Path(__file__).parents[3] / "docs/roles/shots").glob("*.png"))


def picture(dots: bytes, *, width: int = 100) -> bytes:
    import struct
    import zlib

    lines = b"".join(b"\0" + dots[start : start + width] for start in range(0, len(dots), width))
    header = struct.pack(">IIBBBBB", width, len(dots) // width, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", bytes((0, 0, 0, 255, 255, 255))), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(*one) for one in parts)


@pytest.mark.parametrize(("dots", "same"), [(0, True), (13, True), (14, False), (100, False)])
def test_a_few_dots_are_the_same_picture_and_a_line_is_another(dots, same):
    blank = bytes(5000)
    assert alike(picture(blank), picture(b"\1" * dots + blank[dots:])) is same


def test_a_picture_of_another_size_is_another():
    assert not alike(picture(bytes(5000)), picture(bytes(5100)))


def test_every_picture_of_the_guides_can_be_read():
    assert SHOTS
    assert all(alike(path.read_bytes(), path.read_bytes()) for path in SHOTS)
