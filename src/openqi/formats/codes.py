"""Codes of marks, for screen and print: the same URI gives the same bytes, and nothing in them points elsewhere."""

import io
from html import escape
from typing import Final, Literal

import segno

from openqi.formats.data_matrix import gs1_matrix
from openqi.formats.digital_link import parse_digital_link
from openqi.formats.runs import dark_runs
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
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{size}" height="{size}" viewBox="0 0 {modules} {modules}" '
        f'shape-rendering="crispEdges"><title>{escape(uri, quote=False)}</title>'
        f'<path fill="#fff" d="M0 0h{modules}v{modules}H0z"/><path fill="#000" d="{path}"/></svg>\n'
    )


def mark_matrix(uri: str, code: Literal["qr", "datamatrix"]) -> tuple[bytes, ...]:
    """Return the rows of a mark's code, a byte a module, 1 where it is dark, without quiet zone.

    A QR code holds the URI, a GS1 DataMatrix the GTIN (AI 01) and the serial (AI 21).

    Raises:
        FormatError: no mark in its one spelling.

    Source: [ISO18004]; [ISO16022]; [GS1GENSPEC] on element strings.
    """
    parts = parse_digital_link(uri)
    if code == "qr":
        return tuple(bytes(row) for row in _code(uri).matrix)
    return gs1_matrix(f"01{parts.gtin}21{parts.serial}")
