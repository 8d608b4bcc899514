"""`openqi screen`: which of many watched streams need somebody first, as lines, a map, or a folder of pages."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option
from openqi.interfaces.cli.progress import progress
from openqi.interfaces.cli.rule_sets import named_rules

if TYPE_CHECKING:
    from openqi.app.screening.measures import Screened, Screening

_ORDERS = ("worst", "stability", "capability", "alarms", "shift", "spread", "name")


@click.command()
@click.argument("results", type=PATH)
@click.option("--top", type=click.IntRange(min=0), default=20, help="So many streams are listed, by default 20; 0 lists all.")
@click.option("--order", type=click.Choice(_ORDERS), default="worst", help="In which they stand, by default worst first.")
@click.option("--fdr", type=float, default=0.05, help="False discovery rate among streams named unstable, by default 0.05.")
@click.option("--dependent", is_flag=True, help="Streams may depend on each other in any way; fewer are named.")
@click.option("--capable", type=float, default=1.33, help="Least Ppk that is called capable, by default 1.33.")
@click.option("--rules", help="JSON file with the rules that were watched, where they are one's own.")
@picture_option
@click.option("--html", type=PATH, metavar="DIR", help="Write pages into this folder: map, lists, a page of each of the worst.")
@click.option("--readings", type=PATH, metavar="DIR", help="Readings that were watched, for the charts of the pages.")
@click.option("--pages", type=click.IntRange(min=0), default=50, help="So many streams get a page, by default 50.")
@answering
def screen(out: Output, /, results: Path, top: int, order: str, rules: str | None, picture: Path | None, **asked: Any) -> None:
    """Say which streams of a plant need somebody first; one that is unstable or not capable is a finding.

    RESULTS is the folder that `openqi watch` wrote with --out.
    """
    from openqi.app.pictures.screening.map import screening_map
    from openqi.app.screening.results import read_results
    from openqi.app.screening.screening import screened
    from openqi.science.charts.rules.rule import rule_set

    if asked["readings"] is not None and asked["html"] is None:
        raise click.UsageError("--readings are for the charts of pages; give --html DIR too")
    picture = checked(picture)
    read = read_results(results, None if rules is None else rule_set(named_rules(rules)))
    found = screened(read, rate=asked["fdr"], dependent=asked["dependent"], capable_from=asked["capable"], order=order)
    draw(out, picture, lambda wording: screening_map(found, wording))
    if asked["html"] is not None:
        from openqi.interfaces.web.screening.site import Asked, export_screening

        show = progress()
        export_screening(
            Asked(results=read, found=found, target=asked["html"], readings=asked["readings"], pages=asked["pages"]), show
        )
        show("")
    shown = found.streams[: top or None]
    bad = any(one.unstable or one.capable is False for one in found.streams)
    out.answer(_document(found, shown), _lines(out, found, shown), finding=bad)


def _document(found: "Screening", shown: "tuple[Screened, ...]") -> dict[str, Any]:
    return {
        "streams": len(found.streams), "counts": found.counts(), "order": found.order, "rules": found.rules,
        "runLength": found.run_length, "runLengthOffBy": found.run_length_off_by, "runLengthMethod": found.run_length_method,
        "fdr": found.rate, "dependent": found.dependent, "logThreshold": found.log_threshold, "capableFrom": found.capable_from,
        "worst": [_stream(one) for one in shown],
    }  # fmt: skip


def _stream(one: "Screened") -> dict[str, Any]:
    return {
        "stream": one.stream, "unit": one.unit, "quadrant": one.quadrant, "unstable": one.unstable, "capable": one.capable,
        "readings": one.readings, "missing": one.missing, "lastTime": _time(one.last_time), "alarms": one.alarms,
        "expected": one.expected, "logChance": one.log_chance, "farthest": one.farthest, "alarmPoints": one.alarm_points,
        "alarmRate": one.alarm_rate, "lastAlarm": _time(one.last_alarm), "lastAlarmValue": one.last_alarm_value,
        "shift": one.shift, "stabilityIndex": one.stability_index, "mean": one.mean, "sigmaWithin": one.within,
        "sigmaOverall": one.overall, "centre": one.centre, "sigma": one.sigma, "lowerLimit": one.lower_limit,
        "upperLimit": one.upper_limit, "lower": one.lower, "upper": one.upper, "cp": one.cp, "cpk": one.cpk, "pp": one.pp,
        "ppk": one.ppk, "cpm": one.cpm, "cpkInterval": one.cpk_ends, "ppkInterval": one.ppk_ends,
        "rules": {str(number): count for number, count in one.rules.items()},
    }  # fmt: skip


def _time(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(out: Output, found: "Screening", shown: "tuple[Screened, ...]") -> list[str]:
    from openqi.app.pictures.screening.told import chance_text

    said = "-" if found.run_length is None else f"{found.run_length:.4g} ({out.word(found.run_length_method)})"
    named = sum(one.unstable for one in found.streams)
    counts = [(name, f"{count:,}") for name, count in found.counts().items() if count]
    rows: list[tuple[str, object]] = [
        ("plant streams", f"{len(found.streams):,}"), ("run length", said),
        ("named unstable", f"{named:,} ({out.word('false discovery rate')} {100 * found.rate:g} %)"), *counts,
    ]  # fmt: skip
    heads = ("rank", "plant stream", "screened as", "alarms", "expected", "chance", "shift/s", "stability index", "Cpk", "Ppk")
    table = [tuple(out.word(head) for head in heads)]
    for rank, one in enumerate(shown, start=1):
        state = out.state("failed" if one.unstable or one.capable is False else "passed", out.word(one.quadrant))
        name = one.stream if len(one.stream) <= 48 else f"{one.stream[:23]}…{one.stream[-24:]}"
        table.append((
            str(rank), name, state, f"{one.alarms:,}", "-" if one.expected is None else f"{one.expected:.3g}",
            chance_text(one.log_chance), *(_figure(value) for value in (one.shift, one.stability_index, one.cpk, one.ppk)),
        ))  # fmt: skip
    lines = [*out.pairs(rows), "", *out.columns(table)]
    if len(shown) < len(found.streams):
        lines.append(f"… {len(found.streams) - len(shown):,} {out.word('more streams; --top 0 lists all')}")
    return lines


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:z.2f}"
