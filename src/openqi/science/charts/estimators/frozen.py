"""Centre and sigma of a stage: frozen ones where they are given, else estimated; with the names of how."""

from dataclasses import dataclass
from math import isnan, nan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators import individuals, subgroups
from openqi.science.charts.estimators.individuals import mean
from openqi.science.charts.panel import Row, Stage

INDIVIDUALS = ("centre", "sigma", "centre_by", "sigma_by")
"""Options of charts that have a centre and a sigma."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A process as it is judged: centre, sigma of a single value, and how each was found."""

    centre: float
    sigma: float
    centre_by: str
    sigma_by: str

    @property
    def estimates(self) -> dict[str, float]:
        """Centre and sigma by name."""
        return {"centre": self.centre, "sigma": self.sigma}

    @property
    def estimators(self) -> dict[str, str]:
        """How they were found, by name."""
        return {"centre": self.centre_by, "sigma": self.sigma_by}


def baseline_of_individuals(stage: Stage, values: Row | None = None) -> Baseline:
    """Return the baseline of single readings: options `centre`, `sigma`, `centre_by`, `sigma_by`.

    Raises:
        DomainError: an option is wrong.
    """
    points = stage.values if values is None else values
    centre, sigma = stage.given("centre"), stage.given("sigma", above=0.0)
    by_centre = stage.text("centre_by", tuple(individuals.CENTRES))
    by_sigma = stage.text("sigma_by", tuple(individuals.SPREADS))
    return Baseline(
        centre=individuals.centre_of_individuals(points, by_centre) if centre is None else centre,
        sigma=individuals.spread_of_individuals(points, by_sigma) if sigma is None else sigma,
        centre_by=by_centre if centre is None else "frozen",
        sigma_by=by_sigma if sigma is None else "frozen",
    )


def baseline_of_subgroups(stage: Stage, default: str) -> Baseline:
    """Return the baseline of subgroups: options `centre`, `sigma`, `centre_by`, `sigma_by`.

    Raises:
        DomainError: an option is wrong, or no subgroup has two values and sigma is not given.
    """
    centre, sigma = stage.given("centre"), stage.given("sigma", above=0.0)
    by_sigma = stage.text("sigma_by", (default, *(name for name in subgroups.SPREADS if name != default)))
    by_centre = stage.text("centre_by", tuple(subgroups.CENTRES))
    if sigma is None and all(len(subgroups.there_of(row)) < 2 for row in stage.rows):
        raise DomainError("no subgroup of the stage has two values; give sigma, or take a chart of individuals")
    return Baseline(
        centre=subgroups.CENTRES[by_centre](stage.rows) if centre is None else centre,
        sigma=subgroups.spread_within(stage.rows, by_sigma) if sigma is None else sigma,
        centre_by=by_centre if centre is None else "frozen",
        sigma_by=by_sigma if sigma is None else "frozen",
    )


def means_and_errors(stage: Stage) -> tuple[Row, Row, Baseline]:
    """Return of readings or subgroups the means, sigma of each mean, and the baseline; NaN where nothing is there."""
    if not stage.rows:
        base = baseline_of_individuals(stage)
        return stage.values, tuple(nan if isnan(value) else base.sigma for value in stage.values), base
    base = baseline_of_subgroups(stage, "pooled")
    counts = [len(subgroups.there_of(row)) for row in stage.rows]
    errors = tuple(base.sigma / sqrt(count) if count else nan for count in counts)
    return tuple(mean(row) for row in stage.rows), errors, base
