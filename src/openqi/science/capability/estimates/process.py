"""What measurement adds to the spread of readings, taken off again: the spread of the process itself."""

from dataclasses import dataclass
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.spread import Spread


@dataclass(frozen=True, kw_only=True)
class ProcessSpread:
    """The spread of a process without that of its measurement.

    Args:
        value: standard deviation of the process, in the unit of the readings.
        dof: degrees of freedom that are left, fewer because a difference of variances is less certain than either.
        share: variance of the process over that observed, in (0, 1]: the mean is as sure as that of `share` n exact readings.
    """

    value: float
    dof: float
    share: float


def process_spread(spread: Spread, u: float, *, nominal: bool = False) -> ProcessSpread:
    """Return the spread of the process: the root of the observed variance less u squared.

    What is taken off must vary from reading to reading as the process does. A bias that all readings share widens nothing and must
    not be taken off.

    Args:
        spread: as observed.
        u: standard uncertainty of measurement of one reading, same unit, >= 0; known, or of many more degrees of freedom.
        nominal: start from the nominal degrees of freedom.

    Raises:
        DomainError: u is negative or not finite, or measurement explains all of the observed spread, or all
            but what less than one degree of freedom is left of.

    Source: [ISO22514-7]; degrees of freedom after [GUM] G.4.2.
    """
    if not (isfinite(u) and u >= 0.0):
        raise DomainError(f"uncertainty {u}: a standard uncertainty is finite and not negative")
    observed = spread.value * spread.value
    share = (observed - u * u) / observed
    if not share > 0.0:
        raise DomainError(
            f"the standard uncertainty {u:.6g} is not below the observed standard deviation {spread.value:.6g} ({spread.method}): "
            "measurement alone explains the spread, and nothing can be said about the process; measure better"
        )
    dof = (spread.nominal_dof if nominal else spread.dof) * share * share
    if not dof >= 1.0:
        raise DomainError(
            f"with the standard uncertainty {u:.6g} {dof:.2g} degrees of freedom are left of the process: less than 1, "
            "from which nothing follows; take more readings or measure better"
        )
    return ProcessSpread(value=spread.value * sqrt(share), dof=dof, share=share)
