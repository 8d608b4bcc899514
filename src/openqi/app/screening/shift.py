"""Where the level of a stream moved: the likeliest change in its last readings, where chance hardly explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.charts.charting import chart

MOST = 300
"""So many of the last readings are looked at."""
_TAIL = 0.05


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A change of a stream.

    Args:
        time: of the first reading after it.
        before, after: means of the readings looked at, before and from it on.
        size: difference of the means, in sigma of the chart; None where it has none.
    """

    time: Any
    before: float
    after: float
    size: float | None


def latest_shift(readings: Sequence[tuple[Any, float | None]], sigma: float) -> Shift | None:
    """Return the likeliest change of mean or spread in the last readings, None where there is no clear one.

    Args:
        readings: time and value, the earlier first.
        sigma: of the chart.

    Source: the chart of kind `change-point`, which also says how often it finds one by chance: at most once in twenty.
    """
    kept = [(time, value) for time, value in readings[-MOST:] if value is not None and isfinite(value)]
    try:
        found = chart("change-point", [value for _, value in kept], tail=_TAIL)
    except DomainError:  # too few readings
        return None
    findings = found.stages[0].findings
    if not found.violations() or "likeliest_first_point" not in findings:
        return None
    first = int(findings["likeliest_first_point"])
    before, after = (moments([value for _, value in side]).mean for side in (kept[:first], kept[first:]))
    return Shift(time=kept[first][0], before=before, after=after, size=(after - before) / sigma if sigma else None)
