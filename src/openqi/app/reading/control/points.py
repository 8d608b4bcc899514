"""All points of a control plan, for a file: as they were sealed, the earliest first, as many as a file has."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.control.charted import Evaluated, evaluated
from openqi.app.reading.control.plans import plan_files

MOST_POINTS: Final = 50_000
MOST_EVALUATIONS: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class PointsOf:
    """Points of a plan. `complete` says whether these are all; else the newest ones."""

    plan: str
    unit: str
    panels: tuple[str, ...]
    evaluations: tuple[Evaluated, ...]
    complete: bool


def points_of(context: Context, uri: str) -> PointsOf:
    """Return the points of a plan; raises NotFoundError."""
    files, stated = plan_files(context, uri)
    found: list[Evaluated] = []
    points, complete = 0, True
    for row in files.standing("e"):
        if points >= MOST_POINTS or len(found) >= MOST_EVALUATIONS:
            complete = False
            break
        one = evaluated(context, files, row)
        if one is not None:
            found.append(one)
            points += len(one.rows)
    panels = dict.fromkeys(panel.name for one in reversed(found) for panel in one.stated.panels)
    return PointsOf(
        plan=uri, unit=stated.characteristic.unit, panels=tuple(panels), evaluations=tuple(reversed(found)), complete=complete
    )
