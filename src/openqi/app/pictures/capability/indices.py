"""The indices of a study with their intervals, as lines of text in a picture."""

from math import isfinite

from openqi.app.pictures.capability.shown import count_of
from openqi.app.pictures.frame import INK, INNER, MUTED, Spec, Wording, layer
from openqi.app.pictures.numbers import grouped, signed
from openqi.science.capability.result import Index, Study

ROW = 18
_LEFT = ("Cp", "Cpk", "Cpu", "Cpl", "Cpm", "Cpmk")


def index_lines(study: Study, wording: Wording, *, width: int = INNER, sides: bool = False) -> Spec:
    """Return indices, fractions outside and spreads as rows.

    Args:
        study: of capability.
        wording: words.
        width: in CSS pixels.
        sides: the indices of single sides too, where there are two.
    """
    kept = [one for one in study.indices if sides or not study.limits.both or one.name[-1] not in "ul"]
    rows = [(one.name, f"{one.value:.2f}", _span(one)) for one in kept]
    told = [(wording(f"capability-outside-{_basis(one.basis)}"), f"{_ppm(one.total)} ppm", "") for one in study.nonconforming]
    told.append((wording("capability-count" if study.n == study.subgroups else "capability-count-groups"), count_of(study), ""))
    confidence = next((one.interval.confidence for one in kept if one.interval is not None), None)
    head = "" if confidence is None else wording("capability-interval", share=f"{100 * confidence:.6g} %")
    texts = [{"x": 118, "y": 0, "text": head, "ink": MUTED, "align": "left", "weight": 400}] if head else []
    for row, (name, value, span) in enumerate([*rows, *told], start=1 if head else 0):
        wide = row - (1 if head else 0) < len(rows)
        texts.append({"x": 0, "y": row, "text": name, "ink": INK, "align": "left", "weight": 600 if wide else 400})
        if wide:
            texts.append({"x": 104, "y": row, "text": value, "ink": INK, "align": "right", "weight": 600})
            texts.append({"x": 118, "y": row, "text": span, "ink": MUTED, "align": "left", "weight": 400})
        else:
            texts.append({"x": width, "y": row, "text": value, "ink": INK, "align": "right", "weight": 400})
    count = len(rows) + len(told) + (1 if head else 0)
    return {"width": width, "height": count * ROW, "layer": texts_panel(texts, width, count)}


def texts_panel(texts: list[Spec], width: int, rows: int) -> list[Spec]:
    """Return the layers of texts, each with x, y (a row from 0), `align`, `weight` and `ink`."""
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, width], "nice": False, "zero": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [rows - 0.5, -0.5], "nice": False, "zero": False}}
    ink = {"field": "ink", "type": "nominal", "scale": None, "legend": None}
    found = []
    for align in ("left", "right"):
        for weight in (400, 600):
            chosen = [one for one in texts if (one["align"], one["weight"]) == (align, weight)]
            mark = {"type": "text", "align": align, "baseline": "middle", "fontWeight": weight, "fontSize": 12}
            if chosen:
                kept = [{name: one[name] for name in ("x", "y", "text", "ink")} for one in chosen]
                found.append(layer(kept, mark, x=x, y=y, text={"field": "text"}, color=ink))
    return found


def _basis(basis: str) -> str:
    return basis if basis in ("observed", "within", "overall") else "law"


def _span(index: Index) -> str:
    known = index.interval
    if known is None:
        return ""
    return " … ".join(
        signed(f"{end:.2f}") if isfinite(end) else signed(f"{end}").replace("inf", "∞") for end in (known.lower, known.upper)
    )


def _ppm(share: float) -> str:
    number = 1e6 * share
    return grouped(f"{number:.0f}") if number >= 1000 else f"{number:.3g}"
