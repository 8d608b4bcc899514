"""The rules as their definition says it, one point after the other: slow, and beside no shortcut of the kernel."""

from itertools import pairwise
from math import isnan

from openqi.science.charts.rules.rule import Rule


def holds(asks: str, values: list[float], place: int, high: float, low: float) -> tuple[bool, bool]:
    """Whether a point is as asked, on the upper and on the lower side; a missing value, and one that lies before all, never is."""
    if place < 0 or isnan(values[place]):
        return False, False
    value = values[place]
    above, below = value > high, value < low
    if asks in {"same-side", "above", "below", "outside", "within"}:
        either = {"same-side": (above, below), "above": (above, False), "below": (False, below)}
        return either.get(asks, ((above or below) if asks == "outside" else not (above or below), False))
    last = values[place - 1] if place > 0 else float("nan")
    rises, falls = value > last, value < last
    return {"trend": (rises, falls), "rising": (rises, False), "falling": (False, falls)}[asks]


def completes(rule: Rule, values: list[float], place: int, centre: float, sigma: float) -> bool:
    """Whether a point completes the pattern of a rule."""
    high, low = centre + rule.sigma * sigma, centre - rule.sigma * sigma
    if rule.asks in {"alternation", "opposite"}:
        asks = "trend" if rule.asks == "alternation" else "same-side"
        spans = rule.points - 1 if rule.asks == "alternation" else rule.points
        sides = [holds(asks, values, place - back, high, low) for back in range(spans)]
        signs = [int(up) - int(down) for up, down in sides]
        return all(one * other == -1 for one, other in pairwise(signs))
    points, among = rule.points, rule.among
    if rule.asks in {"trend", "rising", "falling"}:
        points, among = points - 1, among - 1
    sides = [holds(rule.asks, values, place - back, high, low) for back in range(among)]
    return any(sides[0][side] and sum(one[side] for one in sides) >= points for side in (0, 1))


def flags(rules: tuple[Rule, ...], values: list[float], centre: float, sigma: float) -> list[int]:
    """The bits of every point."""
    return [
        sum(completes(rule, values, place, centre, sigma) << bit for bit, rule in enumerate(rules)) for place in range(len(values))
    ]
