"""The noncentral t distribution: the exact law of a one-sided capability index of a normal process."""

from functools import lru_cache
from math import sqrt
from typing import Any

from openqi.kernel.errors import DomainError
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.gamma_functions import gamma_both, log_of_gamma
from openqi.science.numbers.normal_functions import normal_below, normal_root
from openqi.science.numbers.quadrature import integral, nodes
from openqi.science.numbers.sums import total

_REACH = 9.0
_STEPS = 50
_PANELS = 10
_PER_ROOT_TWO_PI = 0.3989422804014327
_LEAST = 1e-18
COMPILED_FROM = 20_000
"""From so many degrees of freedom its integral has hundreds of terms, and as many readings have loaded the compiler already."""
_compiled_gamma_both: Any = compiled(gamma_both)


def noncentral_t_cdf(t: float, dof: float, shift: float) -> float:
    """Return the probability that (Z + shift) / sqrt(chi squared / dof) is at most t, within 1e-9.

    Args:
        t: finite.
        dof: degrees of freedom, 1 to 1e7, not necessarily whole.
        shift: the noncentrality, finite.

    Raises:
        DomainError: dof lies outside.

    Source: [OWEN1968], as an integral over the spread or over Z.
    """
    if not 1.0 <= dof <= 1e7:
        raise DomainError(f"noncentral t: {dof} degrees of freedom; 1 to 10,000,000 are computed")
    if t < 0.0:
        return 1.0 - noncentral_t_cdf(-t, dof, -shift)
    # Where t is small against the spread of w, the normal factor is smooth in w; where it is large, chi squared is in z.
    if t <= 2.0 * sqrt(2.0 * dof):
        known = total([weight * normal_below(t * w - shift) for w, weight in _spread(dof)])
    else:
        known = normal_below(-shift) + _over_z(t, dof, shift)
    return min(max(known, 0.0), 1.0)


def _over_z(t: float, dof: float, shift: float) -> float:
    """The part with Z + shift > 0, whose chi squared must be so large that T stays below t > 0."""
    lower = max(-shift, -_REACH)
    gamma = _compiled_gamma_both if dof > COMPILED_FROM else gamma_both

    def share(z: float) -> float:
        w = (z + shift) / t
        return _PER_ROOT_TWO_PI * exp(-0.5 * z * z) * gamma(0.5 * dof, 0.5 * dof * w * w)[1] if w > 0.0 else 0.0

    return integral(share, lower, _REACH, panels=8) if lower < _REACH else 0.0


@lru_cache(maxsize=64)
def _spread(dof: float) -> tuple[tuple[float, float], ...]:
    """Nodes w of sqrt(chi squared / dof), which spreads about 1 by about 1 / sqrt(2 dof), and their weights times its density."""
    half = 0.5 * dof
    front = half * log(half) - log_of_gamma(half) + log(2.0)
    reach = _REACH / sqrt(2.0 * dof)
    lower, upper = max(0.0, 1.0 - reach), 1.0 + reach
    width = (upper - lower) / _PANELS
    found = []
    for panel in range(_PANELS):
        for node, weight in nodes(16):
            w = lower + (panel + 0.5 + 0.5 * node) * width
            height = front + (dof - 1.0) * log(w) - half * w * w
            share = 0.5 * width * weight * exp(height) if height > -740.0 else 0.0
            if share > _LEAST:
                found.append((w, share))
    return tuple(found)


def noncentrality(t: float, dof: float, probability: float) -> float:
    """Return the shift at which a noncentral t of dof degrees of freedom is at most t with the probability.

    Args:
        t: finite.
        dof: as of `noncentral_t_cdf`.
        probability: between 0 and 1, both excluded.

    Raises:
        DomainError: it lies outside, or no shift gives it.
    """
    if not 0.0 < probability < 1.0:
        raise DomainError(f"a probability of {probability}; it lies between 0 and 1, both excluded")
    wanted, width = normal_root(probability), sqrt(1.0 + t * t / (2.0 * dof))

    def apart(shift: float) -> float:
        return normal_root(min(max(noncentral_t_cdf(t, dof, shift), 1e-300), 1.0 - 1e-16)) - wanted

    # The normal quantile of the probability falls with the shift, nearly on a straight line: the secant settles in a few steps.
    before = t - wanted * width
    at_before = apart(before)
    here = before + at_before * width
    for _ in range(_STEPS):
        at = apart(here)
        if abs(at) < 1e-10 or at == at_before:
            break
        before, at_before, here = here, at, here - at * (here - before) / (at - at_before)
    if not abs(apart(here)) < 1e-6:
        raise DomainError(f"noncentral t: no shift was found for t = {t}, dof = {dof}, probability = {probability}")
    return here
