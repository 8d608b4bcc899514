"""Change point: how much likelier a change of mean or variance before each reading is than none; the likeliest is found."""

from math import inf, isnan, nan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.kernel.moments import squares
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, Track
from openqi.science.numbers.elementary import log

_LONGEST = 2_000


def compute(stage: Stage) -> Computed:
    """Return the corrected likelihood ratio of a change before each reading, at least two on each side.

    Option: `tail`, the chance of a false alarm of the whole chart, 0.05. The limit is the chi-squared quantile (2 degrees of
    freedom) of the tail over the number of places, so that the chance is at most the tail. Missing readings have no ratio.
    """
    tail = stage.number("tail", 0.05, above=0.0, up_to=0.5)
    there = [place for place, value in enumerate(stage.values) if not isnan(value)]
    if not 4 <= len(there) <= _LONGEST:
        raise DomainError(f"a change is looked for in 4 to {_LONGEST} readings; there are {len(there)}")
    ratios = _ratios([stage.values[place] for place in there])
    values = [nan] * len(stage.values)
    for place, ratio in zip(there, ratios, strict=True):
        values[place] = ratio
    limit = -2.0 * log(tail / (len(there) - 3))
    judged = [(ratio, -place) for place, ratio in zip(there, ratios, strict=True) if not isnan(ratio)]
    count = len(values)
    track = Track(
        name="likelihood-ratio", values=tuple(values), centre=(nan,) * count, sigma=(nan,) * count, lower=(-inf,) * count,
        upper=(limit,) * count, nature=DEPENDENT,
    )  # fmt: skip
    # Of readings that do not differ every ratio is 0, and no place is likelier than another.
    found = {"likeliest_first_point": float(-max(judged)[1]), "ratio": max(judged)[0]} if judged and max(judged)[0] > 0.0 else {}
    return Computed(tracks=(track,), estimates={"upper": limit}, findings=found)


def _ratios(values: list[float]) -> list[float]:
    """The ratios in the order of values.

    Where one side is constant there is none: two equal readings, rounded perhaps, are no proof. Where both are, it is infinite.
    """
    size = len(values)
    variance = _variance(values)
    if not variance > 0.0:
        return [nan, nan, *[0.0] * (size - 3), nan]
    found = [nan] * size
    for first in range(2, size - 1):
        before, after = _variance(values[:first]), _variance(values[first:])
        if not (before > 0.0 and after > 0.0):
            found[first] = nan if before > 0.0 or after > 0.0 else inf
            continue
        ratio = first * log(variance / before) + (size - first) * log(variance / after)
        found[first] = ratio / _correction(first, size - first, size)
    return found


def _variance(values: list[float]) -> float:
    return squares(values, mean(values), [0.0] * 64) / len(values)


def _correction(before: int, after: int, size: int) -> float:
    """Bartlett's factor: it brings the mean of the ratio near to that of its chi-squared limit."""
    ones = 1.0 / before + 1.0 / after - 1.0 / size
    return 1.0 + 11.0 / 12.0 * ones + (1.0 / (before * before) + 1.0 / (after * after) - 1.0 / (size * size))


CHARTKIND = ChartKind(name="change-point", data="individuals", compute=compute, options=("tail",), source="[HAWKINS2005]")
