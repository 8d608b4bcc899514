"""Variances of subgroups over the variance of the process: what charts of variances watch."""

from math import nan

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.frozen import Baseline, baseline_of_subgroups
from openqi.science.charts.estimators.individuals import standard_deviation
from openqi.science.charts.estimators.subgroups import there_of
from openqi.science.charts.panel import Row, Stage

IN_CONTROL = 370.4
"""Points that a chart of variances runs in control where its limit was left out, as one of three sigma does."""


def relative_variances(stage: Stage) -> tuple[Row, Baseline]:
    """Return s² / sigma² of each subgroup, NaN where it has fewer than two values, and the baseline.

    Raises:
        DomainError: an option is wrong, or sigma is 0.
    """
    base = baseline_of_subgroups(stage, "pooled")
    if not base.sigma > 0.0:
        raise DomainError("the readings within subgroups are all equal: there is no variance to compare with; give sigma")
    scores = [standard_deviation(row) / base.sigma for row in stage.rows]
    return tuple(score * score for score in scores), base


def common_dof(stage: Stage, option: str, least: int) -> int:
    """Return the degrees of freedom that all subgroups share, for a limit that was left out.

    Raises:
        DomainError: subgroups differ in size, or are too small.
    """
    sizes = {len(there_of(row)) for row in stage.rows} - {0, 1}
    if len(sizes) != 1:
        told = ", ".join(map(str, sorted(sizes)[:5]))
        raise DomainError(f"subgroups of {told} values: a limit is computed for one size; give {option}")
    (size,) = sizes
    if size - 1 < least:
        raise DomainError(f"subgroups of {size} values: a limit is computed for {least + 1} or more; give {option}")
    return size - 1


def missing(values: Row) -> Row:
    """Return a row of NaN of the same length."""
    return (nan,) * len(values)
