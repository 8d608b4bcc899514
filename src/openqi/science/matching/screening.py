"""One need against many capabilities: which of them fit, in milliseconds, and the answers of each when they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.science.matching.capability import Capability, Need
from openqi.science.matching.clauses import Matched, check_need, matched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from openqi.science.matching.columns import Columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A capability that fits, or may fit, with its answers. `place` is where it stands in the list of all, `away` in kilometres."""

    place: int
    matched: Matched
    away: float | None


@dataclass(frozen=True, kw_only=True)
class Screened:
    """What came of a need.

    Args:
        fit: how many fit.
        may_fit: how many may, for they do not state everything.
        candidates: the first of them: those that fit, then those that may; among equals the nearest, then the order of the list.
        refused: clause → how many capabilities of the same service and quantity it refuses; one may be refused by several.
        elsewhere: how many are of another service or quantity.
    """

    fit: int
    may_fit: int
    candidates: tuple[Candidate, ...]
    refused: dict[str, int]
    elsewhere: int


class Directory:
    """Capabilities, found by service and quantity.

    Args:
        capabilities: all of them, in the unit in which needs of their quantity are written.
    """

    def __init__(self, capabilities: Sequence[Capability]) -> None:
        self.capabilities = tuple(capabilities)
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(self.capabilities):
            self._places.setdefault((one.service, one.quantity), []).append(place)
        self._columns: dict[tuple[str, str], Columns] = {}

    def screened(self, need: Need, *, most: int = 50) -> Screened:
        """Return which capabilities fit a need.

        Args:
            need: what is needed.
            most: of how many candidates the answers are told.

        Raises:
            DomainError: as `matched`.
        """
        import numpy as np

        from openqi.science.matching.columns import NO, YES

        check_need(need)
        key = (need.service, need.quantity)
        places = self._places.get(key, [])
        if not places:
            return Screened(fit=0, may_fit=0, candidates=(), refused={}, elsewhere=len(self.capabilities))
        columns = self._of(key)
        answers = self._sure(need, places, columns.answers(need))
        least = np.stack([np.full(len(places), YES), *answers.values()]).min(axis=0)
        away = np.full(len(places), np.nan) if need.position is None else columns.away(need.position)
        order = np.lexsort((np.arange(len(places)), np.where(np.isnan(away), np.inf, away), -least))
        candidates = [
            Candidate(
                place=places[one], matched=matched(need, self.capabilities[places[one]]),
                away=None if np.isnan(away[one]) else float(away[one]),
            )
            for one in order[:most].tolist() if least[one] != NO
        ]  # fmt: skip
        refused = {name: count for name, found in answers.items() if (count := int(np.count_nonzero(found == NO)))}
        return Screened(
            fit=int(np.count_nonzero(least == YES)), may_fit=int(np.count_nonzero((least != YES) & (least != NO))),
            candidates=tuple(candidates), refused=dict(sorted(refused.items(), key=lambda one: -one[1])),
            elsewhere=len(self.capabilities) - len(places),
        )  # fmt: skip

    def answers(self, need: Need, place: int) -> Matched:
        """Return every answer of one capability: why it fits, and why not."""
        return matched(need, self.capabilities[place])

    def _of(self, key: tuple[str, str]) -> "Columns":
        if key not in self._columns:
            from openqi.science.matching.columns import Columns

            self._columns[key] = Columns([self.capabilities[place] for place in self._places[key]])
        return self._columns[key]

    def _sure(
        self, need: Need, places: Sequence[int], answers: "dict[str, NDArray[Any]]"
    ) -> "dict[str, NDArray[Any]]":  # fmt: skip
        """The answers with those looked at exactly that columns do not tell; of who is refused anyway too, for the counts."""
        from openqi.science.matching.columns import NO, NOT_STATED, UNSURE, YES

        codes = {"yes": YES, "no": NO, "not stated": NOT_STATED}
        for name, found in answers.items():
            for one in (found == UNSURE).nonzero()[0].tolist():
                told = matched(need, self.capabilities[places[one]]).clauses
                found[one] = min(codes[clause.answer] for clause in told if clause.name == name)
        return answers
