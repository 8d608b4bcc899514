"""`openqi arl plant`: the false alarms of a plant shared among its streams, the limits that give them, and the plant played."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.science.charts.run_lengths.charts.cusum import Cusum
    from openqi.science.charts.run_lengths.charts.ewma import Ewma
    from openqi.science.charts.run_lengths.charts.shewhart import Shewhart
    from openqi.science.charts.run_lengths.streams.plant import AlarmShare, StreamGroup
    from openqi.science.charts.run_lengths.streams.played import PlayedWeeks


@click.command("plant")
@click.option(
    "--streams", "groups", multiple=True, required=True, metavar="COUNT:POINTS", help="COUNT streams of POINTS points a week each."
)
@click.option("--alarms-a-week", type=float, help="False alarms a week of the whole plant, on average.")
@click.option("--chance", type=float, help="Of any false alarm in a week; streams independent, charts without memory.")
@click.option(
    "--share", type=click.Choice(["points", "streams"]), default="points", help="Same run length, or same alarms a stream."
)
@click.option("--chart", "kind", type=click.Choice(["shewhart", "ewma", "cusum"]), help="Find the limit of this chart too.")
@click.option("--lambda", "weight", type=float, help="Weight of the newest point, of ewma.")
@click.option("--reference", type=float, help="k of cusum, in standard deviations of a point.")
@click.option("--weeks", type=click.IntRange(min=1), help="Play the plant in control for so many weeks, and count its alarms.")
@click.option("--seed", default="openqi arl", help="Of the played points: any text.")
@answering
def of_plant(
    out: Output, groups: tuple[str, ...], alarms_a_week: float | None, chance: float | None, share: str, kind: str | None,
    weight: float | None, reference: float | None, weeks: int | None, seed: str,
) -> None:  # fmt: skip
    """Share the false alarms of a plant among its streams: the run length that each chart must have."""
    from openqi.science.charts.run_lengths.limits import limit_for
    from openqi.science.charts.run_lengths.streams.plant import quiet_week, shared_alarms
    from openqi.science.charts.run_lengths.streams.played import played_weeks

    if (alarms_a_week is None) == (chance is None):
        raise click.UsageError("either --alarms-a-week or --chance")
    base = _chart(kind, weight, reference)
    if chance is not None and kind not in (None, "shewhart"):
        raise click.UsageError("--chance is of charts without memory: --chart shewhart")
    if weeks is not None and base is None:
        raise click.UsageError("--weeks plays a chart: name it with --chart")
    given = [_group(text) for text in groups]
    if alarms_a_week is not None:
        found = shared_alarms(given, alarms_a_week, share=cast("Literal['points', 'streams']", share))
    elif share != "points":
        raise click.UsageError("--share is of --alarms-a-week; with --chance all points count alike")
    else:
        found = quiet_week(given, cast("float", chance))
    charts: list[Any] = [] if base is None else [limit_for(base, one.run_length).chart for one in found]
    pairs = [(one.group, chart) for one, chart in zip(found, charts, strict=False)]
    played = None if weeks is None else played_weeks(pairs, weeks, seed=seed)
    _answer(out, found, [chart.limit for chart in charts], played)


def _chart(kind: str | None, weight: float | None, reference: float | None) -> "Ewma | Cusum | Shewhart | None":
    """The chart whose limit is looked for; an option of another chart is refused."""
    from openqi.science.charts.run_lengths.charts.cusum import Cusum
    from openqi.science.charts.run_lengths.charts.ewma import Ewma
    from openqi.science.charts.run_lengths.charts.shewhart import Shewhart

    if (weight is not None) != (kind == "ewma") or (reference is not None) != (kind == "cusum"):
        raise click.UsageError("--chart ewma goes with --lambda, --chart cusum with --reference, and shewhart with neither")
    if kind == "ewma":
        return Ewma(weight=weight or 0.0, limit=2.8)
    if kind == "cusum":
        return Cusum(reference=reference or 0.0, limit=4.0)
    return None if kind is None else Shewhart(limit=3.0)


def _answer(out: Output, found: "Sequence[AlarmShare]", limits: Sequence[float], played: "PlayedWeeks | None") -> None:
    document: dict[str, Any] = {
        "groups": [
            {
                "streams": one.group.streams, "pointsAWeek": one.group.points_a_week, "runLength": one.run_length,
                "probability": one.probability, "alarmsAWeek": one.alarms_a_week,
                **({"limit": limits[place]} if limits else {}),
            }
            for place, one in enumerate(found)
        ],
        "assumptions": list(found[0].assumptions),
    }  # fmt: skip
    head = ["streams watched", "points a week", "run length", "alarms a week", *(["limit"] if limits else [])]
    cells = [
        (
            str(one.group.streams), f"{one.group.points_a_week:g}", f"{one.run_length:.8g}", f"{one.alarms_a_week:.4g}",
            *([f"{limits[place]:.6f}"] if limits else []),
        )
        for place, one in enumerate(found)
    ]  # fmt: skip
    rows: list[tuple[str, object]] = []
    if played is not None:
        error = played.standard_error if played.weeks > 1 else None
        document["played"] = {
            "weeks": played.weeks, "alarms": played.alarms, "alarmsAWeek": played.alarms_a_week, "standardError": error,
            "quietWeeks": played.quiet,
        }  # fmt: skip
        spread = "" if error is None else f" ± {error:.2g}"
        rows += [
            ("weeks played", played.weeks), ("alarms counted a week", f"{played.alarms_a_week:.4g}{spread}"),
            ("weeks without alarm", played.quiet),
        ]  # fmt: skip
    rows.append(("assumed", [out.word(one) for one in found[0].assumptions]))
    out.answer(document, [*out.columns([tuple(map(out.word, head)), *cells]), "", *out.pairs(rows)])


def _group(text: str) -> "StreamGroup":
    """A group of streams as it is written: `1000:168`."""
    from openqi.science.charts.run_lengths.streams.plant import StreamGroup

    count, _, points = text.partition(":")
    try:
        return StreamGroup(streams=int(count), points_a_week=float(points), name=text)
    except ValueError:
        raise click.UsageError(f"--streams {text}: write COUNT:POINTS, for example 1000:168 of hourly points") from None
