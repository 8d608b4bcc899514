"""Type A evaluation: series of readings, also autocorrelated, simultaneous, or in groups. Sums are exact on the stated decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import fsum, sqrt
from typing import NamedTuple

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import plain_sum
from openqi.science.uncertainty.inputs.numbers import nearest, root, whole_steps
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity


@dataclass(frozen=True, kw_only=True)
class Anova:
    """A one-way analysis of variance; sums of squares in the square of the unit of the readings."""

    mean: float
    between_sum: float
    between_dof: int
    within_sum: float
    within_dof: int
    f: float
    r_squared: float

    @property
    def between_mean_square(self) -> float:
        """Mean square between groups."""
        return self.between_sum / self.between_dof

    @property
    def within_mean_square(self) -> float:
        """Mean square within groups."""
        return self.within_sum / self.within_dof


class Series(NamedTuple):
    """A series without losses: its size, its exact mean, and each deviation from it times n, in steps of the last digit."""

    size: int
    mean: Fraction
    deviations: list[int]
    step: Fraction

    def squares(self, other: "Series") -> Fraction:
        """Return the sum of products of the deviations of two series."""
        product = plain_sum(one * two for one, two in zip(self.deviations, other.deviations, strict=True))
        return Fraction(product, self.size * self.size) * self.step * other.step


def type_a(readings: Sequence[float | str], *, id: str, autocorrelated: bool = False) -> InputQuantity:  # noqa: A002
    """Return the mean of repeated readings with its standard uncertainty.

    Args:
        readings: at least two.
        id: see `InputQuantity`.
        autocorrelated: neighbours are not independent: where they go together, their correlation enlarges the uncertainty and
            lessens the dof; where they alternate, it lessens the uncertainty.
            Correlations count up to the last lag at which they stand out of chance, and at most a quarter of the series.

    Raises:
        DomainError: fewer than two readings (eight where they are autocorrelated), or one is not finite.
        FormatError: a text is no decimal.

    Source: [GUM] clause 4.2; [ZHANG2006] for autocorrelated readings.
    """
    series = _series(readings, id)
    variance = series.squares(series) / (series.size - 1) / series.size
    u, dof = root(variance, f"the uncertainty of {id}"), float(series.size - 1)
    if autocorrelated and variance:
        u, dof = _autocorrelated(series, u)
    return InputQuantity(value=nearest(series.mean, id), standard_uncertainty=u, degrees_of_freedom=dof, id=id, exact=series.mean)


def ensemble(
    columns: Mapping[str, Sequence[float | str]],
    *,
    id: str,  # noqa: A002
) -> tuple[dict[str, InputQuantity], tuple[Correlation, ...]]:
    """Return the means of quantities that were read at the same times, by name, with the correlations of their means.

    Args:
        columns: readings by name, equally many in each, at least two.
        id: of the series; the quantity `name` has the id `id#name`.

    Raises:
        DomainError: the columns do not match, or are too short.
        FormatError: a text is no decimal.

    Source: [GUM] clause 5.2.3, equation (17), and H.2; [WILLINK2007].
    """
    lengths = {name: len(readings) for name, readings in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DomainError(f"series {id}: readings at the same times come in equal numbers, here are {told}")
    series = {name: _series(readings, f"{id}#{name}") for name, readings in columns.items()}
    sums = {name: one.squares(one) for name, one in series.items()}
    inputs = {
        name: InputQuantity(
            value=nearest(one.mean, name),
            standard_uncertainty=root(sums[name] / (one.size - 1) / one.size, f"the uncertainty of {name}"),
            degrees_of_freedom=float(one.size - 1),
            id=f"{id}#{name}",
            ensemble=id,
            exact=one.mean,
        )
        for name, one in series.items()
    }
    correlations = []
    for first, second in combinations(series, 2):
        product = series[first].squares(series[second])
        if product:
            # The square is exact, so that columns in proportion have exactly 1.
            r = root(product * product / (sums[first] * sums[second]), "the correlation")
            correlations.append(Correlation(first=f"{id}#{first}", second=f"{id}#{second}", coefficient=r if product > 0 else -r))
    return inputs, tuple(correlations)


def analysis_of_variance(groups: Sequence[Sequence[float | str]]) -> Anova:
    """Return the analysis of variance of readings in groups.

    Raises:
        DomainError: fewer than two groups, or nothing is left to vary within them.
        FormatError: a text is no decimal.

    Source: [GUM] H.5, figures of [STRD].
    """
    if len(groups) < 2 or not all(groups):
        raise DomainError(f"{len(groups)} groups, some perhaps empty; an analysis of variance compares two or more with readings")
    steps, step = whole_steps([reading for group in groups for reading in group], "analysis of variance")
    size, total = len(steps), plain_sum(steps)
    if size == len(groups):
        raise DomainError("every group has one reading: nothing can vary within them; give two or more in some group")
    squares, between, start = plain_sum(one * one for one in steps), Fraction(0), 0
    for group in groups:
        subtotal = plain_sum(steps[start : start + len(group)])
        between += Fraction(subtotal * subtotal, len(group))
        start += len(group)
    within = (squares - between) * step * step
    between = (between - Fraction(total * total, size)) * step * step
    if not within:
        raise DomainError("all readings of each group are equal: F would be infinite; state them with more digits")
    between_dof, within_dof = len(groups) - 1, size - len(groups)
    return Anova(
        mean=nearest(total * step / size, "the mean"),
        between_sum=nearest(between, "the sum of squares"),
        between_dof=between_dof,
        within_sum=nearest(within, "the sum of squares"),
        within_dof=within_dof,
        f=nearest((between / between_dof) / (within / within_dof), "F"),
        r_squared=nearest(between / (between + within), "R squared"),
    )


def _series(readings: Sequence[float | str], what: str) -> Series:
    if len(readings) < 2:
        raise DomainError(f"{what}: {len(readings)} readings; a type A evaluation needs at least 2")
    steps, step = whole_steps(readings, what)
    size, total = len(steps), plain_sum(steps)
    return Series(size, total * step / size, [one * size - total for one in steps], step)


def _autocorrelated(series: Series, u: float) -> tuple[float, float]:
    """The uncertainty of a mean whose readings are correlated, and the degrees of freedom that are left."""
    size, deviations = series.size, series.deviations
    if size < 8:
        raise DomainError(f"{size} readings are too few to see how neighbours are correlated; take at least 8")
    squares = plain_sum(one * one for one in deviations)
    most = size // 4
    rho = [
        float(Fraction(plain_sum(one * two for one, two in zip(deviations, deviations[lag:], strict=False)), squares))
        for lag in range(1, most + 1)
    ]
    last = 0
    for lag in range(1, most + 1):
        # Bartlett's limits: what a correlation of the lags before would let chance show at this one.
        limit = 1.96 * sqrt((1.0 + 2.0 * fsum(one * one for one in rho[: lag - 1])) / size)
        if abs(rho[lag - 1]) > limit:
            last = lag
    inflation = 1.0 + 2.0 * fsum((1.0 - lag / size) * rho[lag - 1] for lag in range(1, last + 1))
    if inflation <= 0.0:
        raise DomainError("the readings alternate so strongly that their mean would seem to have no uncertainty; take more of them")
    return u * sqrt(inflation), max(size / inflation - 1.0, 1.0) if inflation > 1.0 else float(size - 1)
