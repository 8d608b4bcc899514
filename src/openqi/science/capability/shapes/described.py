"""Readings described otherwise than as normal: their reach and what lies outside of limits, by one method that gives its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from openqi.science.capability.estimates.quantiles import beyond_sample, needed, sample_quantile
from openqi.science.capability.indices import BEYOND_THREE_SIGMA, Limits, Nonconforming, Reach
from openqi.science.capability.intervals.bootstrap import key_of
from openqi.science.capability.result import Fit, Notice
from openqi.science.capability.shapes.chance import goodness
from openqi.science.capability.shapes.shape import Fitted, fitted

EMPIRICAL = "empirical"


@dataclass(frozen=True, kw_only=True)
class Described:
    """A description.

    Args:
        reach: values with 0.135 %, half and 99.865 % below.
        fit: method, parameters, and how well they fit.
        nonconforming: expected outside of the limits; None where the method expects nothing that was not observed.
        warnings: what speaks against it.
    """

    reach: Reach
    fit: Fit
    nonconforming: Nonconforming | None
    warnings: tuple[Notice, ...]


def described(values: Sequence[float], name: str, limit: Limits, *, quantile_type: int, seed: str) -> Described:
    """Return a description by a fitted distribution or by sample quantiles.

    Raises:
        DomainError: no such distribution, or the readings cannot be described by it.

    Source: [ISO22514-2], the general geometric method of percentiles.
    """
    if name == EMPIRICAL:
        return _empirical(values, quantile_type)
    found = fitted(values, name)
    statistic, p_value, how = goodness(values, found, key_of(seed))
    warnings = [Notice(code="poor-fit", parameters={"method": name, "p": p_value})] if p_value < 0.05 else []
    for end, chance in ((limit.lower, found.below), (limit.upper, found.above)):
        if isfinite(end) and chance(end) == 0.0 and found.kind.support != "any" and end <= 0.0:
            warnings.append(Notice(code="limit-beyond-support", parameters={"limit": end, "method": name}))
    return Described(
        reach=reach_of(found),
        fit=Fit(
            method=name, parameters=dict(zip(found.kind.parameters, found.parameters, strict=True)), test="anderson-darling",
            statistic=statistic, p_value=p_value, p_value_method=how,
        ),
        nonconforming=Nonconforming(
            basis=name, below=found.below(limit.lower) if isfinite(limit.lower) else 0.0,
            above=found.above(limit.upper) if isfinite(limit.upper) else 0.0,
        ),
        warnings=tuple(warnings),
    )  # fmt: skip


def reach_of(found: Fitted) -> Reach:
    """Return the reach of a fitted distribution."""
    far = 1.0 - BEYOND_THREE_SIGMA
    return Reach(
        low=found.quantile(BEYOND_THREE_SIGMA, far), centre=found.quantile(0.5, 0.5), high=found.quantile(far, BEYOND_THREE_SIGMA)
    )  # fmt: skip


def empirical_reach(values: Sequence[float], quantile_type: int) -> Reach:
    """Return the reach that sample quantiles show."""
    ordered = sorted(values)
    low, centre, high = (sample_quantile(ordered, p, quantile_type) for p in (BEYOND_THREE_SIGMA, 0.5, 1.0 - BEYOND_THREE_SIGMA))
    return Reach(low=low, centre=centre, high=high)


def reach_again(name: str, quantile_type: int) -> Callable[[Sequence[float]], Reach]:
    """Return how the reach of other readings is found by the same method."""
    if name == EMPIRICAL:
        return lambda values: empirical_reach(values, quantile_type)
    return lambda values: reach_of(fitted(values, name))


def _empirical(values: Sequence[float], quantile_type: int) -> Described:
    n = len(values)
    reach = empirical_reach(values, quantile_type)
    warnings: tuple[Notice, ...] = ()
    if beyond_sample(n, BEYOND_THREE_SIGMA, quantile_type):
        wanted = needed(BEYOND_THREE_SIGMA, quantile_type)
        warnings = (Notice(code="quantile-beyond-sample", parameters={"n": n, "needed": wanted}),)
    name = f"{EMPIRICAL}-type-{quantile_type}"
    return Described(reach=reach, fit=Fit(method=name, parameters={}), nonconforming=None, warnings=warnings)
