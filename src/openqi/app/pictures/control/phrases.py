"""Rules, statistics and figures of control charts in the reader's words."""

from math import floor, isfinite, log10
from typing import Final

from openqi.app.pictures.frame import Wording
from openqi.app.pictures.numbers import grouped, signed
from openqi.science.charts.evaluation import limit_rule
from openqi.science.charts.rules.rule import Rule, RuleSet

_MEASURED: Final = frozenset(
    {"individuals", "moving-range", "mean", "range", "standard-deviation", "deviation", "residual", "readings", "ewma"}
)
"""Statistics in the unit of what was measured."""


def rule_phrase(rule: Rule, rules: RuleSet, wording: Wording) -> str:
    """Return what a rule asks, in a line: "9 in a row on one side of the centre line"."""
    if rule == limit_rule(rules):
        return wording("rule-limit")
    asks = "outside" if rule.asks == "same-side" and rule.sigma and rule.among == 1 else rule.asks
    name = f"rule-{asks}"
    if asks in {"same-side", "above", "below"}:
        name += "-asked" if rule.sigma else "-centre"
    count = "rule-one" if rule.among == 1 else "rule-in-a-row" if rule.points == rule.among else "rule-of"
    points = wording(count, points=rule.points, among=rule.among)
    return wording(name, points=points, sigma=f"{rule.sigma:g}")


def statistic(name: str, wording: Wording) -> str:
    """Return the name of a statistic as it is read; one that has no phrase stays as it is."""
    return wording.words.get(f"statistic-{name}", name)


def chart_name(kind: str, wording: Wording) -> str:
    """Return the name of a kind of chart as it is read."""
    return wording.words.get(f"chart-{kind}", kind)


def unit_of(kind: str, name: str, unit: str, wording: Wording) -> str:
    """Return the unit of a statistic as it is read, empty where it has none."""
    return wording.unit(unit) if unit and name in _MEASURED and kind != "z-mr" else ""


def figure(value: float, span: float) -> str:
    """Return a number with as many decimals as a thousandth of what is shown needs, about."""
    if not isfinite(value):
        return "–"
    if not 1e-5 < span < 1e9:
        return signed(f"{value:.5g}")
    decimals = min(max(0, 2 - floor(log10(span / 2.5))), 8)
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".") if float(text) == value else text
    return grouped("0" if text in {"-0", "-0." + "0" * decimals} else text)
