"""`openqi capability position` and `joint`: two coordinates within a circle, several characteristics within their limits."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.tables import check_units, number, numbers_of, table_of

if TYPE_CHECKING:
    from openqi.science.capability.indices import Limits
    from openqi.science.capability.intervals.interval import Interval


@click.command("position", context_settings={"ignore_unknown_options": True})  # a target may be negative
@click.argument("data", type=PATH)
@click.option("--x", "first", required=True, help="Column of the first coordinate.")
@click.option("--y", "second", required=True, help="Column of the second one, in the same unit.")
@click.option("--diameter", required=True, help="Of the circle of tolerance.")
@click.option("--target-x", help="Where the middle of the circle is; by default 0.")
@click.option("--target-y", help="Likewise.")
@click.option("--confidence", type=float, default=0.95, help="Of the interval, by default 0.95.")
@click.option("--resamples", type=click.IntRange(min=0), default=0, help="For a bootstrap interval of Ppk; by default none.")
@click.option("--seed", default="capability", help="Of the bootstrap: any text.")
@answering
def position(
    out: Output, /, data: Path, first: str, second: str, diameter: str, target_x: str | None, target_y: str | None, **asked: Any
) -> None:
    """Of a position: points within a circle about where they should be.

    DATA is a table (CSV, XLSX or Parquet) of points in order of time.
    """
    from openqi.science.capability.regions import position as regions

    table = table_of(data)
    check_units(table)
    target = (number("--target-x", target_x) or 0.0, number("--target-y", target_y) or 0.0)
    found = regions.position(
        numbers_of(table, first), numbers_of(table, second), diameter=number("--diameter", diameter) or 0.0, target=target, **asked
    )
    answer = {
        "columns": [first, second], "n": found.n, "pp": found.performance, "ppk": found.nearer, "interval": _known(found.interval),
        "off": found.off, "sds": list(found.sds), "observedPpm": 1e6 * found.observed, "expectedPpm": 1e6 * found.expected,
        "method": found.method,
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("points", found.n), ("mean off target", f"{found.off:.6g}"),
        ("spread along its axes", f"{found.sds[0]:.6g}, {found.sds[1]:.6g}"),
        ("Pp", f"{found.performance:.4f}"), ("Ppk", _index(found.nearer, found.interval)),
        ("observed outside, ppm", f"{1e6 * found.observed:.6g}"), ("expected outside, ppm", f"{1e6 * found.expected:.6g}"),
        ("method", out.word(found.method)),
    ]  # fmt: skip
    out.answer(answer, out.pairs(rows))


@click.command("joint")
@click.argument("data", type=PATH)
@click.option(
    "--limits", "given", multiple=True, required=True, metavar="COLUMN:LOWER:UPPER",
    help="Limits of a column, as often as there are; one may be left out, as in length::10.2.",
)  # fmt: skip
@click.option("--confidence", type=float, default=0.95, help="Of the interval, by default 0.95.")
@click.option("--resamples", type=click.IntRange(min=0), default=0, help="For a bootstrap interval of Ppk; by default none.")
@click.option("--seed", default="capability", help="Of the bootstrap: any text.")
@answering
def joint(out: Output, /, data: Path, given: tuple[str, ...], **asked: Any) -> None:
    """Of several characteristics that vary together, each with limits of its own.

    DATA is a table (CSV, XLSX or Parquet): a row an item, a column a characteristic.
    """
    from openqi.science.capability.regions import box as regions

    limits = dict(map(_limits, given))
    if len(limits) != len(given):
        raise click.UsageError("--limits names a column twice; each has its limits in one --limits")
    table = table_of(data)
    check_units(table)
    found = regions.box({name: numbers_of(table, name) for name in limits}, limits, **asked)
    least, most = (1e6 * one for one in found.expected)
    answer = {
        "columns": list(limits), "n": found.n, "pp": found.performance, "ppk": found.nearer, "interval": _known(found.interval),
        "limitedBy": found.limited_by, "singles": dict(found.singles), "observedPpm": 1e6 * found.observed,
        "expectedPpm": {"atLeast": least, "atMost": most}, "correlations": [list(row) for row in found.correlations],
        "method": found.method,
    }  # fmt: skip
    rows: list[tuple[str, object]] = [
        ("items", found.n), ("Pp", "-" if found.performance is None else f"{found.performance:.4f}"),
        ("Ppk", _index(found.nearer, found.interval)), ("limited by", found.limited_by),
        ("Ppk of each alone", [f"{name}: {value:.4f}" for name, value in found.singles.items()]),
        ("observed outside, ppm", f"{1e6 * found.observed:.6g}"), ("expected outside, ppm", f"{least:.6g} … {most:.6g}"),
        ("method", out.word(found.method)),
    ]  # fmt: skip
    out.answer(answer, out.pairs(rows))


def _limits(text: str) -> tuple[str, "Limits"]:
    """A column with its limits, as written: `length:9.8:10.2`; the name itself may have colons."""
    from openqi.science.capability.indices import limits

    name, *ends = text.rsplit(":", 2)
    if len(ends) != 2 or not name:
        raise click.UsageError(f"--limits {text}: write COLUMN:LOWER:UPPER, for example length:9.8:10.2 or length::10.2")
    lower, upper = (number(f"--limits {text}", end or None) for end in ends)
    return name, limits(lower, upper)


def _index(value: float, known: "Interval | None") -> str:
    if known is None:
        return f"{value:.4f}"
    return f"{value:.4f}   {known.lower:.4f} … {known.upper:.4f} ({known.confidence * 100:.6g} %, {known.method})"


def _known(found: "Interval | None") -> dict[str, Any] | None:
    return None if found is None else dict(vars(found))
