"""T²: how far vectors of related readings lie from their mean, phase I (their own covariance) or phase II (a frozen one)."""

from math import isnan, nan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.vectors import factor_of, frozen_spread, spread_of, squared_distance
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Stage, Track
from openqi.science.numbers.special import incomplete_beta_inverse, incomplete_gamma_inverse


def compute(stage: Stage) -> Computed:
    """Return the distances of a stage; a vector with a missing value has none.

    Options: `tail`, the chance of a false alarm a point, 0.0027; `baseline`, a mapping with `centre`, `covariance` and `count`
    (of the vectors that it was estimated from; 0 where it is known), for phase II.
    """
    width = len(stage.rows[0])
    if wrong := [place for place, row in enumerate(stage.rows) if len(row) != width]:
        raise DomainError(f"point {wrong[0] + 1} has {len(stage.rows[wrong[0]])} values and the first one {width}")
    tail = stage.number("tail", 0.0027, above=0.0, up_to=0.5)
    given = stage.options.get("baseline")
    whole = [row for row in stage.rows if not any(map(isnan, row))]
    base = spread_of(whole) if given is None else frozen_spread(given, width, width + 1)
    factor = factor_of(base.covariance)
    values = tuple(nan if any(map(isnan, row)) else squared_distance(row, base.centre, factor) for row in stage.rows)
    limit = upper_limit(width, base.count, tail, first=given is None)
    count = len(values)
    track = Track(
        name="squared-distance", values=values, centre=(nan,) * count, sigma=(nan,) * count, lower=(-float("inf"),) * count,
        upper=(limit,) * count, nature=DEPENDENT,
    )  # fmt: skip
    return Computed(
        tracks=(track,),
        estimates={f"centre {place + 1}": middle for place, middle in enumerate(base.centre)} | {"upper": limit},
        estimators={"centre": "mean", "covariance": "sample"} if given is None else {"centre": "frozen", "covariance": "frozen"},
    )


def upper_limit(width: int, count: int, tail: float, *, first: bool) -> float:
    """Return the distance beyond which a vector lies with the chance `tail`.

    Args:
        width: components of a vector.
        count: of vectors that mean and covariance were estimated from; 0 where they are known.
        tail: in (0, 1).
        first: phase I: the vector was one of them (beta); else it was not (F), or nothing was estimated (chi-squared).

    Source: [TRACY1992].
    """
    if not count:
        return 2.0 * incomplete_gamma_inverse(width / 2.0, 1.0 - tail)
    if first:
        share = 1.0 - incomplete_beta_inverse((count - width - 1) / 2.0, width / 2.0, tail)
        return (count - 1.0) * (count - 1.0) / count * share
    # F from beta: with x the lower tail of the complement, F = (m - p)(1 - x) / (p x).
    x = incomplete_beta_inverse((count - width) / 2.0, width / 2.0, tail)
    return (count + 1.0) * (count - 1.0) / count * (1.0 - x) / x


CHARTKIND = ChartKind(name="t2", data="vectors", compute=compute, options=("tail", "baseline"), source="[TRACY1992]")
