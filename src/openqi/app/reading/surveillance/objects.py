"""Who was drawn in a draw, who of them was visited, and what was made public of each; rows of batches, each read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.app.reading.surveillance.draws import DrawLine
from openqi.app.reading.surveillance.visits import visits_of_draw
from openqi.app.reading.surveillance.withdrawn import gone, steps
from openqi.kernel.errors import NotFoundError
from openqi.records import Items
from openqi.records.draw_rows import DrawnRow, ResultRow
from openqi.records.draws import DrawMade, DrawShown
from openqi.records.governance import Withdrawn
from openqi.records.inspections import ResultsPublished, publications_subject, visits_subject

NOBODY_WENT: Final = "not-visited"
_FEW: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicResult:
    """What is public about an object of a draw: the row, the record that made it public, and when."""

    row: ResultRow
    publication: str
    at: str


def drawn_in(context: Context, line: DrawLine) -> Mapping[str, DrawnRow]:
    """Return who was drawn, by name; nobody where that is not public, or its rows are not at hand."""
    made = line.made
    if made is None:
        return {}
    return context.kept("drawn objects", made, lambda: _drawn(context, made), heavy=_heavy(line))


def _heavy(line: DrawLine) -> bool:
    """Whether the rows of a draw are so many that only few such draws are kept."""
    return line.drawn > _FEW


def _drawn(context: Context, made: str) -> Mapping[str, DrawnRow]:
    found = context.body(made, DrawMade) or context.body(made, DrawShown)
    items: Items | None = None if found is None else found.items
    try:
        return {} if items is None else {row.object: row for row in context.rows(items, DrawnRow)}
    except NotFoundError:
        return {}


def results_of(context: Context, line: DrawLine) -> Mapping[str, PublicResult]:
    """Return what is public of each object: the last that publications which stand say of it, unless that was taken back."""
    if line.publication is None:
        return {}
    tags = (publications_subject(line.draw), kind_tag(Withdrawn.KIND))
    return context.kept("public results", line.committed, lambda: _results(context, line), heavy=_heavy(line), tags=tags)


def _results(context: Context, line: DrawLine) -> Mapping[str, PublicResult]:
    found: dict[str, PublicResult] = {}
    lost = gone(context).records
    for one in steps(context, {"committed": line.committed, "sort": "publication"}, newest_first=False):
        record = str(one["record"])
        stated = None if record in lost else context.body(record, ResultsPublished)
        try:
            rows = () if stated is None else context.rows(stated.items, ResultRow)
        except NotFoundError:
            continue
        for row in rows:
            found[row.object] = PublicResult(row=row, publication=record, at=str(one["at"]))
    return {name: one for name, one in found.items() if one.row.outcome is not None}


def visited_in(context: Context, line: DrawLine) -> frozenset[str]:
    """Return where somebody went, by reports that the reader may see and by what is public."""

    def made() -> frozenset[str]:
        reported = {one.object for one in visits_of_draw(context, line.committed) if one.outcome != NOBODY_WENT}
        if line.visits >= line.reported:  # nothing is public that the reader does not see reported
            return frozenset(reported)
        return frozenset(reported | {name for name, one in results_of(context, line).items() if one.row.outcome != NOBODY_WENT})

    tags = (visits_subject(line.draw), publications_subject(line.draw), kind_tag(Withdrawn.KIND))
    return context.kept("visited objects", f"{line.committed} {context.reader or ''}", made, heavy=_heavy(line), tags=tags)
