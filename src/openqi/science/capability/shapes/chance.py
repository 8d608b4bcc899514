"""How often a fitted distribution looks as far off by chance: samples of it are fitted and measured again, with a seed."""

from collections.abc import Sequence

from openqi.kernel.errors import DomainError
from openqi.science.capability.shapes.goodness import LEAST, TABLES, anderson_darling, normality
from openqi.science.capability.shapes.shape import Fitted, fitted
from openqi.science.numbers.elementary import log
from openqi.science.numbers.normal_functions import normal_below, normal_root
from openqi.science.numbers.philox import philox4x32, uniform

TRIALS = 99


def goodness(values: Sequence[float], found: Fitted, key: tuple[int, int]) -> tuple[float, float, str]:
    """Return A^2 of readings from the distribution fitted to them, its p-value, and how that was found.

    Normal and lognormal fits have a formula; those that are a place and a scale, perhaps of logarithms or squares, a table, which
    ends at its first and last p-value; gamma and folded normal are simulated.

    Args:
        values: readings.
        found: fitted to them.
        key: of the generator.

    Raises:
        DomainError: more than one simulated sample in a hundred could not be fitted.

    Source: [STEPHENS1986] tables 4.9, 4.14, 4.17 and 4.22.
    """
    name = found.kind.name
    if name in ("normal", "lognormal") and len(values) >= 8:
        scaled = list(values) if name == "normal" else [log(value) for value in values]
        return (*normality(scaled), "stephens")
    if name in TABLES:
        statistic = _distance(values, found)
        return statistic, TABLES[name].p_value(statistic, len(values)), "stephens-table"
    return simulated(values, found, key)


def simulated(values: Sequence[float], found: Fitted, key: tuple[int, int], trials: int = TRIALS) -> tuple[float, float, str]:
    """Return A^2, (1 + as many of `trials` samples of the fit as are farther from a fit of their own) / (1 + trials), and a name.

    Args:
        values: readings.
        found: fitted to them.
        key: of the generator.
        trials: samples, at least 19.

    Raises:
        DomainError: fewer trials, or more than one sample in a hundred could not be fitted.

    Source: [EFRON-TIBSHIRANI] chapter 16.
    """
    if trials < 19:
        raise DomainError(f"{trials} samples: a p-value needs at least 19")
    statistic = _distance(values, found)
    farther, refused = 0, 0
    curve = _curve(found)
    for trial in range(trials):
        sample = _sample(curve, len(values), trial, key)
        try:
            farther += _distance(sample, fitted(sample, found.kind.name)) >= statistic
        except DomainError:
            refused += 1
            if refused > max(1, trials // 100):
                raise
    return statistic, (1 + farther) / (1 + trials - refused), f"parametric-bootstrap-{trials}"


def _distance(values: Sequence[float], found: Fitted) -> float:
    return anderson_darling(sorted(values), found.below, found.above)


def _curve(found: Fitted) -> list[float]:
    """Quantiles at normal scores from -8 to 8 in steps of 1/16: between them samples are drawn on straight lines."""
    scores = [place / 16.0 for place in range(-128, 129)]
    return [found.quantile(max(normal_below(z), LEAST), max(normal_below(-z), LEAST)) for z in scores]


def _sample(curve: Sequence[float], n: int, trial: int, key: tuple[int, int]) -> list[float]:
    values: list[float] = []
    for block in range((n + 1) // 2):
        words = philox4x32((block, trial, n, 1), key)
        both = (uniform(words[0], words[1]), uniform(words[2], words[3]))
        for p in both:
            place = min(max(16.0 * normal_root(p) + 128.0, 0.0), 255.999)
            low = int(place)
            values.append(curve[low] + (place - low) * (curve[low + 1] - curve[low]))
    return values[:n]
