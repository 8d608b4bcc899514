"""Cumulative sums of standardised points, one-sided pairs and Crosier's two-sided one."""

from collections.abc import Sequence
from math import isnan, nan

from openqi.science.charts.panel import DEPENDENT, Row, Stage, Track

OPTIONS = ("reference", "decision", "head_start", "side")
_INFINITE = float("inf")


def sums(scores: Sequence[float], reference: float, start: float) -> tuple[Row, Row]:
    """Return the upper sums, at least 0, and the lower sums, at most 0; a missing point leaves them as they are.

    Args:
        scores: standardised points.
        reference: k, in sigma: half of the shift that is looked for.
        start: both begin that far from 0 (fast initial response).

    Source: [MONTGOMERY] section 9.1; [LUCAS-CROSIER1982].
    """
    upper, lower = [], []
    high, low = start, -start
    for score in scores:
        if isnan(score):
            upper.append(nan)
            lower.append(nan)
            continue
        high = max(0.0, high + (score - reference))
        low = min(0.0, low + (score + reference))
        upper.append(high)
        lower.append(low)
    return tuple(upper), tuple(lower)


def sums_chart(stage: Stage, scores: Sequence[float], *, decision: float) -> tuple[Track, ...]:
    """Return the panels of the sides that are asked for: options `reference`, `decision`, `head_start`, `side`.

    Args:
        stage: with its options.
        scores: standardised points.
        decision: h in sigma where the option was left out.
    """
    reference = stage.number("reference", 0.5, above=-5e-324)
    limit = stage.number("decision", decision, above=0.0)
    start = stage.number("head_start", 0.0, above=-5e-324, up_to=1.0) * limit
    side = stage.text("side", ("both", "upper", "lower"))
    upper, lower = sums(scores, reference, start)
    tracks = (side_track("upper-sum", upper, -_INFINITE, limit), side_track("lower-sum", lower, -limit, _INFINITE))
    return tracks if side == "both" else (tracks[0 if side == "upper" else 1],)


def side_track(name: str, values: Sequence[float], lower: float, upper: float) -> Track:
    """Return a panel about 0 with limits and no zones."""
    return Track(
        name=name, values=tuple(values), centre=(0.0,) * len(values), sigma=(nan,) * len(values), lower=(lower,) * len(values),
        upper=(upper,) * len(values), nature=DEPENDENT,
    )  # fmt: skip


def scores_of(means: Sequence[float], errors: Sequence[float], centre: float) -> list[float]:
    """Return how many of its own sigmas each point lies from the centre; NaN where it has none."""
    return [(mean - centre) / error if error > 0.0 else nan for mean, error in zip(means, errors, strict=True)]
