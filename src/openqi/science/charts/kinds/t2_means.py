"""T² of means of subgroups of vectors, phase I (spread within the subgroups themselves) or phase II (a frozen baseline)."""

from math import isnan, nan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.estimators.vectors import Spread, factor_of, frozen_spread, spread_within, squared_distance
from openqi.science.charts.panel import DEPENDENT, ChartKind, Computed, Row, Stage, Track
from openqi.science.numbers.special import incomplete_beta_inverse, incomplete_gamma_inverse


def compute(stage: Stage) -> Computed:
    """Return the distances of the means of a stage; a subgroup with a missing value has none.

    A point is a subgroup, its vectors one behind the other; all subgroups have equally many. Options: `variables` in a vector;
    `tail`, the chance of a false alarm a point, 0.0027; `baseline`, a mapping with `centre`, `covariance` of a vector and
    `count` of the subgroups that both were estimated from (0 where they are known), for phase II.
    """
    width = int(stage.number("variables", nan, above=0.5, up_to=1000.0)) if stage.options.get("variables") is not None else 0
    size = _size(stage.rows, width)
    tail = stage.number("tail", 0.0027, above=0.0, up_to=0.5)
    given = stage.options.get("baseline")
    vectors = [[row[start : start + width] for start in range(0, len(row), width)] for row in stage.rows]
    whole = [one for one in vectors if not any(isnan(value) for vector in one for value in vector)]
    base = spread_within(whole, width) if given is None else frozen_spread(given, width, 2)
    factor = factor_of(base.covariance)
    values = tuple(
        nan if any(isnan(value) for vector in one for value in vector) else size * squared_distance(_mean(one), base.centre, factor)
        for one in vectors
    )
    limit, count = upper_limit_of_means(width, base.count, size, tail, first=given is None), len(values)
    track = Track(
        name="squared-distance", values=values, centre=(nan,) * count, sigma=(nan,) * count, lower=(-float("inf"),) * count,
        upper=(limit,) * count, nature=DEPENDENT,
    )  # fmt: skip
    return Computed(tracks=(track,), estimates=_estimates(base) | {"upper": limit}, estimators=_names(given is None))


def _size(rows: tuple[Row, ...], width: int) -> int:
    """Vectors in a subgroup."""
    if not width:
        raise DomainError("t2-means needs variables: how many values a vector has; a point is a subgroup of such vectors")
    length = len(rows[0])
    if wrong := [place for place, row in enumerate(rows) if len(row) != length]:
        raise DomainError(
            f"point {wrong[0] + 1} has {len(rows[wrong[0]])} values and the first one {length}; subgroups have equally many vectors"
        )
    if length % width or length // width < 2:
        raise DomainError(f"subgroups of {length} values are not two or more vectors of {width}; single vectors are a chart t2")
    return length // width


def _mean(vectors: list[Row]) -> Row:
    return tuple(mean(column) for column in zip(*vectors, strict=True))


def _estimates(base: Spread) -> dict[str, float]:
    middles = {f"centre {place + 1}": middle for place, middle in enumerate(base.centre)}
    spreads = {
        f"covariance {row + 1} {column + 1}": base.covariance[row][column]
        for row in range(len(base.centre)) for column in range(row + 1)
    }  # fmt: skip
    return middles | spreads


def _names(first: bool) -> dict[str, str]:
    return {"centre": "grand-mean", "covariance": "pooled"} if first else {"centre": "frozen", "covariance": "frozen"}


def upper_limit_of_means(width: int, groups: int, size: int, tail: float, *, first: bool) -> float:
    """Return the distance beyond which the mean of a subgroup lies with the chance `tail`.

    Args:
        width: values of a vector.
        groups: subgroups that mean and covariance were estimated from; 0 where they are known.
        size: vectors in a subgroup.
        tail: in (0, 1).
        first: phase I: the subgroup was one of them.

    Raises:
        DomainError: too few subgroups.

    Source: [MONTGOMERY] section 11.3.1.
    """
    if not groups:
        return 2.0 * incomplete_gamma_inverse(width / 2.0, 1.0 - tail)
    dof = groups * (size - 1) - width + 1
    if dof < 1 or groups < 2:
        raise DomainError(f"{groups} subgroups of {size} vectors of {width} values; more of them, or larger ones")
    x = incomplete_beta_inverse(dof / 2.0, width / 2.0, tail)
    return (groups - 1.0 if first else groups + 1.0) * (size - 1.0) * (1.0 - x) / x


CHARTKIND = ChartKind(
    name="t2-means",
    data="vectors",
    compute=compute,
    options=("variables", "tail", "baseline"),
    source="[MONTGOMERY] section 11.3.1",
)
