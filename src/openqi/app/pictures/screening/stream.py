"""The chart of one watched stream: its last readings with the rules that they broke, or only the points that broke one."""

from collections.abc import Sequence
from typing import Any

from openqi.app.pictures.control.control_chart import control_chart
from openqi.app.pictures.control.plotted import PlottedChart, stored_panel
from openqi.app.pictures.frame import Spec, Wording
from openqi.app.pictures.screening.told import shown_name
from openqi.app.screening.measures import Screened
from openqi.science.charts.rules.rule import RuleSet

MOST = 150
"""So many points are shown."""


def stream_chart(
    one: Screened, rules: RuleSet, readings: Sequence[tuple[Any, float | None]], violations: Sequence[tuple[int, Any, float, int]],
    wording: Wording,
) -> Spec | None:  # fmt: skip
    """Return the chart of a stream, None where there is nothing to draw.

    Args:
        one: the stream.
        rules: the set that was watched.
        readings: its last ones, time and value; none where they are not at hand.
        violations: its points with violations: number, time, value and bits.
        wording: words and units.
    """
    last = one.readings + one.missing
    broken = {point: rules.numbers_of(bits) for point, _, _, bits in violations}
    if readings:
        shown = list(readings[-MOST:])
        first = last - len(shown) + 1
        times, values = tuple(time for time, _ in shown), [value for _, value in shown]
        numbers = {point - first: broken[point] for point in broken if point >= first}
        subtitle = wording("screen-last-readings", shown=len(shown), count=last)
    elif violations:
        few = violations[-MOST:]
        times, values = tuple(time for _, time, _, _ in few), [value for _, _, value, _ in few]
        numbers = {place: rules.numbers_of(bits) for place, (_, _, _, bits) in enumerate(few)}
        subtitle = wording("screen-only-violations", count=len(few))
    else:
        return None
    panel = stored_panel(
        "individuals", values, rules=rules, broken=numbers, centre=one.centre, sigma=one.sigma, lower=one.lower_limit,
        upper=one.upper_limit,
    )  # fmt: skip
    chart = PlottedChart(
        kind="i-mr", rules=rules, panels=(panel,), times=times, unit=one.unit, lower=one.lower, upper=one.upper
    )  # fmt: skip
    spec = control_chart(chart, wording, title=wording("screen-chart"), width=300, heights=(210, 110))
    spec["title"]["subtitle"] = [subtitle]
    spec["description"] = f"{shown_name(one.stream, 80)}. {wording('screen-chart')}. {subtitle}"
    return spec
