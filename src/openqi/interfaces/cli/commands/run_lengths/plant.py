"""`openqi arl plant`: the false alarms of a plant shared among its streams, and played where that is asked."""

from typing import TYPE_CHECKING, Literal, cast

import click

from openqi.interfaces.cli.options import answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.science.charts.run_lengths.streams.plant import StreamGroup


@click.command("plant")
@click.option(
    "--streams", "groups", multiple=True, required=True, metavar="COUNT:POINTS", help="COUNT streams of POINTS points a week each."
)
@click.option("--alarms-a-week", type=float, help="False alarms a week of the whole plant, on average.")
@click.option("--chance", type=float, help="Of any false alarm in a week; streams independent, charts without memory.")
@click.option(
    "--share", type=click.Choice(["points", "streams"]), default="points", help="Same run length, or same alarms a stream."
)
@answering
def of_plant(out: Output, groups: tuple[str, ...], alarms_a_week: float | None, chance: float | None, share: str) -> None:
    """Share the false alarms of a plant among its streams: the run length that each chart must have."""
    from openqi.science.charts.run_lengths.streams.plant import quiet_week, shared_alarms

    if (alarms_a_week is None) == (chance is None):
        raise click.UsageError("either --alarms-a-week or --chance")
    given = [_group(text) for text in groups]
    if alarms_a_week is not None:
        found = shared_alarms(given, alarms_a_week, share=cast("Literal['points', 'streams']", share))
    elif share != "points":
        raise click.UsageError("--share is of --alarms-a-week; with --chance all points count alike")
    else:
        found = quiet_week(given, cast("float", chance))
    answer = {
        "groups": [
            {
                "streams": one.group.streams, "pointsAWeek": one.group.points_a_week, "runLength": one.run_length,
                "probability": one.probability, "alarmsAWeek": one.alarms_a_week,
            }
            for one in found
        ],
        "assumptions": list(found[0].assumptions),
    }  # fmt: skip
    head = tuple(out.word(one) for one in ("streams watched", "points a week", "run length", "alarms a week"))
    cells = [
        (str(one.group.streams), f"{one.group.points_a_week:g}", f"{one.run_length:.8g}", f"{one.alarms_a_week:.4g}")
        for one in found
    ]
    out.answer(
        answer, [*out.columns([head, *cells]), "", *out.pairs([("assumed", [out.word(one) for one in found[0].assumptions])])]
    )


def _group(text: str) -> "StreamGroup":
    """A group of streams as it is written: `1000:168`."""
    from openqi.science.charts.run_lengths.streams.plant import StreamGroup

    count, _, points = text.partition(":")
    try:
        return StreamGroup(streams=int(count), points_a_week=float(points), name=text)
    except ValueError:
        raise click.UsageError(f"--streams {text}: write COUNT:POINTS, for example 1000:168 of hourly points") from None
