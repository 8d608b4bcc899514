"""Of each list of objects: how many were drawn and visited in some time, by stratum and by class, and how many never."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openqi.app.reading.context import Context
from openqi.app.reading.surveillance.draws import DrawLine
from openqi.app.reading.surveillance.objects import drawn_in, visited_in
from openqi.records import Names
from openqi.records.draw_lists import Counted, FrameFrozen


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A part of a list: its label, how many objects it has, how many of them were drawn and visited, each counted once."""

    label: str
    objects: int
    drawn: int
    visited: int

    @property
    def never(self) -> int:
        """How many were not visited."""
        return max(self.objects - self.visited, 0)

    @property
    def share(self) -> float | None:
        """Which part was visited; None where the part has no objects."""
        return min(self.visited / self.objects, 1.0) if self.objects else None

    @property
    def step(self) -> int:
        """In which fifth the share lies, 0 to 5; 0 is nobody."""
        share = self.share
        return 0 if not share else min(int(share * 5) + 1, 5)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How far the newest edition of a list is covered by draws from any of its editions.

    Args:
        frame: record of that edition.
        uri, name, as_of: of the list.
        whole: all of it.
        strata, classes: its parts; none where it has but one.
        draws: how many draws were counted.
        elsewhere: how many objects were visited under a label that the newest edition does not have.
    """

    frame: str
    uri: str
    name: Names
    as_of: str
    whole: Covered
    strata: tuple[Covered, ...]
    classes: tuple[Covered, ...]
    draws: int
    elsewhere: int


def coverages(context: Context, lines: Sequence[DrawLine]) -> tuple[Coverage, ...]:
    """Return the coverage of each list that draws were made from, the one that was drawn from last first."""
    by_list: dict[str, list[tuple[DrawLine, FrameFrozen]]] = {}
    for line in lines:
        frame = _frame(context, line.frame)
        if frame is not None and line.state != "cancelled":
            by_list.setdefault(frame.frame, []).append((line, frame))
    return tuple(_coverage(context, found) for found in by_list.values())


def _frame(context: Context, record: str) -> FrameFrozen | None:
    return context.kept("frame", record, lambda: context.body(record, FrameFrozen))


def _coverage(context: Context, found: Sequence[tuple[DrawLine, FrameFrozen]]) -> Coverage:
    newest, stated = max(found, key=lambda one: one[1].as_of)
    drawn: dict[str, tuple[str, str]] = {}
    visited: set[str] = set()
    # From the earliest draw to the latest: what an object is labelled with is as the last draw of it has it.
    for line, _ in reversed(found):
        for name, row in drawn_in(context, line).items():
            drawn[name] = (row.stratum, row.risk_class)
        visited |= visited_in(context, line)
    strata = _parts(stated.strata, drawn, visited, 0)
    whole = Covered(label="", objects=stated.objects, drawn=len(drawn), visited=len(visited))
    return Coverage(
        frame=newest.frame, uri=stated.frame, name=stated.name, as_of=stated.as_of, whole=whole,
        strata=_several(strata), classes=_several(_parts(stated.classes, drawn, visited, 1)),
        draws=sum(line.made is not None for line, _ in found), elsewhere=len(visited) - sum(one.visited for one in strata),
    )  # fmt: skip


def _several(parts: tuple[Covered, ...]) -> tuple[Covered, ...]:
    return parts if len(parts) > 1 else ()


def _parts(
    counted: Sequence[Counted], drawn: Mapping[str, tuple[str, str]], visited: set[str], place: int
) -> tuple[Covered, ...]:  # fmt: skip
    of_drawn = Counter(labels[place] for labels in drawn.values())
    of_visited = Counter(labels[place] for name, labels in drawn.items() if name in visited)
    return tuple(
        Covered(label=one.label, objects=one.objects, drawn=of_drawn[one.label], visited=of_visited[one.label]) for one in counted
    )
