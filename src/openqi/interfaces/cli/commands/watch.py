"""`openqi watch`: a plant's nightly job over a folder of Parquet files, or live with --live; what was done stays."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.live import watched_live, with_live
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.progress import progress
from openqi.interfaces.cli.rule_sets import named_rules

if TYPE_CHECKING:
    from openqi.app.watching.job import Watched


@click.command()
@click.argument("readings", type=PATH, required=False)
@click.option(
    "--baseline", type=PATH, help="Parquet, CSV, XLSX or JSON: a row a stream with centre, sigma, perhaps lower, upper, unit."
)
@click.option(
    "--learn", metavar="ESTIMATOR", help="Instead: estimate the limits from the first readings, for example moving-range."
)
@click.option("--rules", default="nelson", help="A rule set by its name, or a JSON file with one's own; by default nelson.")
@click.option("--out", type=PATH, required=True, help="Folder of the results; what is there is continued.")
@click.option("--engine", default="local", help="What runs: local (threads of this machine, the default) or spark.")
@click.option("--workers", type=click.IntRange(min=1), help="So many parts at once; by default one a core.")
@with_live
@answering
def watch(
    out: Output,
    /,
    readings: Path | None,
    baseline: Path | None,
    learn: str | None,
    rules: str,
    engine: str,
    workers: int | None,
    live: dict[str, Any] | None,
    **asked: Any,
) -> None:
    """Watch the readings of a plant, and say which streams alarm; an alarm is a finding.

    READINGS is a folder of Parquet files with stream, time, value, perhaps unit; each is sorted by stream, then time. With --live
    readings come from a broker or from CSV files that grow, and are charted as they come.
    """
    from openqi.app.watching.job import Asked, watch_readings
    from openqi.engines.engine import engine_named
    from openqi.engines.plant.learning import ESTIMATORS
    from openqi.science.charts.rules.rule import rule_set

    if (readings is None) == (live is None):
        raise click.UsageError("name a folder of readings, or with --live where they come from, one of them")
    if live is not None:
        if baseline is None or learn is not None or engine != "local" or workers is not None:
            raise click.UsageError("--live needs --baseline, and goes without --learn, --engine and --workers")
        watched_live(out, live, baseline=baseline, rules=rule_set(named_rules(rules)), folder=asked["out"])
        return
    assert readings is not None
    if (baseline is None) == (learn is None):
        raise click.UsageError("name the limits with --baseline, or have them estimated with --learn, one of them")
    if learn is not None and learn not in ESTIMATORS:
        raise click.UsageError(f"--learn {learn}: estimators are {', '.join(ESTIMATORS)}")
    found = watch_readings(
        Asked(
            readings=readings, out=asked["out"], rules=rule_set(named_rules(rules)), baseline=baseline, estimator=learn or "",
            engine=engine_named(engine), workers=workers or os.cpu_count() or 1,
        ),
        progress(),
    )  # fmt: skip
    out.answer(_document(found), _lines(out, found, asked["out"]), finding=found.violations > 0)


def _document(found: "Watched") -> dict[str, Any]:
    last = found.manifest.runs[-1]["parts"] if found.manifest.runs else []
    return {
        "run": found.run, "newFiles": found.new_files, "parts": found.parts, "resumed": found.resumed, "streams": found.streams,
        "readings": found.readings, "violations": found.violations, "alarms": found.alarms, "alarmingStreams": found.alarming,
        "rules": found.manifest.rules, "runLength": found.chance.run_length, "runLengthOffBy": found.chance.off_by,
        "runLengthMethod": found.chance.method, "files": [file for part in last for file in part["files"]],
    }  # fmt: skip


def _lines(out: Output, found: "Watched", folder: Path) -> list[str]:
    said = "-" if found.chance.run_length is None else f"{found.chance.run_length:.4g} ({out.word(found.chance.method)})"
    return out.pairs([
        ("run", found.run), ("new files", found.new_files),
        ("parts", f"{found.parts} ({out.word('done before')}: {found.resumed})"),
        ("plant streams", f"{found.streams:,}"), ("readings so far", f"{found.readings:,}"),
        ("points with violations", f"{found.violations:,}"), ("alarms so far", f"{found.alarms:,}"),
        ("streams with alarms", f"{found.alarming:,}"), ("run length", said), ("results", folder),
    ])  # fmt: skip
