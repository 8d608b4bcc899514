"""Charts of counts (p, np, c, u) and Hotelling's T² in closed form, with the distribution that the counts really have."""

from math import ceil, floor, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.answer import INDEPENDENT, RunLength
from openqi.science.charts.run_lengths.charts.chart import check_change, check_range
from openqi.science.charts.run_lengths.charts.shewhart import geometric
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.gamma_functions import gamma_both, log_of_gamma
from openqi.science.numbers.special import incomplete_beta, incomplete_gamma
from openqi.science.numbers.sums import plain_sum

BINOMIAL = (INDEPENDENT, "counts are binomial", "the fraction in control is known")
POISSON = (INDEPENDENT, "counts are Poisson", "the rate in control is known")
T2 = (INDEPENDENT, "points are jointly normal", "means and covariances are known")
MOST = 10**9


def binomial_run_length(fraction: float, size: int, *, lower: float, upper: float) -> RunLength:
    """Return the run length of a p or np chart, which signals where the count lies outside of its limits.

    Args:
        fraction: of nonconforming items, in [0, 1]; in control or after a change.
        size: items in a sample, 1 to 1e9.
        lower: limit of the count, in items; a negative one is none.
        upper: limit of the count, > `lower`; `size` or more is none.

    Raises:
        DomainError: an argument lies outside, or the chart never signals there.

    Source: [DLMF] 8.17.5.
    """
    if not 0.0 <= fraction <= 1.0 or not 1 <= size <= MOST:
        raise DomainError(f"a fraction of {fraction} of {size} items; the fraction is 0 to 1, items are 1 to {MOST}")
    _check_limits(lower, upper)
    # Signals: counts of at least `first`, and of fewer than `last`.
    first, last = floor(upper) + 1, ceil(lower)
    above = 0.0 if first > size else incomplete_beta(first, size - first + 1, fraction)
    below = 0.0 if last <= 0 else 1.0 if last > size else incomplete_beta(size - last + 1, last, 1.0 - fraction)
    return geometric(above + below, assumptions=BINOMIAL, shift=0.0, scale=1.0, state="zero")


def poisson_run_length(mean: float, *, lower: float, upper: float) -> RunLength:
    """Return the run length of a c or u chart, which signals where the count lies outside of its limits.

    Args:
        mean: of the counts, 0 to 1e9: of a u chart, its rate times the size of the sample.
        lower: limit of the count; a negative one is none.
        upper: limit of the count, > `lower`.

    Raises:
        DomainError: an argument lies outside, or the chart never signals there.

    Source: [DLMF] 8.11.
    """
    if not 0.0 <= mean <= MOST:
        raise DomainError(f"a mean of {mean} counts; 0 to {MOST}")
    _check_limits(lower, upper)
    first, last = floor(upper) + 1, ceil(lower)
    above = 1.0 if first <= 0 else incomplete_gamma(first, mean)
    below = 0.0 if last <= 0 else _few(last, mean)
    return geometric(above + below, assumptions=POISSON, shift=0.0, scale=1.0, state="zero")


def _few(count: int, mean: float) -> float:
    """The probability of fewer than so many counts, with all digits where it is small."""
    return gamma_both(float(count), mean)[1] if mean > 0.0 else 1.0


def three_sigma_limits(mean: float, variance: float) -> tuple[float, float]:
    """Return the usual limits of a count: its mean and three standard deviations on either side; a negative one is none."""
    return mean - 3.0 * sqrt(variance), mean + 3.0 * sqrt(variance)


def _check_limits(lower: float, upper: float) -> None:
    if not lower < upper:
        raise DomainError(f"limits {lower} and {upper}; the lower one lies under the upper one")


def t2_run_length(variables: int, limit: float, shift: float = 0.0, scale: float = 1.0) -> RunLength:
    """Return the run length of a T² chart of known means and covariances (phase II).

    Args:
        variables: 1 to 1000.
        limit: of T², > 0, at most 5000.
        shift: Mahalanobis distance of the means from those in control, 0 to 60.
        scale: of all standard deviations, > 0.

    Raises:
        DomainError: an argument lies outside, or the chart never signals in any time.

    Source: [DLMF] 8.11, noncentral chi-squared as a Poisson mixture.
    """
    check_range("limit", limit, 0.0, 5000.0)
    check_change(shift, scale)
    if not 1 <= variables <= 1000 or not 0.0 <= shift <= 60.0:
        raise DomainError(f"{variables} variables and a shift of {shift}; 1 to 1000 variables, a distance of 0 to 60")
    half, x = (shift / scale) ** 2 / 2.0, limit / (2.0 * scale * scale)
    if half == 0.0:
        signal = gamma_both(variables / 2.0, x)[1]
    else:
        spread = 40.0 + 12.0 * sqrt(half)
        terms = range(max(int(half - spread), 0), int(half + spread) + 1)
        weights = [unchecked_exp(j * unchecked_log(half) - half - log_of_gamma(j + 1.0)) for j in terms]
        signal = plain_sum(w * gamma_both(variables / 2.0 + j, x)[1] for w, j in zip(weights, terms, strict=True))
    return geometric(signal, assumptions=T2, shift=shift, scale=scale, state="zero")
