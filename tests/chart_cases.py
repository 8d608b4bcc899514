"""A control chart of every kind, made from readings that are the same each time, with points that break rules."""

from math import exp
from random import Random
from typing import Any

from openqi.science.charts.charting import Chart, chart

_SHORT = {"A": 10.0, "B": 50.0, "C": 7.0}


def readings(points: int, *, shift: float = 0.0, seed: int = 7) -> list[float]:
    """Return normal readings about 10, of which the last third is shifted."""
    chance = Random(seed)
    return [10.0 + chance.gauss(0, 1) + (shift if point > points * 0.7 else 0.0) for point in range(points)]


def counts(points: int, mean: float, *, seed: int = 7) -> list[int]:
    """Return counts of a Poisson distribution."""
    chance, found = Random(seed), []
    for _ in range(points):
        count, left = 0, chance.random()
        while left > exp(-mean):
            count, left = count + 1, left * chance.random()
        found.append(count)
    return found


def chart_of(kind: str, points: int = 40, **more: Any) -> Chart:
    """Return a chart of a kind."""
    chance = Random(11)
    data: Any = readings(points, shift=3.0)
    if kind in {"xbar-r", "xbar-s"}:
        data = [[one + chance.gauss(0, 1) for _ in range(4)] for one in data]
    elif kind in {"s2-ewma", "variance-cusum"}:
        data = [[chance.gauss(10, 3 if place > points * 0.7 else 1) for _ in range(4)] for place in range(points)]
        more = {"centre": 10.0, "sigma": 1.0} | more
    elif kind == "t2-means":
        data = [[chance.gauss(0, 1) for _ in range(8)] for _ in data[1:]] + [[6.0, -6.0] * 4]
        more["variables"] = 2
    elif kind == "t2":
        data = [[chance.gauss(0, 1), chance.gauss(0, 1)] for _ in data[1:]] + [[6.0, -6.0]]
    elif kind in {"p", "np", "laney-p", "c", "u", "laney-u"}:
        data = [*counts(points - 1, 6.0), 40]
    elif kind == "g":
        data = [*counts(points - 1, 30.0), 900]
    if kind in {"p", "np", "laney-p"}:
        more["sizes"] = [chance.randint(60, 140) for _ in range(points)] if kind != "np" else [100] * points
    if kind in {"u", "laney-u"}:
        more["sizes"] = [chance.choice([1.0, 2.0, 3.0]) for _ in range(points)]
    if kind in {"z-mr", "deviation-from-nominal"}:
        parts = [["A", "B", "C"][point // 8 % 3] for point in range(points)]
        data = [_SHORT[part] + one - 10.0 for part, one in zip(parts, data, strict=True)]
        more["groups"] = parts
        more |= (
            {"nominals": _SHORT} if kind == "deviation-from-nominal" else {"centres": _SHORT, "sigmas": dict.fromkeys(_SHORT, 1.0)}
        )
    if kind in {"i-mr", "ewma", "cusum", "crosier-cusum", "scale-cusum", "variance-ewma", "deviation-from-nominal"}:
        more = {"centre": 0.0 if kind == "deviation-from-nominal" else 10.0, "sigma": 1.0} | more
    return chart(kind, data, **more)
