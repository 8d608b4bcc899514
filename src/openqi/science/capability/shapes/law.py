"""The distribution that a study took its readings to follow, as chances and quantiles in their own unit: what pictures draw."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.indices import BEYOND_THREE_SIGMA, Reach
from openqi.science.capability.result import Fit, Study
from openqi.science.capability.shapes.box_cox import transformed, untransformed
from openqi.science.capability.shapes.described import EMPIRICAL, empirical_reach
from openqi.science.capability.shapes.johnson import Johnson, back
from openqi.science.capability.shapes.shape import Fitted, shape_kinds
from openqi.science.numbers.normal_functions import normal_below, normal_root

Basis = Literal["overall", "within"]


@dataclass(frozen=True, kw_only=True)
class Law:
    """A distribution.

    Args:
        below: probability of at most x.
        above: probability of more than x, without cancellation.
        quantile: value with p below and q = 1 - p above, both in (0, 1).
    """

    below: Callable[[float], float]
    above: Callable[[float], float]
    quantile: Callable[[float, float], float]

    def reach(self) -> Reach:
        """Return the values that 0.135 %, half and 99.865 % lie below."""
        far = 1.0 - BEYOND_THREE_SIGMA
        return Reach(
            low=self.quantile(BEYOND_THREE_SIGMA, far), centre=self.quantile(0.5, 0.5), high=self.quantile(far, BEYOND_THREE_SIGMA)
        )  # fmt: skip


def is_empirical(study: Study) -> bool:
    """Return whether a study took sample quantiles and no distribution."""
    return study.fit is not None and study.fit.method.startswith(EMPIRICAL)


def law_of(study: Study, basis: Basis = "overall") -> Law | None:
    """Return the distribution of the readings, out of the parameters that a study states; measurement is in it, as in the readings.

    Args:
        study: of capability.
        basis: with the spread of all readings, or that within subgroups.

    Returns:
        None where the study has no such distribution: of sample quantiles, and within subgroups of what was fitted to all readings.
    """
    fit, spread = study.fit, study.spreads[basis].value
    if is_empirical(study):
        return None
    if fit is None or fit.method == "normal":
        return _normal(study.mean, spread, lambda x: x, lambda z: z)
    if fit.method in (kinds := shape_kinds()):
        if basis == "within":
            return None
        fitted = Fitted(kind=kinds[fit.method], parameters=tuple(float(one) for one in fit.parameters.values()))
        return Law(below=fitted.below, above=fitted.above, quantile=fitted.quantile)
    return _transformed(study, fit, basis, spread)


def reach_of_study(study: Study) -> Reach:
    """Return the values between which the readings reach: by their law, or by sample quantiles where there is none."""
    law = law_of(study)
    if law is not None:
        return law.reach()
    assert study.fit is not None  # only sample quantiles have no law
    return empirical_reach(study.readings, int(study.fit.method.rpartition("-")[2]))


def _transformed(study: Study, fit: Fit, basis: Basis, spread: float) -> Law | None:
    known = fit.parameters
    if fit.method == "box-cox":
        power = float(known["lambda"])

        def of(x: float) -> float:
            return transformed(x, power) if x > 0.0 else -1e300

        mean = moments([transformed(one, power) for one in study.readings]).mean
        return _normal(mean, spread, of, lambda z: untransformed(z, power))
    if basis == "within":
        return None
    system = {"johnson-su": "SU", "johnson-sb": "SB", "johnson-sl": "SL"}[fit.method]
    curve = Johnson(
        system=system,  # type: ignore[arg-type]
        shape=float(known["gamma"]), slope=float(known["delta"]), place=float(known["xi"]), width=float(known["lambda"]),
    )  # fmt: skip
    mean = moments([curve.of(one) for one in study.readings]).mean
    return _normal(mean, spread, curve.of, lambda z: back(curve, z))


def _normal(mean: float, sd: float, of: Callable[[float], float], again: Callable[[float], float]) -> Law:
    """A normal law of transformed values."""

    def score(x: float) -> float:
        moved = of(x)
        return max(min((moved - mean) / sd, 38.0), -38.0) if isfinite(moved) else (38.0 if moved > 0.0 else -38.0)

    def quantile(p: float, q: float) -> float:
        return again(mean + sd * (normal_root(p) if p <= q else -normal_root(q)))

    return Law(below=lambda x: normal_below(score(x)), above=lambda x: normal_below(-score(x)), quantile=quantile)
