"""Charts run in the plainest way, point by point, as a second opinion on every computed run length."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf, sqrt

import numpy as np

from openqi.science.charts.run_lengths.rules.rule import Rule, SequenceRule, ValueRule, ZoneRule


def points(seed: int) -> Callable[[], float]:
    """Return a source of standard normal numbers, out of NumPy's Philox."""
    chance = np.random.Generator(np.random.Philox(seed))
    kept: list[float] = []

    def following() -> float:
        if not kept:
            kept.extend(chance.standard_normal(10_000).tolist())
        return kept.pop()

    return following


def mean_and_error(run: Callable[[], int], runs: int) -> tuple[float, float]:
    """Return the mean of simulated run lengths and its standard error."""
    lengths = np.array([run() for _ in range(runs)])
    return float(lengths.mean()), float(lengths.std(ddof=1) / sqrt(runs))


def lengths_of(step: Callable[..., tuple[object, object]], start: object, seed: int, runs: int = 20_000) -> "np.ndarray":
    """Return simulated run lengths of many charts side by side.

    Args:
        step: takes states (an array, a row a number of the state), points and t to the next states and to which of them signal.
        start: the first state, a tuple of numbers.
        seed: of NumPy's Philox.
        runs: so many charts.
    """
    chance = np.random.Generator(np.random.Philox(seed))
    states, alive = np.repeat(np.array(start, dtype=float)[:, None], runs, axis=1), np.arange(runs)
    lengths, t = np.zeros(runs), 0
    while len(alive):
        t += 1
        states, signals = step(states, chance.standard_normal(len(alive)), t)
        lengths[alive[signals]] = t
        states, alive = states[:, ~signals], alive[~signals]
    return lengths


def agree(value: float, lengths: "np.ndarray") -> bool:
    """Return whether a run length is within four standard errors of simulated ones."""
    return bool(abs(value - lengths.mean()) < 4 * lengths.std(ddof=1) / sqrt(len(lengths)))


def broken(rules: Sequence[Rule], history: Sequence[float]) -> bool:
    """Return whether the last point of a history breaks a rule: by the words of the rule, over its whole window."""
    return any(_breaks(rule, history) for rule in rules)


def _breaks(rule: Rule, history: Sequence[float]) -> bool:
    if isinstance(rule, ValueRule):
        last = history[-rule.points :]
        steps = [after - before for before, after in pairwise(last)]
        if len(last) < rule.points:
            return False
        if rule.pattern == "trend":
            return all(step > 0 for step in steps) or all(step < 0 for step in steps)
        return all(one * other < 0 for one, other in pairwise(steps))
    turned = [list(history), [-one for one in history]]
    if isinstance(rule, SequenceRule):
        wanted = {"upper": turned[:1], "lower": turned[1:], "either": turned}[rule.side]
        return any(
            len(one) >= len(rule.zones)
            and all(low < x <= high for x, (low, high) in zip(one[-len(rule.zones) :], rule.zones, strict=True))
            for one in wanted
        )
    assert isinstance(rule, ZoneRule)
    up, down = ([rule.above < x <= rule.below for x in one[-rule.of :]] for one in turned)
    if rule.side == "both":
        return sum(a or b for a, b in zip(up, down, strict=True)) >= rule.least
    return any(sum(one) >= rule.least for one in {"upper": [up], "lower": [down], "either": [up, down]}[rule.side])


def run_of_rules(rules: Sequence[Rule], draw: Callable[[], float]) -> Callable[[], int]:
    """Return runs of a chart of rules."""

    def run() -> int:
        history: list[float] = []
        while True:
            history.append(draw())
            if broken(rules, history[-60:]):
                return len(history)

    return run


def markov_cusum(k: float, h: float, shift: float, cells: int) -> float:
    """Return the run length of an upper CUSUM by a chain of cells (Brook and Evans), which converges as 1/cells²."""
    from scipy.stats import norm

    width = 2 * h / (2 * cells - 1)
    centres = np.arange(cells) * width
    edges = np.concatenate([[-inf], centres + width / 2])
    moves = norm.cdf(edges[None, 1:] - centres[:, None] + k - shift) - norm.cdf(edges[None, :-1] - centres[:, None] + k - shift)
    return float(np.linalg.solve(np.eye(cells) - moves, np.ones(cells))[0])
