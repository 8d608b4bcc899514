"""Self-starting CUSUM: sums of Q statistics, for a process of which nothing is known yet."""

from openqi.science.charts.estimators.self_starting import q_statistics
from openqi.science.charts.estimators.sums import OPTIONS, sums_chart
from openqi.science.charts.panel import ChartKind, Computed, Stage


def compute(stage: Stage) -> Computed:
    """Return the sums of a stage; options as of `cusum`."""
    return Computed(
        tracks=sums_chart(stage, q_statistics(stage.values), decision=5.0),
        estimators={"centre": "readings before", "sigma": "readings before"},
    )


CHARTKIND = ChartKind(name="self-starting-cusum", data="individuals", compute=compute, options=OPTIONS, source="[HAWKINS1987]")
