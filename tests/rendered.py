"""Sheets as a printer would see them: PDF or SVG drawn by typst, which shares no code with what wrote them, read as grey arrays."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import zxingcpp
from numba import njit
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


def rendered(folder: Path, name: str, *, dpi: int, page: int = 1) -> Grey:
    """Return a page of a PDF or an SVG that lies in a folder, as many dots an inch."""
    import typst

    source = folder / f".{name.replace('/', '-')}.typ"
    which = f", page: {page}" if name.endswith(".pdf") else ""
    source.write_text(f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{name}"{which})\n')
    return grey(bytes(typst.compile(str(source), root=str(folder), format="png", ppi=dpi)))


def grey(png: bytes) -> Grey:
    """Return the red channel of a PNG of 8 bits a channel."""
    at, data, width, height, colour = 8, b"", 0, 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", content[:10])
            assert depth == 8
        data += content if kind == b"IDAT" else b""
        at += 12 + length
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, width * channels + 1)
    plain = np.zeros((height, width * channels), dtype=np.uint8)
    _unfilter(raw, plain, channels)
    return np.ascontiguousarray(plain[:, ::channels])


@njit
def _unfilter(raw: Any, plain: Any, channels: int) -> None:
    for row in range(raw.shape[0]):
        kind = raw[row, 0]
        for x in range(plain.shape[1]):
            left = np.int64(plain[row, x - channels]) if x >= channels else 0
            up = np.int64(plain[row - 1, x]) if row else 0
            corner = np.int64(plain[row - 1, x - channels]) if row and x >= channels else 0
            guess = 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            elif kind == 4:
                a, b, c = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
                guess = left if a <= b and a <= c else up if b <= c else corner
            plain[row, x] = (raw[row, x + 1] + guess) & 255


def codes_in(image: Grey) -> list[zxingcpp.Barcode]:
    """Return what another program reads in a picture."""
    return [one for one in zxingcpp.read_barcodes(image) if one.valid]
