"""What all pictures have in common: one look, words in the reader's language, and one width that a telephone shows too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Spec = dict[str, Any]

INK, MUTED, GRID, PALE = "#1c2733", "#5b6875", "#e6e9eb", "#a9b4bd"
VALUE, ACCEPTED, SECOND, LIMIT = "#0b6472", "#4f93a0", "#b26a00", "#a3261b"
"""Told apart without colour too: by lightness and dashes in a print in grey, and to every kind of colour blindness."""
FONTS: Final = (
    'system-ui, "Noto Sans", "DejaVu Sans", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'
)
INNER: Final = 330
"""Width of the plot in CSS pixels; with its axis a picture is about 400 wide, so that letters stay letters at 360."""
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How pictures speak.

    Args:
        words: the phrases of `words-pictures.tsv` in one language, by name; names in braces are filled in.
        unit: a unit text as people read it.
    """

    words: Mapping[str, str]
    unit: Callable[[str], str] = str

    def __call__(self, name: str, /, **filled: object) -> str:
        """Return a phrase."""
        text = self.words[name]
        return text.format(**filled) if filled else text

    def with_unit(self, text: str, unit: str | None) -> str:
        """Return a number with its unit behind it."""
        shown = self.unit(unit) if unit else ""
        return f"{text} {shown}" if shown else text


def framed(spec: Mapping[str, Any], *, title: str, subtitle: Sequence[str] = (), zoom: bool = False) -> Spec:
    """Return a whole specification: with its look, a title and lines below it, which are left out where they are empty.

    Args:
        spec: layers or a concatenation, with its data.
        title: one line; it is the text that stands for the picture, too. Empty where a page says it.
        subtitle: lines.
        zoom: where it is alive, a reader may move and widen what it shows.
    """
    lines = [line for line in subtitle if line]
    heading: Spec = {
        "text": title,
        "anchor": "start",
        "frame": "bounds",
        "offset": 12,
        "fontSize": 15,
        "fontWeight": 600,
        "color": INK,
    }
    if lines:
        heading |= {
            "subtitle": lines,
            "subtitleFontSize": 12,
            "subtitleColor": MUTED,
            "subtitlePadding": 5,
            "subtitleLineHeight": 16,
        }
    return {
        "$schema": _SCHEMA,
        "description": ". ".join([title, *lines]),
        "background": "white",
        "padding": 10,
        **({"title": heading} if title else {}),
        **({"usermeta": {"zoom": True}} if zoom else {}),
        **spec,
        "config": _CONFIG,
    }


_CONFIG: Final[Spec] = {
    "font": FONTS,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK, "titleColor": INK, "gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED, "tickSize": 4,
        "labelFontSize": 12, "titleFontSize": 13, "titleFontWeight": "normal", "titlePadding": 8,
        "labelPadding": 4, "labelOverlap": True,
        "labelExpr": "replace(datum.label, ',', '\u2009')",
    },
    "text": {"fontSize": 12, "color": INK},
    "concat": {"spacing": 14},
}  # fmt: skip


def layer(values: Sequence[Mapping[str, Any]], mark: Spec, **encoding: Any) -> Spec:
    """Return one layer: its own data, a mark and an encoding. A field `tip` is what a reader is told of each mark, also aloud."""
    told: Spec = {}
    if values and "tip" in values[0]:
        told = {"tooltip": {"field": "tip", "type": "nominal"}, "description": {"field": "tip", "type": "nominal"}}
    shown = mark if told else {"aria": False, "tooltip": None, **mark}
    return {"data": {"values": list(values)}, "mark": shown, "encoding": {**encoding, **told}}


def quantitative(name: str, **more: Any) -> Spec:
    """Return the encoding of a field of numbers."""
    return {"field": name, "type": "quantitative", **more}


def on_axes(layers: Sequence[Spec], *, x: Spec, y: Spec) -> list[Spec]:
    """Return layers whose numbers stand on the same two axes.

    Args:
        layers: with encodings of x and y.
        x, y: `axis` (None for none) and `scale`.
    """
    for one in layers:
        for channel, given in (("x", x), ("y", y)):
            if "field" in one["encoding"].get(channel, {}):
                one["encoding"][channel] |= given
    return list(layers)


def upright(value: float, *, colour: str, dash: Sequence[int] = (1, 0), width: float = 1.5, tip: str = "") -> Spec:
    """Return a line across the whole height at one value."""
    told = {"tip": tip} if tip else {}
    mark = {"type": "rule", "color": colour, "strokeWidth": width, "strokeDash": list(dash)}
    return layer([{"x": value, **told}], mark, x=quantitative("x"))


def level(value: float, *, colour: str, dash: Sequence[int] = (1, 0), width: float = 1.0) -> Spec:
    """Return a line across the whole width at one value."""
    mark = {"type": "rule", "color": colour, "strokeWidth": width, "strokeDash": list(dash)}
    return layer([{"y": value}], mark, y=quantitative("y"))


def named_lines(*lines: tuple[str, str, Sequence[int]]) -> Spec:
    """Return the encodings by which lines are told apart, with a legend above: by a field `kind` that holds their names.

    Args:
        lines: name, colour and dashes of each.
    """
    legend = {
        "orient": "top", "direction": "vertical", "title": None, "labelFontSize": 12, "labelLimit": INNER, "labelColor": INK,
        "symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 2.2, "rowPadding": 3, "offset": 8,
    }  # fmt: skip
    told = {"field": "kind", "type": "nominal", "legend": legend}
    names = [name for name, _, _ in lines]
    return {
        "color": told | {"scale": {"domain": names, "range": [colour for _, colour, _ in lines]}},
        "strokeDash": told | {"scale": {"domain": names, "range": [list(dash) for _, _, dash in lines]}},
    }
