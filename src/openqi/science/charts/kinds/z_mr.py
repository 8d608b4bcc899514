"""Z-MR: short runs of several parts on one chart, each reading in sigmas of its part from the mean of its part."""

from math import isnan, nan

from openqi.science.charts.estimators.individuals import mean, moving_ranges, spread_of_individuals
from openqi.science.charts.panel import DEPENDENT, INDEPENDENT, ChartKind, Computed, Stage, sigma_track
from openqi.science.numbers.normal_samples import d2, d3

BY = ("by-part", "constant")


def compute(stage: Stage) -> Computed:
    """Return the standardised readings of a stage and their moving ranges.

    Options: `centres` and `sigmas`, frozen ones by part; else the mean of each part, and sigma from the moving ranges of its
    readings (`sigma_by` = `by-part`), or of all parts together (`constant`).
    """
    parts = {part: [x for x, one in zip(stage.values, stage.groups, strict=True) if one == part] for part in stage.groups}
    frozen, spreads, by = stage.table("centres"), stage.table("sigmas"), stage.text("sigma_by", BY)
    centres = {part: frozen.get(part, mean(values)) for part, values in parts.items()}
    moves = [step for values in parts.values() for step in moving_ranges(values) if not isnan(step)]
    common = mean(moves) / d2(2) if moves else nan
    sigmas = {
        part: spreads.get(part, common if by == "constant" else spread_of_individuals(values)) for part, values in parts.items()
    }
    scores = [
        (value - centres[part]) / sigmas[part] if sigmas[part] > 0.0 else nan
        for value, part in zip(stage.values, stage.groups, strict=True)
    ]
    count = len(scores)
    return Computed(
        tracks=(
            sigma_track("standardised", scores, [0.0] * count, [1.0] * count, INDEPENDENT),
            sigma_track("moving-range", moving_ranges(scores), [d2(2)] * count, [d3(2)] * count, DEPENDENT, floor=0.0),
        ),
        estimates={f"{name} of {part}": table[part] for name, table in (("centre", centres), ("sigma", sigmas)) for part in parts},
        estimators={"centre": "mean of each part, or frozen", "sigma": f"moving-range {by}, or frozen"},
    )


CHARTKIND = ChartKind(
    name="z-mr",
    data="individuals",
    compute=compute,
    options=("centres", "sigmas", "sigma_by"),
    source="[MONTGOMERY] section 10.1",
    needs=("groups",),
)
