"""Sets a document as PDF/A-3b with what it was made from attached; the same input gives the same bytes."""

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from openqi.interfaces.web.paper.blocks import Paper
from openqi.interfaces.web.paper.fonts import font_folder
from openqi.kernel.errors import DomainError, NotFoundError

ATTACHED: Final = "certificate.xml"
_NO_GLYPH: Final = "could not be displayed"


@cache
def printable() -> bool:
    """Return whether PDF can be made here: the extra `pdf` and the font are installed. Asked once a process."""
    try:
        font_folder()
    except NotFoundError:
        return False
    return find_spec("typst") is not None


def pdf_of(
    paper: Paper, attached: bytes, *, fonts: Path | None = None, name: str = ATTACHED, media: str = "application/xml"
) -> bytes:  # fmt: skip
    """Return a document as PDF/A-3b.

    Args:
        paper: what is set.
        attached: what it was made from, which the PDF carries unchanged.
        fonts: folder with the Chinese font, as `font_folder`.
        name, media: under which name and as what it is attached; by default a certificate.

    Raises:
        NotFoundError: the extra `pdf` or the font is not installed; says which, and how to.
        DomainError: a text has characters that no font has; a PDF/A without them would not say what the certificate says.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise NotFoundError("PDF needs the extra `pdf`: install openqi[pdf]") from error
    year, month, day = map(int, paper.day.split("-"))
    told = asdict(paper) | {"attached": name, "media": media, "day": {"year": year, "month": month, "day": day}}
    source = {
        "main": (files(__package__) / "certificate.typ").read_bytes(),
        "paper.json": json.dumps(told, ensure_ascii=False, sort_keys=True).encode(),
        name: attached,
    }
    try:
        # Only the fonts of that folder and those of the program itself: what else a machine has must not change a byte.
        # Files by name stand in its documentation, and not in its stubs.
        made = typst.compile(  # type: ignore[call-overload]
            source, font_paths=[str(font_folder(fonts))], ignore_system_fonts=True, pdf_standards=["a-3b"], format="pdf"
        )
    except typst.TypstError as error:
        if _NO_GLYPH not in str(error):
            raise
        why = f"{str(error)[:300]}; name a folder of fonts that have it with --fonts, or use the HTML page"
        raise DomainError(f"{paper.number}: no PDF/A can be made: {why}") from error
    return bytes(made)
