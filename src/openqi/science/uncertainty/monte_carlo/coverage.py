"""Coverage intervals and regions of a sample."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor, sqrt
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import cholesky
from openqi.science.uncertainty.monte_carlo.propagated import Propagated

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """The points y with (y - centre) V^-1 (y - centre) at most the square of `factor`, V being the covariance."""

    centre: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    factor: float
    probability: float


def trials_within(probability: float, trials: int) -> int:
    """Return how many of so many trials an interval spans: p times their number, rounded where it is not whole.

    Raises:
        DomainError: the probability is none, or so close to 0 or 1 that the trials are too few.

    Source: [JCGM101] clause 7.7.1.
    """
    if not 0.0 < probability < 1.0:
        raise DomainError(f"coverage probability {probability}; it must lie between 0 and 1, both excluded")
    # The decimal text is what was meant: 0.95 times a million is whole, though the nearest float of 0.95 is not.
    within = floor(Fraction(repr(float(probability))) * trials + Fraction(1, 2))
    if not 1 <= within < trials:
        raise DomainError(f"{trials} trials are too few for a coverage probability of {probability}; take at least 100/(1 - p)")
    return within


def ends(sample: "NDArray[float64]", probability: float) -> "tuple[NDArray[float64], NDArray[float64]]":
    """Return the lower and the upper ends of all intervals that span the probability, both ascending: `ordered` needs no more.

    Args:
        sample: in any order.
        probability: between 0 and 1.

    Raises:
        DomainError: as `trials_within`.
    """
    import numpy as np

    within = trials_within(probability, len(sample))
    rest = len(sample) - within
    if rest >= within:
        ordered = np.sort(sample)
        return ordered[:rest], ordered[within:]
    parted = np.partition(sample, rest)
    return np.sort(parted[:rest]), np.sort(np.partition(parted[rest:], within - rest)[within - rest :])


def shortest_of(low: "NDArray[float64]", high: "NDArray[float64]") -> tuple[float, float]:
    """Return the shortest interval of `ends`, the first of several.

    Source: [JCGM101] clause 7.7.4.
    """
    import numpy as np

    first = int(np.argmin(high - low))
    return float(low[first]), float(high[first])


def symmetric_of(low: "NDArray[float64]", high: "NDArray[float64]") -> tuple[float, float]:
    """Return the interval of `ends` with equal probabilities outside.

    Source: [JCGM101] clause 7.7.2.
    """
    rank = (len(low) + 1) // 2
    return float(low[rank - 1]), float(high[rank - 1])


def shortest(ordered: "NDArray[float64]", probability: float) -> tuple[float, float]:
    """Return the shortest interval that holds the probability, the first of several.

    Args:
        ordered: the sample, ascending.
        probability: between 0 and 1.

    Raises:
        DomainError: the sample is too small.

    Source: [JCGM101] clause 7.7.4.
    """
    within = trials_within(probability, len(ordered))
    return shortest_of(ordered[: len(ordered) - within], ordered[within:])


def symmetric(ordered: "NDArray[float64]", probability: float) -> tuple[float, float]:
    """Return the interval with equal probabilities outside; arguments and errors as of `shortest`.

    Source: [JCGM101] clause 7.7.2.
    """
    within = trials_within(probability, len(ordered))
    return symmetric_of(ordered[: len(ordered) - within], ordered[within:])


def coverage_ellipse(propagated: Propagated, probability: float) -> Ellipse:
    """Return the ellipse about the means that holds the share `probability` of the trials.

    Raises:
        DomainError: an output is constant or a linear function of others, so that there is no ellipse; or the trials are too few.

    Source: [JCGM102] clause 7.7.
    """
    import numpy as np

    samples = propagated.samples
    within = trials_within(probability, propagated.trials)
    factor = cholesky(propagated.covariance)
    squares = np.zeros(propagated.trials)
    solved: list[NDArray[float64]] = []
    for row, name in enumerate(propagated.names):
        if not factor[row][row] > 0.0:
            raise DomainError(f"output {name} does not vary, or follows from the outputs before it; such outputs have no ellipse")
        rest = samples[row] - propagated.value[row]
        for column in range(row):
            rest -= factor[row][column] * solved[column]
        rest /= factor[row][row]
        solved.append(rest)
        squares += rest * rest
    ordered = np.sort(squares)
    return Ellipse(
        centre=propagated.value, covariance=propagated.covariance, factor=sqrt(float(ordered[within - 1])), probability=probability
    )
