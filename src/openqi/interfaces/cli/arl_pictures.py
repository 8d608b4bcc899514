"""`openqi arl … --picture`: run lengths over the shift, or the chance of no alarm, of a chart and of others beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option
from openqi.interfaces.cli.rule_sets import named_rules

if TYPE_CHECKING:
    from openqi.app.pictures.frame import Spec, Wording
    from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
    from openqi.science.charts.run_lengths.charts.chart import Chart

_SHIFTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
_WIDTH: Final = 480
Change = tuple[float, "State"]
"""The scale after the change, and whether it comes with the first point or after long."""


@dataclass(frozen=True, kw_only=True)
class Pictured:
    """What the options of a picture say: where it goes, what it shows, and of what besides."""

    picture: Path | None
    of: str
    beside: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What runs until it signals: its name, its run length after a shift, and the distribution of it."""

    name: str
    run_length: "Callable[[float], RunLength]"
    distribution: "Callable[[float], RunLengthDistribution]"


def picture_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of its picture."""
    command = click.option(
        "--beside", multiple=True, metavar="WHAT",
        help="Beside it in the picture: rules as --rules names them, ewma:LAMBDA:LIMIT or cusum:REFERENCE:LIMIT.",
    )(command)  # fmt: skip
    command = click.option(
        "--of", type=click.Choice(["shift", "points"]),
        help="Picture of the run length over the shift (by default), or of the chance of no alarm over the points.",
    )(command)  # fmt: skip
    return picture_option(command)


def pictured(picture: Path | None, of: str | None, beside: tuple[str, ...]) -> Pictured:
    """Return what the options say, refusing at once what no picture can be made of."""
    checked(picture, of=of, beside=beside)
    return Pictured(picture=picture, of=of or "shift", beside=beside)


def of_chart(name: str, chart: "Chart", change: Change) -> Watch:
    """Return what is drawn of a chart."""
    return Watch(
        name=name,
        run_length=lambda shift: chart.run_length(shift, *change),
        distribution=lambda shift: chart.distribution(shift, *change),
    )


def of_set(rules: str, change: Change, **more: Any) -> Watch:
    """Return what is drawn of a set of rules; `more` as `run_length_of` has it."""
    from openqi.science.charts.rules.in_control import distribution_of, run_length_of
    from openqi.science.charts.rules.rule import STEPS, rule_set

    watched, (scale, state) = rule_set(named_rules(rules)), change
    side = more.get("side", "either")

    def distribution(shift: float) -> "RunLengthDistribution":
        if any(rule.asks in STEPS for rule in watched.rules):
            raise click.UsageError(
                f"--of points: {watched.name} has rules that compare points with each other, which are only simulated; "
                "draw it --of shift, or name its other rules"
            )
        return distribution_of(watched, shift, scale, side=side, state=state)

    return Watch(
        name=watched.name,
        run_length=lambda shift: run_length_of(watched, shift, scale, state=state, **more),
        distribution=distribution,
    )


def draw_run_lengths(out: Output, told: Pictured, first: Watch, change: Change, *, shift: float, downwards: bool) -> None:
    """Draw the picture that is asked for, if one is.

    Args:
        out: of the command.
        told: its options.
        first: what the command is about.
        change: of all that is drawn.
        shift: that was asked for: the chances are after it, and the run lengths have a point at it.
        downwards: whether only falling is watched, so that shifts go down.
    """
    if told.picture is None:
        return
    from openqi.app.pictures.control.run_lengths import RunLengthCurve, no_alarm_curves, run_length_curves

    watches = [first, *(_beside(one, change) for one in told.beside)]
    sign = -1.0 if downwards or shift < 0.0 else 1.0
    shifts = sorted({*_SHIFTS, abs(shift)})

    def make(wording: "Wording") -> "Spec":
        if told.of == "points":
            found = {one.name: one.distribution(shift) for one in watches}
            return no_alarm_curves(found, wording, assumptions=first.run_length(shift).assumptions, shift=shift, width=_WIDTH)
        curves = [RunLengthCurve(name=one.name, answers=tuple(one.run_length(sign * size) for size in shifts)) for one in watches]
        return run_length_curves(curves, wording, width=_WIDTH)

    draw(out, told.picture, make)


def _beside(what: str, change: Change) -> Watch:
    name, *numbers = what.split(":")
    if name not in {"ewma", "cusum"}:
        return of_set(what, change)
    one, limit = _numbers(what, numbers)
    if name == "ewma":
        from openqi.science.charts.run_lengths.charts.ewma import Ewma

        return of_chart(ewma_name(one, limit), Ewma(weight=one, limit=limit), change)
    from openqi.science.charts.run_lengths.charts.cusum import Cusum

    return of_chart(cusum_name(one, limit), Cusum(reference=one, limit=limit), change)


def _numbers(what: str, given: Sequence[str]) -> tuple[float, float]:
    try:
        one, limit = map(float, given)
    except ValueError:
        raise click.UsageError(f"--beside {what}: write ewma:LAMBDA:LIMIT or cusum:REFERENCE:LIMIT, as ewma:0.1:2.7") from None
    return one, limit


def ewma_name(weight: float, limit: float) -> str:
    """Return how an EWMA chart is named in a picture."""
    return f"EWMA λ = {weight:g}, L = {limit:.4g}"


def cusum_name(reference: float, limit: float, kind: str = "CUSUM") -> str:
    """Return how a CUSUM chart is named in a picture."""
    return f"{kind} k = {reference:g}, h = {limit:.4g}"
