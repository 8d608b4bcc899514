"""`openqi recall curve`: how far a recall has come, report by report and quarter by quarter."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.options import PATH, answering, ledger_argument
from openqi.interfaces.cli.output import Output
from openqi.interfaces.cli.pictures import checked, draw, picture_option
from openqi.interfaces.cli.recall_words import TERMS

if TYPE_CHECKING:
    from openqi.pillars.surveillance.recalls.completion import PeriodReached, PointReached


@click.command()
@ledger_argument
@click.argument("recall", metavar="RECALL")
@click.option("--today", metavar="DAY", help="Until when quarters are told; by default today.")
@click.option("--seen", type=PATH, metavar="FILE", help="Table of units with columns mark, reached and seen: days, for bounds.")
@picture_option
@answering
def curve(out: Output, ledger: Path, recall: str, today: str | None, seen: Path | None, picture: Path | None) -> None:
    """Show how many units of RECALL were reached by each report, by eight quarters and three years."""
    from openqi.app.folder import ledger_folder, now
    from openqi.app.pictures.recall import completion_curve
    from openqi.app.recalls.curve import curve_of, known_units
    from openqi.interfaces.cli.tables import table_of
    from openqi.kernel.errors import NotFoundError
    from openqi.pillars.surveillance.recalls.completion import bounds_reached

    picture = checked(picture)
    day = today or now().date().isoformat()
    with ledger_folder(ledger).reading() as store:
        found = curve_of(store, recall, day)
    bounds = None
    if seen is not None:
        if found.recalled is None:
            raise NotFoundError("nobody knows how many units are recalled, so there are no bounds")
        table = table_of(seen)
        units = known_units(zip(table.column("mark"), table.column("reached"), table.column("seen"), strict=True))
        bounds = bounds_reached(units, found.recalled, day)
    if picture is not None and not found.points:
        raise NotFoundError("nobody has reported yet how far it came: there is nothing to draw")
    draw(out, picture, lambda wording: completion_curve(found.points, wording, begins=found.begins, until=day))
    data: dict[str, Any] = {
        "recall": recall, "recalled": found.recalled, "points": [point_data(one) for one in found.points],
        "periods": [period_data(one) for one in found.periods],
        "bounds": None if bounds is None else {"day": bounds.day, "lower": bounds.lower, "upper": bounds.upper},
    }  # fmt: skip
    lines = out.columns((one.at, f"{one.reached}", *_share(one)) for one in found.points)
    lines += out.columns(_period(out, one) for one in found.periods)
    if bounds is not None:
        lines += out.pairs([(TERMS.term("by marks", out.language), f"{bounds.lower} … {bounds.upper} / {bounds.recalled}")])
    out.answer(data, lines)


def point_data(one: "PointReached") -> dict[str, Any]:
    """Return a report's point as programs are told it."""
    return {
        "at": one.at, "record": one.record, "reached": one.reached, "recalled": one.recalled, "returned": one.returned,
        "repaired": one.repaired, "destroyed": one.destroyed, "told": one.told, "silent": list(one.silent),
    }  # fmt: skip


def period_data(one: "PeriodReached") -> dict[str, Any]:
    """Return a quarter or year as programs are told it."""
    point = one.point
    return {
        "period": one.name, "first": one.first, "last": one.last, "over": one.over, "stale": one.stale,
        "asOf": None if point is None else point.at, "reached": None if point is None else point.reached,
        "recalled": None if point is None else point.recalled,
    }  # fmt: skip


def _share(one: "PointReached") -> tuple[str, str]:
    if not one.recalled:
        return "/ ?", ""
    return f"/ {one.recalled}", f"{100 * one.reached / one.recalled:.2f} %"


def _period(out: Output, one: "PeriodReached") -> tuple[str, ...]:
    def word(text: str) -> str:
        return TERMS.term(text, out.language)

    if one.point is None:
        return one.name, one.first, one.last, word("no report"), ""
    notes = [word("older")] if one.stale else []
    notes += [] if one.over else [word("not over")]
    return one.name, one.first, one.last, f"{one.point.reached}", " ".join([f"{word('as of')} {one.point.at[:10]}", *notes])
