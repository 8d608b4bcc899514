"""Programmes that follow model firms up (百家标杆跟踪): who is listed, who lost the status, who repaired it, misses and all."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.pledges.firms import ModelLine, model_lines
from openqi.kernel.errors import NotFoundError
from openqi.records.pledges import BenchmarkProgrammePublished

LOST: Final = ("lost", "stays-lost")
_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class ProgrammeLine:
    """A programme in one line."""

    programme: Named
    seen: Seen
    said: BenchmarkProgrammePublished


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """A programme with its rule and its firms: those who lost the status stand first."""

    line: ProgrammeLine
    firms: tuple[ModelLine, ...]

    def count(self, *statuses: str) -> int:
        """Return how many firms have one of some statuses."""
        return sum(one.reviewed.status in statuses for one in self.firms)


def programme_lines(context: Context) -> tuple[ProgrammeLine, ...]:
    """Return the programmes that can be seen and stand, the newest first; of each its newest edition."""
    found: dict[str, ProgrammeLine] = {}
    for placed in reversed(context.listed(BenchmarkProgrammePublished.KIND)[-_MOST:]):
        said = context.body(placed.id, BenchmarkProgrammePublished)
        if said is not None and said.programme not in found and context.withdrawn_by(context.logged(placed.id).record) is None:
            found[said.programme] = ProgrammeLine(
                programme=Named(uri=said.programme, zh=said.name.zh, en=said.name.en), seen=context.seen(placed.id), said=said
            )
    return tuple(found.values())


def programme_page(context: Context, uri: str) -> ProgrammePage:
    """Return a programme; raises NotFoundError."""
    line = next((one for one in programme_lines(context) if one.said.programme == uri), None)
    if line is None:
        raise NotFoundError(f"{uri[:200]} is no programme that can be seen in this log")
    firms = model_lines(context, {"programme": uri})
    return ProgrammePage(line=line, firms=tuple(sorted(firms, key=lambda one: one.reviewed.status not in LOST)))
