"""What the pages of process control need of pictures, rules and numbers, in the language of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import Any, Final

from openqi.app.pictures.capability.histogram import capability_histogram
from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.pictures.control.across import width_for
from openqi.app.pictures.control.control_chart import control_chart
from openqi.app.pictures.control.phrases import chart_name, figure, rule_phrase, statistic, unit_of
from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.pictures.numbers import grouped, signed
from openqi.interfaces.capability_words import sentence
from openqi.interfaces.web.wording import wording_of
from openqi.interfaces.web.words import term
from openqi.records.process_control import Broken
from openqi.records.process_evidence import Noticed, PanelLines

_WIDE: Final = 560
_HALF: Final = 300
"""CSS pixels of the plots: alone on a page, and two side by side."""
FEW: Final = 18
"""So many points the picture of a telephone has."""
_TOLD_ABOVE: Final = frozenset({"not-stable", "not-stable-given"})
_DASH: Final = "–"
Beside = tuple[str, str, str | None, str | None, PanelLines]


def words_of_control(language: str) -> Mapping[str, Any]:
    """Return what templates call, by name."""
    wording = wording_of(language)
    return {
        "chart": lambda one, title="": control_chart(one, wording, title=title, width=width_for(len(one.panels[0].values), _WIDE)),
        "beside": lambda one, title="": control_chart(one, wording, title=title, width=_HALF),
        "latest": lambda one, title="": control_chart(_latest(one), wording, title=title),
        "histogram": lambda study, name: capability_histogram(_named(study, name), wording),
        "kind": lambda kind: chart_name(kind, wording),
        "rule": lambda rule, rules: rule_phrase(rule, rules, wording),
        "statistic": lambda name: statistic(name, wording),
        "unit": lambda kind, name, unit: unit_of(kind, name, unit, wording),
        "estimator": partial(estimator, language=language),
        "reading": reading,
        "number": number,
        "broken": partial(broken_text, language=language),
        "lines": lines_side_by_side,
        "notices": lambda given: [notice(one, language=language) for one in given if one.code not in _TOLD_ABOVE],
        "few": FEW,
    }


def _latest(one: PlottedChart) -> PlottedChart:
    """The last points alone."""
    cut = max(len(one.panels[0].values) - FEW, 0)
    rows = ("values", "centre", "sigma", "lower", "upper", "flags")
    panels = tuple(replace(panel, **{name: getattr(panel, name)[cut:] for name in rows}) for panel in one.panels)
    return replace(one, panels=panels, first=one.first + cut)


def _named(study: ShownStudy, name: str) -> ShownStudy:
    return replace(study, name=name)


def estimator(name: str, *, language: str) -> str:
    """Return the name of an estimator as it is read; one that has no words stays as it is."""
    return wording_of(language).words.get(f"spread-{name}") or term("estimator", name, language)


def reading(text: str | None, panel: PanelLines) -> str:
    """Return a value on a panel with as many decimals as its lines need; a dash where there is none."""
    if not text:
        return _DASH
    ends = [float(one) for one in (panel.lower, panel.upper) if one is not None]
    span = 6.0 * float(panel.sigma) if panel.sigma else max(ends) - min(ends) if len(ends) > 1 else abs(float(text)) or 1.0
    return figure(float(text), span) if span > 0.0 else number(text)


def number(text: str | float | None, digits: int = 5) -> str:
    """Return a number with a few digits; a dash where there is none."""
    if text is None or text == "" or not isfinite(float(text)):
        return _DASH
    told = f"{float(text):.{digits}g}"
    return signed(told) if "e" in told else grouped(told)


def broken_text(broken: Sequence[Broken], *, language: str) -> str:
    """Return which rules a point breaks: "mean 1, 5"; the statistic is told where the chart has several panels."""
    wording = wording_of(language)
    between = "；" if language == "zh" else "; "
    return between.join(f"{statistic(one.panel, wording)} {', '.join(map(str, one.rules))}" for one in broken)


def notice(found: Noticed, *, language: str) -> str:
    """Return a warning of a capability study as a sentence."""
    pairs = (one.partition("=")[::2] for one in found.figures)
    told = sentence(found.code, {name: _figure(text) for name, text in pairs}, language)
    return f"{told}。" if language == "zh" else f"{told[0].upper()}{told[1:]}."


def _figure(text: str) -> float | int | str:
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


def lines_side_by_side(before: Sequence[PanelLines], after: Sequence[PanelLines]) -> list[Beside]:
    """Return (panel, line, before, after, panel of numbers) of every line that either baseline has."""
    earlier = {one.name: one for one in before}
    found = []
    for panel in after:
        old = earlier.get(panel.name)
        for name in ("upper", "centre", "lower", "sigma"):
            pair = (None if old is None else getattr(old, name), getattr(panel, name))
            if any(pair):
                found.append((panel.name, name, *pair, panel))
    return found
