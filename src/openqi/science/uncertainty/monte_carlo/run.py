"""Runs of a fixed number of trials, or of as many as stable digits need."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, isfinite, sqrt
from typing import TYPE_CHECKING

from openqi.kernel.errors import DomainError
from openqi.science.numbers.exponential import unchecked_log10
from openqi.science.numbers.sums import total
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.monte_carlo.blocks import BLOCK, fill, is_worth_compiling
from openqi.science.uncertainty.monte_carlo.coverage import ends, shortest_of, symmetric_of, trials_within
from openqi.science.uncertainty.monte_carlo.plan import GENERATOR, Mapper, TrialPlan, trial_plan
from openqi.science.uncertainty.monte_carlo.propagated import Propagated
from openqi.science.uncertainty.monte_carlo.summary import mean_and_covariance, mean_and_variance

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

PART = 8 * BLOCK
LEAST_PART = 10**4
MOST = 10**9
LEAST_VARIANCE = 1e-280


def monte_carlo(
    model: MeasurementModel,
    inputs: Mapping[str, InputQuantity],
    *,
    trials: int = 10**6,
    seed: str | None = None,
    correlations: Sequence[Correlation] = (),
    copula: str = "gaussian",
    probability: float = 0.95,
    parts: Mapper = map,
) -> Propagated:
    """Return the result of so many trials; the same bits however `parts` shares them out.

    Args:
        model: what is computed.
        inputs: by the model's names; see `trial_plan`.
        trials: at least 2 and as many as the probability needs; 8 bytes an output each are kept.
        seed: see `trial_plan`.
        correlations: likewise.
        copula: likewise.
        probability: of the coverage intervals.
        parts: `map`, or what does its work in threads, such as `engines.local.mapped(2)`.

    Raises:
        DomainError: as `trial_plan` and `trials`; or too few trials for the probability.

    Source: [JCGM101] clause 7, [JCGM102] clause 7.
    """
    if not 2 <= trials <= MOST:
        raise DomainError(f"{trials} trials; there must be 2 to {MOST:,}")
    trials_within(probability, trials)
    plan = trial_plan(model, inputs, correlations, copula=copula, seed=seed)
    fast = is_worth_compiling(plan, trials)
    return _summed_up(plan, _samples(plan, 0, trials, parts, fast=fast), probability, fast=fast)


def adaptive_monte_carlo(
    model: MeasurementModel, inputs: Mapping[str, InputQuantity], *, digits: int = 2, most: int = 10**8, seed: str | None = None,
    correlations: Sequence[Correlation] = (), copula: str = "gaussian", probability: float = 0.95, parts: Mapper = map,
) -> Propagated:  # fmt: skip
    """Return the result of as many trials as it takes until so many digits of the uncertainty are stable.

    Rounds of equally many trials are made until twice the standard deviation of the mean of each result of a round (value,
    uncertainty and both ends of the symmetric interval, of every output) is at most half a unit of the last digit wanted.

    Raises:
        DomainError: as `monte_carlo`; or `most` trials are not enough.

    Source: [JCGM101] clause 7.9, [JCGM102] clause 7.8.
    """
    import numpy as np

    if digits < 1:
        raise DomainError(f"{digits} digits; there must be at least 1")
    plan = trial_plan(model, inputs, correlations, copula=copula, seed=seed)
    size = _round_of(probability)
    rounds: list[NDArray[float64]] = []
    results: list[Propagated] = []
    while (len(rounds) + 1) * size <= most:
        # Plain Python for the first rounds: whether many follow is not known, and compiling takes longer than they do.
        fast = is_worth_compiling(plan, len(rounds) * size)
        rounds.append(_samples(plan, len(rounds) * size, (len(rounds) + 1) * size, parts, fast=fast))
        results.append(_summed_up(plan, rounds[-1], probability, fast=fast))
        if len(rounds) > 1 and _stable(results, digits):
            return _summed_up(plan, np.concatenate(rounds, axis=1), probability, fast=fast)
    raise DomainError(
        f"after {len(rounds) * size} trials {digits} digits of the uncertainty are not stable, and `most` allows {most}; "
        "allow more, or ask for fewer digits"
    )


def _round_of(probability: float) -> int:
    """How many trials a round of an adaptive run has."""
    size = max(LEAST_PART, ceil(100 / (1 - Fraction(repr(float(probability)))))) if 0.0 < probability < 1.0 else LEAST_PART
    trials_within(probability, size)
    return size


def _samples(plan: TrialPlan, start: int, stop: int, parts: Mapper, *, fast: bool) -> "NDArray[float64]":
    """The outputs of trials, made in parts by whoever `parts` gives them to."""
    import numpy as np

    out = np.empty((len(plan.model.outputs), stop - start))

    def work(begin: int) -> None:
        fill(plan, start + begin, out[:, begin : begin + PART], fast=fast)

    for _ in parts(work, range(0, stop - start, PART)):
        pass
    return out


def _summed_up(plan: TrialPlan, samples: "NDArray[float64]", probability: float, *, fast: bool) -> Propagated:
    outputs, trials = samples.shape
    intervals = [ends(row, probability) for row in samples]
    symmetric = tuple(symmetric_of(low, high) for low, high in intervals)
    middle = [0.5 * low + 0.5 * high for low, high in symmetric]
    value = [0.0] * outputs
    covariance = [[0.0] * outputs for _ in range(outputs)]
    for row in range(outputs):
        value[row], variance = mean_and_variance(samples[row], middle[row], fast=fast)
        covariance[row][row] = max(variance, 0.0)
        for column in range(row):
            _, _, shared = mean_and_covariance(samples[row], samples[column], middle[row], middle[column], fast=fast)
            covariance[row][column] = covariance[column][row] = shared
        if not LEAST_VARIANCE < covariance[row][row] < 1.0 / LEAST_VARIANCE and samples[row].min() != samples[row].max():
            raise DomainError(
                f"output {plan.model.outputs[row]}: its variance is {covariance[row][row]:.3g}, too small or large for floats; "
                "take another unit"
            )
    samples.setflags(write=False)
    return Propagated(
        names=plan.model.outputs,
        value=tuple(value),
        standard_uncertainty=tuple(sqrt(covariance[row][row]) for row in range(outputs)),
        covariance=tuple(map(tuple, covariance)),
        probability=probability,
        symmetric=symmetric,
        shortest=tuple(shortest_of(low, high) for low, high in intervals),
        trials=trials,
        seed=plan.seed,
        generator=GENERATOR,
        samples=samples,
        warnings=_warnings(plan),
    )


def _warnings(plan: TrialPlan) -> tuple[Caution, ...]:
    """What no number of trials makes stable: moments of what depends on an input that has none."""
    wide = tuple(name for name, one in zip(plan.model.inputs, plan.distributions, strict=True) if not isfinite(one.variance))
    return (Caution("no-variance", names=wide),) if wide else ()


def numerical_tolerance(standard_uncertainty: float, digits: int) -> float:
    """Return half a unit of the last of so many significant digits of an uncertainty.

    Source: [JCGM101] clause 7.9.2.
    """
    if not standard_uncertainty > 0.0:
        return 0.0
    exponent = floor(unchecked_log10(standard_uncertainty))
    return 0.5 * float(Fraction(10) ** (exponent - digits + 1))


def _stable(results: Sequence[Propagated], digits: int) -> bool:
    for output in range(len(results[0].names)):
        deviations = [one.standard_uncertainty[output] for one in results]
        tolerance = numerical_tolerance(total(deviations) / len(deviations), digits)
        series = [
            [one.value[output] for one in results],
            deviations,
            [one.symmetric[output][0] for one in results],
            [one.symmetric[output][1] for one in results],
        ]
        if any(2.0 * _deviation_of_mean(values) > tolerance for values in series):
            return False
    return True


def _deviation_of_mean(values: Sequence[float]) -> float:
    mean = total(values) / len(values)
    squares = total([(value - mean) * (value - mean) for value in values])
    return sqrt(squares / (len(values) * (len(values) - 1)))
