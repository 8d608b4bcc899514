"""Which time-dependent model a process follows: A1, A2, B, C1 to C4 or D, and by which tests.

A: location and dispersion stay (A1 normal, A2 not). B: only dispersion changes. C: only location changes, at random and normally
(C1), at random otherwise (C2), along a trend (C3), in steps or otherwise with memory (C4). D: both change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.groups import Groups, subgroups
from openqi.science.capability.estimates.moments import checked, moments
from openqi.science.capability.estimates.quantiles import sample_quantile
from openqi.science.capability.shapes.goodness import normality
from openqi.science.numbers.beta_functions import beta_both, lacking
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.sums import plain_sum, total

MODELS: Final = ("A1", "A2", "B", "C1", "C2", "C3", "C4", "D")
LEAST_SUBGROUPS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Test:
    """One test and its result.

    Args:
        name: of the test.
        question: what it asks: `location`, `dispersion`, `shape`, `trend`, `memory`, or `shape-of-means`.
        statistic: of the test.
        p_value: probability of as much, or more, if nothing is there.
        found: whether it is below the significance.
    """

    name: str
    question: str
    statistic: float
    p_value: float
    found: bool


@dataclass(frozen=True, kw_only=True)
class TimeModel:
    """A model and what it was chosen by.

    Args:
        model: one of `MODELS`.
        tests: in the order in which they were asked.
        significance: of each.
        subgroups: how many.
        methods: of the overall reach that suit the model: `moments` (mean and standard deviation) or `quantiles`.
    """

    model: str
    tests: tuple[Test, ...]
    significance: float
    subgroups: int
    methods: tuple[str, ...]


def time_model(values: Sequence[float], by: int | Sequence[str], *, significance: float = 0.01) -> TimeModel:
    """Return the time-dependent distribution model that subgroups speak for.

    A model is what was not refused: with few subgroups a change that is there may not be seen. Five tests are made at most, each at
    the significance.

    Args:
        values: readings in order of time.
        by: size of subgroups, or a label of each reading; at least 8 subgroups, of at least 3 readings each
            (of two both lie as far from their median, and say nothing about a change of dispersion).
        significance: of each test, between 0 and 0.5.

    Raises:
        DomainError: too few subgroups, too small ones, or no spread within them.

    Source: [ISO22514-2]; one-way analysis of variance, [LEVENE-BROWN-FORSYTHE], [STEPHENS1986], [VON-NEUMANN1941].
    """
    if not 0.0 < significance < 0.5:
        raise DomainError(f"significance {significance}; between 0 and 0.5, for example 0.01")
    groups = subgroups(checked(values, least=3 * LEAST_SUBGROUPS), by)
    if len(groups) < LEAST_SUBGROUPS or min(map(len, groups)) < 3:
        raise DomainError(f"{len(groups)} subgroups, the smallest of {min(map(len, groups))}: at least 8 of at least 3 readings")
    location = _test("anova", "location", _between(groups), significance)
    spread = _test("brown-forsythe", "dispersion", _between(_deviations(groups)), significance)
    tests = [location, spread]
    if location.found and spread.found:
        return _model("D", tests, significance, groups)
    if spread.found:
        return _model("B", tests, significance, groups)
    if not location.found:
        shape = _test("anderson-darling", "shape", normality([x for group in groups for x in group]), significance)
        return _model("A2" if shape.found else "A1", [*tests, shape], significance, groups)
    means = [moments(group).mean for group in groups]
    trend = _test("linear-trend", "trend", _trend(means), significance)
    memory = _test("von-neumann", "memory", _memory(means), significance)
    tests += [trend, memory]
    if trend.found and not _test("von-neumann", "memory", _memory(_detrended(means)), significance).found:
        return _model("C3", tests, significance, groups)
    if trend.found or memory.found:
        return _model("C4", tests, significance, groups)
    shape = _test("anderson-darling", "shape-of-means", normality(means), significance)
    return _model("C2" if shape.found else "C1", [*tests, shape], significance, groups)


def _test(name: str, question: str, result: tuple[float, float], significance: float) -> Test:
    return Test(name=name, question=question, statistic=result[0], p_value=result[1], found=result[1] < significance)


def _model(model: str, tests: Sequence[Test], significance: float, groups: Groups) -> TimeModel:
    methods = ("moments", "quantiles") if model in ("A1", "C1") else ("quantiles",)
    return TimeModel(model=model, tests=tuple(tests), significance=significance, subgroups=len(groups), methods=methods)


def _between(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """F of a one-way analysis of variance, and its p-value."""
    known = [moments(group) for group in groups]
    n = plain_sum(one.n for one in known)
    centre = total([one.n * one.mean for one in known]) / n
    between = total([one.n * (one.mean - centre) * (one.mean - centre) for one in known])
    inside = total([one.squares for one in known])
    if not inside > 0.0:
        raise DomainError("readings within subgroups do not differ: nothing tells chance from change")
    first, second = float(len(groups) - 1), float(n - len(groups))
    ratio = (between / first) / (inside / second)
    if ratio <= 0.0:
        return 0.0, 1.0
    x = first * ratio / (first * ratio + second)
    rest = second / (first * ratio + second)
    return ratio, beta_both(0.5 * first, 0.5 * second, x, rest, lacking(0.5 * first, 0.5 * second))[1] if rest > 0.0 else 0.0


def _deviations(groups: Groups) -> list[list[float]]:
    """Distances from the median of each subgroup; of an odd one without the zero of the median itself, which knows nothing."""
    found = []
    for group in groups:
        ordered = sorted(group)
        middle = sample_quantile(ordered, 0.5, 7)
        away = [abs(x - middle) for x in ordered]
        if len(away) % 2:
            away.remove(0.0)
        found.append(away)
    return found


def _trend(means: Sequence[float]) -> tuple[float, float]:
    """F of the slope of means over their order, and its p-value."""
    slope, squares, rest = _line(means)
    second = float(len(means) - 2)
    if not rest > 0.0:
        return 1e300, 0.0
    ratio = slope * slope * squares / (rest / second)
    x = ratio / (ratio + second)
    return ratio, beta_both(0.5, 0.5 * second, x, 1.0 - x, lacking(0.5, 0.5 * second))[1] if 0.0 < x < 1.0 else (1.0 - x)


def _line(means: Sequence[float]) -> tuple[float, float, float]:
    """Slope, sum of squares of the places, and what the line leaves of that of the means."""
    n, mean = len(means), moments(means).mean
    places = [place - 0.5 * (n - 1) for place in range(n)]
    squares = total([one * one for one in places])
    slope = total([one * (value - mean) for one, value in zip(places, means, strict=True)]) / squares
    rest = total([(value - mean - slope * one) * (value - mean - slope * one) for one, value in zip(places, means, strict=True)])
    return slope, squares, rest


def _detrended(means: Sequence[float]) -> list[float]:
    slope = _line(means)[0]
    return [value - slope * place for place, value in enumerate(means)]


def _memory(means: Sequence[float]) -> tuple[float, float]:
    """Von Neumann's ratio, about 2 without memory and less with it, and its one-sided p-value, normal by its moments."""
    n, squares = len(means), moments(means).squares
    if not squares > 0.0:
        return 2.0, 1.0
    steps = [means[place] - means[place - 1] for place in range(1, n)]
    ratio = total([one * one for one in steps]) / squares
    # Of normal means the ratio of sums has mean 2 and variance 4 (n - 2) / (n^2 - 1).
    return ratio, normal_below((ratio - 2.0) / sqrt(4.0 * (n - 2) / (n * n - 1.0)))
