"""A study at one look: its charts and the last subgroups beside histogram, probability paper, spreads and indices."""

from openqi.app.pictures.capability.control import chart_of, control_panels
from openqi.app.pictures.capability.figures import figure_lines
from openqi.app.pictures.capability.histogram import histogram_panel
from openqi.app.pictures.capability.indices import index_lines
from openqi.app.pictures.capability.latest import LAST, latest_panel
from openqi.app.pictures.capability.probability import probability_panel, test_told
from openqi.app.pictures.capability.shown import APART, ShownStudy, headed
from openqi.app.pictures.capability.spreads import spreads_panel
from openqi.app.pictures.frame import INK, INNER, Spec, Wording

_TALL, _LOW = 150, 128


def capability_sixpack(shown: ShownStudy, wording: Wording) -> Spec:
    """Return the picture of a whole study.

    Args:
        shown: the study with name and unit.
        wording: words and units.
    """
    panels = capability_panels(shown, wording)
    left = [panels[name] for name in ("first", "second", "latest")]
    right = [panels[name] for name in ("histogram", "probability", "spreads")]
    columns = [{"vconcat": left, "spacing": 16, "resolve": APART}, {"vconcat": right, "spacing": 16, "resolve": APART}]
    whole: Spec = {"vconcat": [{"hconcat": columns, "spacing": 26, "resolve": APART}, panels["indices"]], "spacing": 18}
    return headed({**whole, "resolve": APART}, shown, wording, "capability-sixpack")


def capability_panels(shown: ShownStudy, wording: Wording) -> dict[str, Spec]:
    """Return the panels of a study by name, each with its own title."""
    drawn = chart_of(shown)
    charts = control_panels(drawn, wording, heights=(_TALL, _LOW))
    names = [wording(f"capability-chart-{panel.name}") for panel in drawn.panels]
    if shown.study.moved is not None:
        names = [f"{name} ({wording('capability-moved')})" for name in names]
    both = {
        "hconcat": [index_lines(shown.study, wording, sides=True), figure_lines(shown, wording, width=INNER)],
        "spacing": 26 + 50,
    }
    return {
        "first": _titled(charts[0], names[0]),
        "second": _titled(charts[-1], names[-1]),
        "latest": _titled(latest_panel(shown, wording, height=_LOW), _last(shown, wording)),
        "histogram": _titled(histogram_panel(shown, wording, height=_TALL), wording("capability-histogram")),
        "probability": _titled(probability_panel(shown, wording, height=_LOW + 20), test_told(shown.study, wording)),
        "spreads": _titled(spreads_panel(shown, wording), wording("capability-spreads")),
        "indices": both,
    }


def _last(shown: ShownStudy, wording: Wording) -> str:
    study = shown.study
    key = "capability-last-readings" if study.n == study.subgroups else "capability-last-groups"
    return wording(key, count=min(LAST, study.subgroups))


def _titled(panel: Spec, title: str) -> Spec:
    heading = {"text": title, "anchor": "start", "frame": "bounds", "fontSize": 12.5, "fontWeight": 600, "color": INK, "offset": 8}
    return {**panel, "title": heading}
