"""`openqi draw assign`: who goes where, from the same seed; the exact shortage where it cannot be."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openqi.interfaces.cli.draw_words import sentence, term, terms
from openqi.interfaces.cli.options import PATH, answering
from openqi.interfaces.cli.output import Output

if TYPE_CHECKING:
    from openqi.science.draws.assignment.assigned import Assignment, ShortageError

TOLD = 20


@click.command()
@click.argument("folder", type=PATH)
@click.option(
    "--officers", type=PATH, required=True, metavar="FILE", help="Table officer, unit, certificates, permits, most, east, north."
)
@click.option("--visits", type=PATH, required=True, metavar="FILE", help="Table name, day, items, east, north of those drawn.")
@click.option("--recusals", type=PATH, metavar="FILE", help="Table officer, name, reason: who may not go where.")
@click.option("--apart", type=PATH, metavar="FILE", help="Table officer, other, reason: who may not go together.")
@click.option("--each", type=int, default=2, help="Officers a visit, by default and at least 2.")
@click.option("--different-units", is_flag=True, help="No two of a visit are of one unit.")
@click.option("--reach", type=int, help="Metres that an officer travels at most, as the crow flies.")
@click.option("--substitutes", type=int, default=2, help="Drawn to stand in, by default 2.")
@answering
def assign(
    out: Output, folder: Path, officers: Path, visits: Path, recusals: Path | None, apart: Path | None, each: int, *,
    different_units: bool, reach: int | None, substitutes: int,
) -> None:  # fmt: skip
    """Send officers to those drawn in FOLDER, from the seed of the draw; a shortage is a finding."""
    from openqi.app.draws.sending import assign as sent
    from openqi.app.draws.sending import read_sent
    from openqi.science.draws.assignment.assigned import ShortageError
    from openqi.science.draws.assignment.people import Rules

    rules = Rules(each=each, different_units=different_units, reach=reach, substitutes=substitutes)
    try:
        found = sent(folder, read_sent(officers, visits, recusals, apart, rules))
    except ShortageError as error:
        out.answer(_lack(error), _lack_lines(out, error), finding=True)
        return
    out.answer(_document(folder, found), _lines(out, found))


def _document(folder: Path, found: "Assignment") -> dict[str, Any]:
    return {
        "folder": str(folder),
        "teams": [
            {"name": one.visit, "officers": one.officers, "substitutes": one.substitutes, "metres": one.metres}
            for one in found.teams
        ],
        "changes": [
            {"name": one.visit, "left": one.left, "joined": one.joined, "reason": one.reason} for one in found.changes
        ],
    }  # fmt: skip


def _lines(out: Output, found: "Assignment") -> list[str]:
    language = out.language
    rows = [terms(("visit", "officers", "substitutes", "metres"), language)]
    rows += [(one.visit, ", ".join(one.officers), ", ".join(one.substitutes) or "-", f"{one.metres}") for one in found.teams[:TOLD]]
    rest = [f"… {len(found.teams) - TOLD} {term('more', language)}"] if len(found.teams) > TOLD else []
    counts = [(term("teams", language), len(found.teams)), (term("changed", language), len(found.changes))]
    return [*out.pairs(counts), "", *out.columns(rows), *rest]


def _lack(error: "ShortageError") -> dict[str, Any]:
    return {
        "missing": error.missing, "proved": error.proved,
        "shortages": [
            {
                "name": one.visit, "wanted": one.wanted, "found": one.found, "counts": dict(one.counts),
                "dropped": [{"officer": officer, "reason": reason} for officer, reason in one.dropped],
            }
            for one in error.shortages
        ],
    }  # fmt: skip


def _lack_lines(out: Output, error: "ShortageError") -> list[str]:
    language = out.language
    rows = [terms(("visit", "found", "wanted", "reasons"), language)]
    for one in error.shortages[:TOLD]:
        told = ", ".join(f"{reason} {count}" for reason, count in sorted(one.counts.items()))
        rows.append((one.visit, f"{one.found}", f"{one.wanted}", told))
    rest = [f"… {len(error.shortages) - TOLD} {term('more', language)}"] if len(error.shortages) > TOLD else []
    counts = [(term("lacking", language), error.missing), (term("lacking in any case", language), error.proved)]
    open_end = [sentence("not-proved", language)] if error.proved < error.missing else []
    return [*out.pairs(counts), "", *out.columns(rows), *rest, "", sentence("shortage", language), *open_end]
