"""The compiled part of windowed walks: what a step from a place gives each coefficient of a polynomial on each panel."""

from math import sqrt
from typing import Any

from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.gamma_functions import gamma_both
from openqi.science.numbers.normal_functions import normal_below

ROOT_TWO_PI = 2.5066282746310002
FAR = 9.0


def density(numbers: Any, score: float) -> float:
    """Return the density of a standard normal or, with degrees of freedom, a chi-squared number."""
    if numbers[6] == 0.0:
        return unchecked_exp(-0.5 * score * score) / ROOT_TWO_PI
    if score <= 0.0:
        return 0.0
    return unchecked_exp((0.5 * numbers[6] - 1.0) * unchecked_log(score) - 0.5 * score - numbers[7])


def below(numbers: Any, score: float) -> float:
    """Return the probability of at most a score."""
    if numbers[6] == 0.0:
        return normal_below(score)
    return gamma_both(0.5 * numbers[6], 0.5 * score)[0] if score > 0.0 else 0.0


def chances(
    numbers: Any, places: Any, panels: Any, nodes: Any, weights: Any, fine: Any, fine_weights: Any, out: Any
) -> None:  # fmt: skip
    """Write, for each place, what a step gives to each coefficient (a node of a panel); in a last column to the rest at 0."""
    keep, drift, step, slope = numbers[0], numbers[1], numbers[2], numbers[3]
    order, count = len(nodes), len(panels)
    for row in range(len(places)):
        x = places[row]
        centre = keep * x + drift
        low, high = slope * x + numbers[4], slope * x + numbers[5]
        if numbers[6] > 0.0:
            low = max(low, centre)
            high = min(high, centre + step * (numbers[6] + 60.0 + 12.0 * sqrt(2.0 * numbers[6])))
        else:
            low, high = max(low, centre - FAR * step), min(high, centre + FAR * step)
        for panel in range(count):
            left, right = max(panels[panel, 0], low), min(panels[panel, 1], high)
            if right <= left:
                continue
            middle, half = 0.5 * (panels[panel, 0] + panels[panel, 1]), 0.5 * (panels[panel, 1] - panels[panel, 0])
            for q in range(len(fine)):
                # Squared towards the lower end, where the density of a chi-squared number may begin like a root.
                u = 0.5 * (1.0 + fine[q])
                y = left + (right - left) * u * u
                share = fine_weights[q] * (right - left) * u * density(numbers, (y - centre) / step) / step
                t = (y - middle) / half
                whole = 0.0
                met = -1
                for j in range(order):
                    apart = t - nodes[j]
                    if apart == 0.0:
                        met = j
                        break
                    sign = sqrt((1.0 - nodes[j] * nodes[j]) * weights[j])
                    whole += (sign if j % 2 == 0 else -sign) / apart
                if met >= 0:
                    out[row, panel * order + met] += share
                    continue
                for j in range(order):
                    sign = sqrt((1.0 - nodes[j] * nodes[j]) * weights[j])
                    out[row, panel * order + j] += share * (sign if j % 2 == 0 else -sign) / (t - nodes[j]) / whole
        if out.shape[1] > order * count:
            end = min(0.0, slope * x + numbers[5])
            start = slope * x + numbers[4]
            out[row, order * count] = max(below(numbers, (end - centre) / step) - below(numbers, (start - centre) / step), 0.0)
