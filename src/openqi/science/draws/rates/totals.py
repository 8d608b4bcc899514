"""Totals, means and rates of the population, each with its variance, by linearisation where it is a ratio."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.intervals import Interval, Spread, interval_of, t_factor
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.sample import Sample, Values
from openqi.science.draws.rates.variances import Design, method_of, total_variance
from openqi.science.numbers.sums import plain_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = Design()


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate with its variance, the names of estimator and variance, and degrees of freedom."""

    value: float
    variance: float
    degrees: float
    estimator: str
    method: str

    @property
    def standard_error(self) -> float:
        """Return the square root of the variance."""
        return sqrt(self.variance)

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return value and t standard errors to either side; for a rate see `rate_of`."""
        reach = t_factor(confidence, self.degrees) * self.standard_error
        return Interval(lower=self.value - reach, upper=self.value + reach, confidence=confidence, method="wald")


def total_of_values(sample: Sample, y: Values, design: Design = PLAIN, *, members: "NDArray[Any] | None" = None) -> Estimate:
    """Return the Horvitz-Thompson total of y over the population, or over the members of a domain.

    Args:
        sample: what was drawn.
        y: one a drawn object.
        design: how the variance is estimated.
        members: rows of the domain, in order.

    Raises:
        DomainError, RefusedError: see `total_variance`.

    Source: [HORVITZ-THOMPSON1952].
    """
    values = _column(sample, y, members)
    p = sample.probability if members is None else sample.probability[members]
    return Estimate(
        value=total_of(values / p),
        variance=total_variance(sample, values, design, members=members),
        degrees=degrees_of_freedom(sample, members),
        estimator="horvitz-thompson",
        method=method_of(sample, design),
    )


def ratio_of(
    sample: Sample, y: Values, x: "Values | None" = None, design: Design = PLAIN, *, members: "NDArray[Any] | None" = None
) -> Estimate:
    """Return the ratio of two totals; without x the mean of y (Hájek).

    Args:
        sample: what was drawn.
        y: one a drawn object.
        x: likewise; its total must not be 0.
        design: how the variance is estimated.
        members: rows of the domain, in order.

    Raises:
        DomainError: the total of x is 0.
        RefusedError: see `total_variance`.

    Source: [SARNDAL1992] 5.6, 5.7; [HAJEK1971].
    """
    import numpy as np

    top = _column(sample, y, members)
    base = np.ones(len(top)) if x is None else _column(sample, x, members)
    p = sample.probability if members is None else sample.probability[members]
    whole = total_of(base / p)
    if whole == 0.0:
        raise DomainError("the total of x is 0: a ratio to nothing; is there a member of the domain that was examined?")
    value = total_of(top / p) / whole
    return Estimate(
        value=value,
        variance=total_variance(sample, (top - value * base) / whole, design, members=members),
        degrees=degrees_of_freedom(sample, members),
        estimator="hajek" if x is None else "ratio",
        method=method_of(sample, design),
    )


def stratified_ratio(sample: Sample, y: Values, x: Values, sizes: Sequence[float], design: Design = PLAIN) -> Estimate:
    """Return the rates of the strata, each with the weight that its known size has in the population.

    Args:
        sample: what was drawn.
        y: one a drawn object.
        x: likewise; in no stratum is its total 0.
        sizes: objects of the population in each stratum, in the order of `sample.stratum.names`.
        design: how the variance is estimated.

    Raises:
        DomainError: not one size a stratum.
        RefusedError: a stratum has no object with x.

    Source: [COCHRAN1977] 6.10 (separate ratio estimate).
    """
    import numpy as np

    strata = len(sample.stratum.names)
    if len(sizes) != strata or not all(size > 0 for size in sizes):
        raise DomainError(f"sizes: {list(sizes)} for the strata {', '.join(sample.stratum.names[:30])}; one positive number each")
    top, base, where = _column(sample, y, None), _column(sample, x, None), sample.stratum.codes
    tops, bases = (totals_by(one / sample.probability, where, strata) for one in (top, base))
    if (empty := np.flatnonzero(bases == 0.0)).size:
        raise RefusedError(
            "every-stratum-examined",
            f"in stratum {sample.stratum.names[int(empty[0])]!r} nobody was examined: its rate is not known",
        )
    shares = np.asarray(sizes, dtype=float) / total_of(np.asarray(sizes, dtype=float))
    rates = tops / bases
    linear = shares[where] * (top - rates[where] * base) / bases[where]
    return Estimate(
        value=total_of(shares * rates),
        variance=total_variance(sample, linear, design),
        degrees=degrees_of_freedom(sample, None),
        estimator="stratified",
        method=method_of(sample, design),
    )


def rate_of(
    sample: Sample, found: Estimate, *, base: "NDArray[Any]", confidence: float = 0.95, method: str = "korn-graubard"
) -> Interval:
    """Return the interval of an estimated rate of a sample.

    Args:
        sample: what was drawn.
        found: the estimate.
        base: rows that the rate rests on, in order.
        confidence: in (0, 1).
        method: of the interval.

    Raises:
        DomainError: see `interval_of`.
    """
    weight = 1.0 / sample.probability[base]
    unsure = weight if sample.unit_probability is None else weight[chance_of_rows(sample)[base] < 1.0]
    return interval_of(
        Spread(
            rate=found.value,
            variance=found.variance,
            objects=len(base),
            kish=worth_in_units(sample, base),
            degrees=found.degrees,
            unsure=total_of(unsure) / total_of(weight),
        ),
        confidence=confidence,
        method=method,
    )


def degrees_of_freedom(sample: Sample, members: "NDArray[Any] | None") -> float:
    """Return the units that were not certain, less the strata they lie in; of a domain those with a member."""
    import numpy as np

    if members is None:
        count = sample.unsure[0].tolist()
        return float(plain_sum(count)) - len([one for one in count if one])
    places = members
    if sample.unit is not None:
        places = np.unique(sample.unit[members])
    if sample.unit_probability is not None:
        places = places[sample.unit_probability[places] < 1.0]
    return float(len(places) - len(np.unique(sample.unit_stratum[places])))


def chance_of_rows(sample: Sample) -> "NDArray[Any]":
    """Return the probability of the first-stage unit of each object; it must be known."""
    chance = sample.unit_probability
    assert chance is not None
    return chance if sample.unit is None else chance[sample.unit]


def worth_in_units(sample: Sample, base: "NDArray[Any]") -> float:
    """Return how many units of equal weight the uncertain ones are worth; objects of one first-stage unit count as one.

    Source: [KISH1965] 11.7.
    """
    import numpy as np

    weight = 1.0 / sample.probability[base]
    if sample.unit is not None:
        places, own = np.unique(sample.unit[base], return_inverse=True)
        weight = totals_by(weight, own, len(places))
        unsure = np.ones(len(places), dtype=bool) if sample.unit_probability is None else sample.unit_probability[places] < 1.0
    else:
        unsure = sample.probability[base] < 1.0
    weight = weight[unsure]
    return total_of(weight) ** 2 / total_of(weight * weight) if len(weight) else 1.0


def _column(sample: Sample, given: Values, members: "NDArray[Any] | None") -> "NDArray[Any]":
    import numpy as np

    values = np.asarray(given, dtype=float)
    if len(values) != len(sample):
        raise DomainError(f"{len(values)} values for {len(sample)} drawn objects; one each")
    if not np.isfinite(values).all():
        raise DomainError(f"the value of row {int(np.flatnonzero(~np.isfinite(values))[0]) + 1} is no finite number")
    return values if members is None else values[members]
