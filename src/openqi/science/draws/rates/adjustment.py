"""A rate in which those who were not examined are thought to be like the examined of their class: an assumption, by name."""

from openqi.kernel.errors import RefusedError
from openqi.science.draws.rates.answering import answered
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.sample import Coded, Sample, Values
from openqi.science.draws.rates.totals import Estimate, degrees_of_freedom
from openqi.science.draws.rates.variances import Design, method_of, total_variance


def adjusted_rate(
    sample: Sample, bad: Values, examined: Values, scope: Values, classes: Coded, design: Design
) -> tuple[Estimate, Sample]:
    """Return the weighting-class estimate of the rate in scope, and the sample for its interval: see `answered`.

    Args:
        sample: what was drawn.
        bad, examined, scope: 1 or 0 of each object; the bad were examined, the examined are in scope.
        classes: of each object.
        design: how the variance of the draw is estimated; the response of a class is a draw of its own.

    Raises:
        RefusedError: a class has objects in scope and none that was examined.

    Source: [SARNDAL1992] 15.6; [LITTLE-RUBIN2019] 3.3.
    """
    import numpy as np

    own, count = classes.codes, len(classes.names)
    y, m, x = (np.asarray(one, dtype=float) for one in (bad, examined, scope))
    tops, seen, all_ = (totals_by(one / sample.probability, own, count) for one in (y, m, x))
    if (empty := np.flatnonzero((seen == 0.0) & (all_ > 0.0))).size:
        raise RefusedError(
            "every-class-examined",
            f"in class {classes.names[int(empty[0])]!r} nobody was examined to stand for the others; join it with a like class",
        )
    held = all_ > 0.0
    safe = np.where(held, seen, 1.0)
    rates = tops / safe
    whole = total_of(all_)
    value = total_of(all_ * rates) / whole
    linear = (x * (rates[own] - value) + (all_ / safe)[own] * (y - m * rates[own])) / whole
    residual = (all_ / safe)[own] * (y - m * rates[own]) / whole / sample.probability
    found = Estimate(
        value=value,
        variance=total_variance(sample, linear, design),
        degrees=degrees_of_freedom(sample, None),
        estimator="weighting-class",
        method=method_of(sample, design),
    )
    return answered(sample, found, residual, m, x, design, rows=np.flatnonzero(m), groups=own, count=count)
