"""Outlines of characters out of a font of this machine, by typst, for sheets that carry their own shapes."""

import re
from pathlib import Path
from typing import Final

from openqi.formats.sheets.outlines import Outline, Outlines, segments_of
from openqi.interfaces.web.paper.fonts import font_folder
from openqi.kernel.errors import DomainError, NotFoundError

_FAMILIES: Final = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC")
_LATIN: Final = "DejaVu Sans Mono"
"""Comes with typst: what is set without Chinese looks the same on every machine."""
_SYMBOL: Final = re.compile(r'<symbol id="([^"]+)"[^>]*>(?:<path d="([^"]*)"[^>]*/>)?</symbol>')
_RUN: Final = re.compile(r'<g transform="[^"]*">((?:<use [^>]*/>)+)</g>')
_USE: Final = re.compile(r'xlink:href="#([^"]+)" x="([^"]+)"')
_BAR: Final = "|"
_NOBODYS: Final = "\U0010fffd"
"""No font has it: what is drawn for it is drawn for everything that a font lacks."""


def outlines_of(characters: str, *, fonts: Path | None = None) -> Outlines:
    """Return the outlines of characters: of Noto Sans (or Source Han Sans) where one is not of ASCII, else of a font of typst.

    Args:
        characters: each that is needed, no control characters.
        fonts: folder with the Chinese font, as `font_folder`.

    Raises:
        NotFoundError: the extra `pdf` or the Chinese font is not installed; says which, and how to.
        DomainError: a character cannot be printed.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise NotFoundError("sheets of labels need the extra `pdf`: install openqi[pdf]") from error
    if odd := [one for one in characters if not one.isprintable()]:
        raise DomainError(f"{odd[0]!r} cannot be printed; take it out of the texts")
    chinese = any(one > "~" for one in characters)
    wanted = sorted({*characters, " ", _NOBODYS})
    families = _FAMILIES if chinese else (_LATIN,)
    folders = [str(font_folder(fonts))] if chinese else []
    try:
        # Files by name stand in its documentation, and not in its stubs.
        svg = typst.compile(  # type: ignore[call-overload]
            _source(wanted, families), font_paths=folders, ignore_system_fonts=True, format="svg"
        )
    except typst.TypstError as error:
        raise DomainError(f"the texts cannot be set: {str(error)[:300]}") from error
    return _read((svg if isinstance(svg, bytes) else svg[0]).decode(), wanted, families[0])


def _source(characters: list[str], families: tuple[str, ...]) -> dict[str, bytes]:
    named = ", ".join(f'"{one}"' for one in families)
    # Each between two bars: the bar behind says how far it reaches, and the one before that a space is there at all.
    shown = [chr(0xA0) if one == " " else one for one in characters]  # a common space at the end of a line is not set
    lines = "\n\n".join(f'#"{_BAR}\\u{{{ord(one):x}}}{_BAR}"' for one in shown)
    head = "#set page(width: auto, height: auto, margin: 0pt)\n#set par(leading: 0pt)\n"
    text = f"#set text(font: ({named},), size: 1000pt, kerning: false, ligatures: false, fallback: false)\n"
    return {"main": f"{head}{text}{lines}\n".encode()}


def _read(svg: str, characters: list[str], font: str) -> Outlines:
    """What stands between two bars is the character; how wide a bar is, any character says that is drawn."""
    shapes = {name: segments_of(path) for name, path in _SYMBOL.findall(svg)}
    runs = [_USE.findall(run) for run in _RUN.findall(svg)]
    if len(runs) != len(characters):
        raise DomainError(f"{len(runs)} of {len(characters)} characters could be set in {font}; take other texts or another font")
    lacking = [name for name, _ in runs[characters.index(_NOBODYS)][1:-1]]
    bar = next(float(run[1][1]) for run in runs if len(run) > 2)
    found: dict[str, Outline] = {}
    for one, run in zip(characters, runs, strict=True):
        if one == _NOBODYS:
            continue
        names = [name for name, _ in run[1:-1]]
        segments = tuple(segment for name in names for segment in shapes.get(name, ()))
        if one != " " and (not segments or names == lacking):
            raise DomainError(f"{one!r} cannot be printed: {font} has no such character; name a folder of fonts that has it")
        found[one] = Outline(float(run[-1][1]) - bar, segments)
    return Outlines(font, found)
