"""What the areas of a drawn sample say by themselves, as both models of small areas take it."""

from collections.abc import Sequence
from dataclasses import dataclass

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.areas.beta_binomial import Counted
from openqi.science.draws.rates.areas.fay_herriot import Area
from openqi.science.draws.rates.sample import Column, Sample, Values, coded
from openqi.science.draws.rates.totals import ratio_of, worth_in_units
from openqi.science.draws.rates.variances import Design

PLAIN = Design()


@dataclass(frozen=True, kw_only=True)
class Direct:
    """An area's own rate with its variance, None where nobody was examined; how many were, and what they are worth."""

    name: str
    rate: float | None
    variance: float | None
    examined: int
    n: float

    def counted(self) -> Counted:
        """Return it for the beta-binomial model."""
        return Counted(name=self.name, found=(self.rate or 0.0) * self.n, n=self.n)

    def area(self, known: tuple[float, ...] = ()) -> Area:
        """Return it for the Fay-Herriot model, with what the regression knows of it."""
        return Area(name=self.name, direct=self.rate, variance=self.variance, known=known)


def direct_rates(
    sample: Sample, bad: Values, examined: Values, area: Column, *, names: Sequence[str] = (), design: Design = PLAIN
) -> tuple[Direct, ...]:
    """Return the own rate of each area.

    Where the spread of an area can be seen, it is worth n = p (1 - p) / variance; where all its examined are alike, what Kish says,
    and never more than were examined.

    Args:
        sample: what was drawn.
        bad, examined: 1 or 0 of each object.
        area: of each object.
        names: all areas, also those in which nothing was drawn; without, those of the sample.
        design: how variances are estimated.

    Raises:
        DomainError: an area of the sample is not among the names.
    """
    import numpy as np

    groups, y, m = coded(area), np.asarray(bad, dtype=float), np.asarray(examined, dtype=float)
    if names and (odd := set(groups.names) - set(names)):
        raise DomainError(f"area {min(odd)!r} is not among the areas that were named")
    places = {name: place for place, name in enumerate(groups.names)}
    found = []
    for name in names or groups.names:
        rows = np.flatnonzero(groups.codes == places[name]) if name in places else np.zeros(0, dtype=np.int64)
        seen = rows[m[rows] > 0.0]
        if not len(seen):
            found.append(Direct(name=name, rate=None, variance=None, examined=0, n=0.0))
            continue
        one = ratio_of(sample, y, m, design, members=rows)
        certain = int(np.count_nonzero(sample.probability[seen] == 1.0))
        n = float(len(seen)) if certain == len(seen) else min(worth_in_units(sample, seen) + certain, float(len(seen)))
        if 0.0 < one.value < 1.0 and one.variance > 0.0:
            n = min(one.value * (1.0 - one.value) / one.variance, float(len(seen)))
        found.append(Direct(name=name, rate=one.value, variance=one.variance, examined=len(seen), n=n))
    return tuple(found)
