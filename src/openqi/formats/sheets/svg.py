"""A page of labels as SVG: one file a page, in millimetres, with its own outlines and nothing that points elsewhere."""

from collections.abc import Iterable
from html import escape

from openqi.formats.runs import dark_runs
from openqi.formats.sheets.labels import Label, Text
from openqi.formats.sheets.layouts import Layout
from openqi.formats.sheets.outlines import Outlines


def svg_page(labels: Iterable[Label], layout: Layout, outlines: Outlines) -> str:
    """Return one page; only the outlines that stand on it are in it."""
    labels = tuple(labels)
    wide, high = layout.page
    used = sorted({one for label in labels for text in label.texts for one in text.text})
    names = {one: f"u{ord(one):04x}" for one in used}
    shapes = "".join(f'<path id="{names[one]}" d="{_path(outlines, one)}"/>' for one in used)
    drawn = "\n".join(_label(label, outlines, names) for label in labels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_short(wide)}mm" height="{_short(high)}mm" '
        f'viewBox="0 0 {_short(wide)} {_short(high)}"><defs>{shapes}</defs>'
        f'<path fill="#fff" d="M0 0h{_short(wide)}v{_short(high)}H0z"/>\n{drawn}\n</svg>\n'
    )


def _label(label: Label, outlines: Outlines, names: dict[str, str]) -> str:
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(label.rows) for x, width in dark_runs(row))
    place = f"translate({_short(label.x)} {_short(label.y)})scale({_short(label.module)})"
    code = f'<path shape-rendering="crispEdges" transform="{place}" d="{path}"/>'
    texts = "".join(_text(text, outlines, names) for text in label.texts)
    return f"<g><title>{escape(label.mark, quote=False)}</title>{code}{texts}</g>"


def _text(text: Text, outlines: Outlines, names: dict[str, str]) -> str:
    scale, at, uses = text.size / 1000.0, 0.0, []
    for one in text.text:
        outline = outlines.outline(one)
        if outline.segments:
            uses.append(f'<use href="#{names[one]}" x="{_short(at)}"/>')
        at += outline.advance
    return f'<g transform="translate({_short(text.x)} {_short(text.y)})scale({scale:.6f} -{scale:.6f})">{"".join(uses)}</g>'


def _path(outlines: Outlines, one: str) -> str:
    return "".join(name + " ".join(map(_short, numbers)) for name, numbers in outlines.outline(one).segments)


def _short(number: float) -> str:
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
