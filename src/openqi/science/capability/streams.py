"""Capability of many streams at once beyond the plain indices: Cpm about a target, and how far off Cpk and Ppk may be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.spread import moving_range_dof
from openqi.science.capability.intervals.interval import tails
from openqi.science.charts.continuing import StreamFindings
from openqi.science.charts.streams import Capabilities
from openqi.science.numbers.normal_functions import normal_root

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Floats = NDArray[float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ends:
    """Lower and upper end of an interval of each stream; NaN where there is none."""

    lower: "Floats"
    upper: "Floats"


def intervals(found: StreamFindings, able: Capabilities, confidence: float) -> tuple[Ends, Ends]:
    """Return the approximate intervals of Cpk and of Ppk of every stream.

    Args:
        found: what the readings of each stream come to.
        able: its plain indices.
        confidence: between 0 and 1.

    Raises:
        DomainError: the confidence lies outside.

    Source: [BISSELL1990].
    """
    within, overall = dof_of_moving_ranges(found.steps), (found.there - 1).astype(float)
    return bissell_ends(able.cpk, found.there, within, confidence), bissell_ends(able.ppk, found.there, overall, confidence)


def about_target(found: StreamFindings, lower: Any, upper: Any, target: Any) -> "Floats":
    """Return Cpm of every stream; limits, target and errors as `target_index` has them."""
    import numpy as np

    low, high, wanted = (np.asarray(row, dtype=np.float64) for row in (lower, upper, target))
    return target_index(low, high, wanted, found.mean, found.squares, found.there)


def bissell_ends(index: Any, there: Any, dof: Any, confidence: float) -> Ends:
    """Return the approximate interval of Cpk or Ppk of each stream.

    Args:
        index: of each; NaN where there is none.
        there: readings of each that are not missing.
        dof: degrees of freedom of its spread; where they are not positive there is no interval.
        confidence: between 0 and 1.

    Raises:
        DomainError: the confidence lies outside.

    Source: [BISSELL1990].
    """
    import numpy as np

    factor = -normal_root(tails(confidence)[0])
    with np.errstate(all="ignore"):
        half = factor * np.sqrt(1.0 / (9.0 * there) + index * index / (2.0 * dof))
    half = np.where((dof > 0.0) & (there > 0), half, np.nan)
    return Ends(lower=index - half, upper=index + half)


def dof_of_moving_ranges(ranges: Any) -> "Floats":
    """Return the degrees of freedom of sigma from so many moving ranges of each stream; NaN for fewer than two."""
    import numpy as np

    many = np.asarray(ranges, dtype=np.float64)
    enough = many > 1.0
    return np.where(enough, moving_range_dof(np.where(enough, many, 2.0)), np.nan)


def target_index(lower: Any, upper: Any, target: Any, mean: Any, squares: Any, there: Any) -> "Floats":
    """Return Cpm of each stream; NaN without a target, without two limits, and where nothing spreads about the target.

    Args:
        lower: limits of specification, -inf for none.
        upper: likewise, inf for none.
        target: of each, NaN for none.
        mean: of its readings.
        squares: sum of their squared distances from the mean.
        there: how many.

    Raises:
        DomainError: a target does not lie between its limits.

    Source: [BOYLES1991].
    """
    import numpy as np

    if ((target <= lower) | (target >= upper)).any():
        raise DomainError("a target lies between the limits of its stream")
    with np.errstate(all="ignore"):
        off = mean - target
        about = np.sqrt(squares / there + off * off)
        room = np.minimum(upper - target, target - lower)
        found = room / (3.0 * about)
    return np.where(np.isfinite(upper - lower) & (about > 0.0), found, np.nan)
