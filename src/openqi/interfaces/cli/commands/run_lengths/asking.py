"""What every command of `openqi arl` asks alike, and how it answers."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import click

from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.science.charts.run_lengths.answer import RunLength, RunLengthDistribution, State
    from openqi.science.charts.run_lengths.charts.chart import Chart, Limited

_Decorator = Callable[[Callable[..., None]], Callable[..., None]]
SIDES: Final = click.Choice(["both", "upper", "lower"])
Side = Literal["both", "upper", "lower"]
Asked = tuple[float, float, "State", tuple[float, ...]]
"""Shift, scale, state and quantiles."""


def change(
    *, shift: str | None = "Of the mean, in standard deviations of a point; by default 0.", whole: bool = True
) -> _Decorator:
    """Return what gives a command the change that a chart shall see, and what is asked of the run length, as `asked`.

    Args:
        shift: help of --shift; None where a shift does nothing.
        whole: also the steady state and quantiles, of charts whose whole distribution is known.
    """
    asks = [
        click.option(
            "--scale", type=float, default=1.0, help="Standard deviation after the change, of the one in control; by default 1."
        )
    ]
    if shift is not None:
        asks.insert(0, click.option("--shift", type=float, default=0.0, help=shift))
    if whole:
        asks += [
            click.option("--steady", is_flag=True, help="The change comes after a long time in control, not with the first point."),
            click.option(
                "--quantile", "quantiles", type=float, multiple=True, help="By how many points it signals with this probability."
            ),
        ]

    def asking(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_change(
            *args: Any, scale: float, shift: float = 0.0, steady: bool = False, quantiles: tuple[float, ...] = (), **options: Any
        ) -> None:
            command(*args, asked=(shift, scale, "steady" if steady else "zero", quantiles), **options)

        for ask in reversed(asks):
            with_change = ask(with_change)
        return with_change

    return asking


def search(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the search for its limit, as `wanted`: a run length in control, or None."""

    @click.option("--find-limit", is_flag=True, help="Find the limit for the run length of --run-length.")
    @click.option("--run-length", type=float, help="Wanted in control, in points.")
    @wraps(command)
    def with_search(*args: Any, find_limit: bool, run_length: float | None, limit: float | None, **options: Any) -> None:
        if find_limit != (run_length is not None) or find_limit == (limit is not None):
            raise click.UsageError("either --limit, or --find-limit with --run-length")
        command(*args, limit=limit, wanted=run_length, **options)

    return with_search


def answer_chart(
    out: Output, named: Mapping[str, object], chart: "Limited", wanted: float | None, asked: Asked,
    draw: "Callable[[Limited], None]" = lambda _: None,
) -> None:  # fmt: skip
    """Answer for a chart with one limit, which is looked for first where a run length is wanted; `draw` draws the one found."""
    from openqi.science.charts.run_lengths.limits import limit_for

    shift, scale, state, quantiles = asked
    bound = None
    if wanted is not None:
        found_limit = limit_for(chart, wanted)
        chart, bound = found_limit.chart, found_limit.error_bound
    found = chart.run_length(shift, scale, state)
    # Only commands of charts whose whole distribution is known ask for quantiles.
    told = cast("Chart", chart).distribution(shift, scale, state) if quantiles else None
    draw(chart)
    answer(out, {**named, "limit": chart.limit, "limitErrorBound": bound}, found, told, quantiles)


def answer(
    out: Output, named: Mapping[str, object], found: "RunLength", told: "RunLengthDistribution | None", quantiles: Sequence[float]
) -> None:
    """Answer with a run length and its quantiles; what was asked comes first."""
    points = [(one, told.quantile(one)) for one in quantiles] if told is not None else []
    document = {
        **named, "shift": found.shift, "scale": found.scale, "state": found.state, "runLength": found.value,
        "errorBound": found.error_bound, "standardError": found.standard_error, "method": found.method,
        "quantiles": [{"probability": one, "points": count} for one, count in points], "assumptions": list(found.assumptions),
    }  # fmt: skip
    rows: list[tuple[str, object]] = []
    if "limit" in named:
        rows.append(("limit", f"{named['limit']:.10g}"))
    rows += [(f"{one} limit", "-" if named[one] is None else f"{named[one]:.10g}") for one in ("lower", "upper") if one in named]
    rows.append(("run length", f"{found.value:.8g}"))
    if found.error_bound is None:
        rows.append(("standard error", f"{found.standard_error:.2g}"))
    else:
        rows.append(("error at most", f"{found.error_bound:.1g}"))
    rows.append(("method", out.word(found.method)))
    rows += [(f"{out.word('signals by')} {one:.4g}", count) for one, count in points]
    rows.append(("assumed", [out.word(one) for one in found.assumptions]))
    out.answer(document, out.pairs(rows))
