"""Specifications drawn: SVG and PNG, kept while the process lives, and written whole or not at all."""

import json
import re
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Final

from openqi.app.files import write_file
from openqi.app.pictures.frame import Spec
from openqi.interfaces.pictures.fonts import chinese_family, is_chinese
from openqi.kernel.errors import FormatError

ENDINGS: Final = (".svg", ".png")
_TEXT: Final = re.compile(r"<text\b[^>]*(?<!/)>.*?</text>", re.DOTALL)  # an empty one ends in itself
_FAMILY: Final = re.compile(r' font-family="[^"]*"')
_SHARP: Final = 2.0  # dots of a PNG a CSS pixel


def svg_of(spec: Spec) -> bytes:
    """Return a picture as SVG; the same specification is drawn once."""
    return _svg(json.dumps(spec, sort_keys=True))


def picture_svg(spec: Spec, lang: str, name: str = "") -> str:
    """Return a picture as an SVG element of a page: one image, told by its title and the lines below.

    Args:
        spec: of the picture.
        lang: language of its words, `zh` or `en`.
        name: of a picture that has no words of its own.
    """
    told = escape(spec.get("description") or name, quote=True)
    code = "zh-CN" if lang == "zh" else "en"
    return svg_of(spec).decode().replace("<svg ", f'<svg role="img" aria-label="{told}" lang="{code}" ', 1)


def png_of(spec: Spec) -> bytes:
    """Return a picture as PNG; each text that holds Chinese is drawn in a font without serifs that has it, where there is one."""
    text, family = svg_of(spec).decode(), chinese_family()
    if family is not None:
        text = with_chinese_in(text, family)
    import vl_convert  # takes half a second to start, and only pictures need it

    drawn: bytes = vl_convert.svg_to_png(text, scale=_SHARP)
    return drawn


def digest(spec: Spec) -> str:
    """Return what changes with everything that a picture depends on: its specification, and the version of what draws it."""
    return sha256(f"{version('vl-convert-python')}\n{json.dumps(spec, sort_keys=True)}".encode()).hexdigest()


def check_ending(path: Path) -> None:
    """Raise FormatError unless a picture can be written under such a name."""
    if path.suffix.lower() not in ENDINGS:
        raise FormatError(f"{path} ends in {path.suffix or 'nothing'}; a picture is written as {' or '.join(ENDINGS)}")


def write_picture(path: Path, spec: Spec) -> str | None:
    """Write a picture whole or not at all, and return what its reader must know, None for nothing.

    Raises:
        FormatError: the name has another ending than those of pictures.
        NotFoundError: the folder does not exist.
        OSError: the system does not let it be written.
    """
    check_ending(path)
    write_file(path, png_of(spec) if path.suffix.lower() == ".png" else svg_of(spec))
    if is_chinese(json.dumps(spec, ensure_ascii=False)) and chinese_family() is None:
        return "no font with Chinese characters and without serifs is installed; install one, for example Noto Sans CJK SC"
    return None


def with_chinese_in(svg: str, family: str) -> str:
    """Return a picture in SVG of which each text that holds Chinese names a font; the others stay as they are."""
    # A text goes to another font as a whole once a character is missing, and that one may have serifs: so each gets its own.
    return _TEXT.sub(lambda found: _in_font(found[0], family) if is_chinese(found[0]) else found[0], svg)


def _in_font(text: str, family: str) -> str:
    return _FAMILY.sub("", text).replace("<text ", f'<text font-family="{family}, sans-serif" ', 1)


@lru_cache(maxsize=256)
def _svg(spec: str) -> bytes:
    import vl_convert  # as above

    svg: str = vl_convert.vegalite_to_svg(spec)
    fonts = set(_FAMILY.findall(svg))
    if len(fonts) == 1:  # said once for all texts: a third of a picture is not the name of its font
        svg = _FAMILY.sub("", svg).replace("<svg ", f"<svg{fonts.pop()} ", 1)
    return svg.encode()
