"""The alarms of a control plan, the newest first: open, confirmed or refuted, with what people found."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.charted import Evaluated, PointLine, evaluated
from openqi.app.reading.control.rows import Files
from openqi.app.reading.keys import place_of
from openqi.records.process_control import AlarmAssessed

MOST: Final = 30
MOST_EACH: Final = 100
"""How many alarms of one evaluation are listed; that there are more is said."""


@dataclass(frozen=True, kw_only=True)
class AlarmLine:
    """An alarm: its point, the evaluation that raised it, and what people found, where anybody has looked."""

    point: PointLine
    evaluation: Seen
    assessment: Seen | None
    stated: AlarmAssessed | None


@dataclass(frozen=True, kw_only=True)
class AlarmList:
    """Some alarms. `below` leads to earlier ones, None at the end; `more` counts those of one evaluation that are not listed."""

    alarms: tuple[AlarmLine, ...]
    below: int | None
    more: int


def alarm_list(context: Context, files: Files, *, below: int | None = None) -> AlarmList:
    """Return alarms of whole evaluations, about as many as a page shows.

    Args:
        context: the log.
        files: of the plan.
        below: only evaluations that came into the log below this index.
    """
    found: list[AlarmLine] = []
    more, last = 0, 0
    for row in files.standing("r", below=below):
        if len(found) >= MOST:
            return AlarmList(alarms=tuple(found), below=last, more=more)
        last = place_of(row)
        one = evaluated(context, files, row)
        if one is None:
            continue
        alarms = [point for point in reversed(one.points) if point.state]
        more += max(len(alarms) - MOST_EACH, 0)
        found += _lines(context, files, one, alarms[:MOST_EACH])
    return AlarmList(alarms=tuple(found), below=None, more=more)


def _lines(context: Context, files: Files, one: Evaluated, alarms: list[PointLine]) -> list[AlarmLine]:
    known: dict[int, str] = {}
    for row in files.of_evaluation(one.id):
        known.setdefault(int(row["point"] or 0), str(row["id"]))
    seen = context.seen(one.id)
    return [
        AlarmLine(
            point=point, evaluation=seen,
            assessment=None if point.point not in known else context.seen(known[point.point]),
            stated=None if point.point not in known else context.body(known[point.point], AlarmAssessed),
        )
        for point in alarms
    ]  # fmt: skip
