"""Results of a draw as open data: a row for each object that was drawn, also where nothing is public yet: none lacks its whole."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.surveillance.draws import DrawLine, draw_line, draw_lines
from openqi.app.reading.surveillance.limits import LimitTold, limit_told
from openqi.app.reading.surveillance.objects import drawn_in, results_of
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING, OUTCOMES, OUTSIDE

_ID_LENGTH: Final = 64


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """An object that was drawn, with what is public of it; `outcome` is "" where nothing is."""

    object: str
    stratum: str
    risk_class: str
    place: int
    chance: str
    outcome: str
    at: str
    due: str
    late: bool
    published_at: str
    publication: str
    report: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of a draw that are public, with their denominators.

    Args:
        line: the draw, as the public sees it.
        made: the record that says who was drawn.
        limit: for publication; None where none was committed to.
        rows: in drawn order.
        outcomes: how many ended how.
        drawn, public, waiting, late: objects; with a public result; without; of the public ones after their day.
        examined, unresolved, outside: of the public ones: found good or bad, not examined, nothing to examine.
    """

    line: DrawLine
    made: Seen
    limit: LimitTold | None
    rows: tuple[ResultLine, ...]
    outcomes: tuple[tuple[str, int], ...]
    drawn: int
    public: int
    waiting: int
    late: int
    examined: int
    unresolved: int
    outside: int


def results(context: Context, draw: str) -> Results:
    """Return the results of a draw that are public.

    Args:
        context: the log, as the public sees it.
        draw: URI of the draw, or the record that committed to it, where under one URI several did.

    Raises:
        NotFoundError: there is no such draw, or who was drawn is not public.
        FormatError: several committed under that URI.
    """
    line = _line(context, draw)
    if line.made is None or line.hidden:
        raise NotFoundError(f"who was drawn in {line.draw} is not public yet")
    public = results_of(context, line)
    rows = []
    for name, drawn in drawn_in(context, line).items():
        found = public.get(name)
        row = None if found is None else found.row
        rows.append(
            ResultLine(
                object=name, stratum=drawn.stratum, risk_class=drawn.risk_class, place=drawn.place,
                chance=drawn.chance or drawn.target, outcome="" if row is None else row.outcome or "",
                at="" if row is None else row.at, due="" if row is None else row.due or "", late=row is not None and row.late,
                published_at="" if found is None else found.at, publication="" if found is None else found.publication,
                report="" if row is None else row.record,
            )
        )  # fmt: skip
    ended = Counter(one.outcome for one in rows if one.outcome)
    group = Counter[str]()
    for code, many in ended.items():
        group[OUTCOMES[code].group] += many
    shown = sum(ended.values())
    examined = group[CONFORMING] + group[NONCONFORMING]
    return Results(
        line=line, made=context.seen(line.made), limit=None if line.limit is None else limit_told(context, line.limit),
        rows=tuple(rows), outcomes=tuple((code, ended[code]) for code in OUTCOMES if ended[code]), drawn=len(rows), public=shown,
        waiting=len(rows) - shown, late=sum(one.late for one in rows), examined=examined, outside=group[OUTSIDE],
        unresolved=shown - examined - group[OUTSIDE],
    )  # fmt: skip


def _line(context: Context, draw: str) -> DrawLine:
    if len(draw) == _ID_LENGTH and not set(draw) - set("0123456789abcdef"):
        found = draw_line(context, draw)
        if found is None:
            raise NotFoundError(f"no record {draw} commits to a draw")
        return found
    lines = [one for one in draw_lines(context) if one.draw == draw]
    if not lines:
        raise NotFoundError(f"the log knows no draw {draw[:200]}")
    if len(lines) > 1:
        names = ", ".join(one.committed for one in lines[:5])
        raise FormatError(f"several committed to {draw[:200]}; name the record of one: {names}")
    return lines[0]
