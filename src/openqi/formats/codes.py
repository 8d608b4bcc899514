"""QR codes of marks, for screen and print: the same URI gives the same bytes, and nothing in them points elsewhere."""

import io
from html import escape
from typing import Final

import segno

from openqi.kernel.identifier import check_uri

QUIET_ZONE: Final = 4
_PIXELS: Final = 6  # a module, at 300 dots an inch: 0.508 mm, which GS1 allows on goods and cameras read at arm's length
_DPI: Final = 300
_MILLIMETRES: Final = 0.508


def _code(uri: str) -> segno.QRCode:
    """Level M: up to 15 % of the code may be lost. Never raised where it would fit, so that all marks of one form look alike."""
    return segno.make_qr(check_uri(uri), error="m", boost_error=False)


def qr_png(uri: str) -> bytes:
    """Return the QR code of a mark as PNG, black on white, with the size that it has in print.

    Raises:
        FormatError: not a URI.

    Source: [ISO18004]; [GS1GENSPEC] clause 5.12.3.
    """
    buffer = io.BytesIO()
    _code(uri).save(buffer, kind="png", scale=_PIXELS, border=QUIET_ZONE, dpi=_DPI)
    return buffer.getvalue()


def qr_svg(uri: str) -> str:
    """Return the QR code of a mark as an SVG element that stands alone or inside of a page; its title is the URI.

    Raises:
        FormatError: not a URI.
    """
    rows = [bytes(row) for row in _code(uri).matrix]
    modules = len(rows) + 2 * QUIET_ZONE
    size = f"{modules * _MILLIMETRES:.3f}mm"
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{size}" height="{size}" viewBox="0 0 {modules} {modules}" '
        f'shape-rendering="crispEdges"><title>{escape(uri, quote=False)}</title>'
        f'<path fill="#fff" d="M0 0h{modules}v{modules}H0z"/><path fill="#000" d="{path}"/></svg>\n'
    )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are: one shape for each run keeps the path short."""
    found: list[tuple[int, int]] = []
    start = 0
    for dark in row.split(b"\x00"):
        if dark:
            found.append((start, len(dark)))
        start += len(dark) + 1
    return found
