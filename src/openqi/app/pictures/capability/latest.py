"""The last subgroups, reading by reading, or the last readings: what the charts condense, as it was."""

from openqi.app.pictures.axes import axis_of
from openqi.app.pictures.capability.shown import ShownStudy, short_name
from openqi.app.pictures.control.lines import LEFT
from openqi.app.pictures.frame import INNER, MUTED, VALUE, Spec, Wording, layer, level, on_axes, quantitative
from openqi.app.pictures.numbers import grouped

LAST = 25


def latest_panel(shown: ShownStudy, wording: Wording, *, height: float) -> Spec:
    """Return the panel of the last subgroups; each reading is a point, and of single ones a line joins them."""
    study = shown.study
    groups = study.groups[-LAST:]
    first = len(study.groups) - len(groups) + 1
    mean = study.mean
    up = axis_of(
        short_name(shown.name) or wording("capability-readings"), wording.unit(shown.unit),
        [*(one for group in groups for one in group), mean],
    )  # fmt: skip
    values = [
        {"x": first + place, "y": up.of(value), "tip": f"{first + place}: {grouped(f'{value:.9g}')}"}
        for place, group in enumerate(groups)
        for value in group
    ]
    dot = {"type": "point", "filled": True, "color": VALUE, "size": 20, "opacity": 0.85}
    layers = [level(up.of(mean), colour=MUTED)]
    if all(len(group) == 1 for group in groups):
        silent = [{"x": one["x"], "y": one["y"]} for one in values]
        layers.append(layer(silent, {"type": "line", "color": VALUE, "strokeWidth": 1.2}, x=quantitative("x"), y=quantitative("y")))
    layers.append(layer(values, dot, x=quantitative("x"), y=quantitative("y")))
    title = wording("capability-number" if study.subgroups == study.n else "capability-subgroup")
    across = {
        "axis": {"title": title, "tickMinStep": 1, "grid": False, "tickCount": 6, "format": "d"},
        "scale": {"domain": [first - 0.8, first + len(groups) - 0.2], "nice": False, "zero": False},
    }
    return {"width": INNER, "height": height, "layer": on_axes(layers, x=across, y=up.drawn(grid=True, ticks=4, **LEFT))}
