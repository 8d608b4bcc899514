"""Q: a self-starting chart of single readings: no phase I, each is judged by those before it."""

from openqi.science.charts.estimators.self_starting import q_statistics
from openqi.science.charts.panel import INDEPENDENT, ChartKind, Computed, Stage, sigma_track


def compute(stage: Stage) -> Computed:
    """Return the Q statistics of a stage. A reading that breaks a rule is not left out of what follows: start a new stage."""
    values = q_statistics(stage.values)
    return Computed(
        tracks=(sigma_track("q", values, [0.0] * len(values), [1.0] * len(values), INDEPENDENT),),
        estimators={"centre": "readings before", "sigma": "readings before"},
    )


CHARTKIND = ChartKind(name="q", data="individuals", compute=compute, options=(), source="[QUESENBERRY1991]")
