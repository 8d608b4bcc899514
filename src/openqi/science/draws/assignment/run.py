"""One assignment while it is made: ranked, chosen, repaired, on arrays."""

from typing import TYPE_CHECKING, Any

from openqi.science.draws.assignment.kernel import NOBODY, kernel, rank
from openqi.science.draws.assignment.people import Rules
from openqi.science.draws.assignment.problem import Problem
from openqi.science.draws.hashing.rounds import on_words
from openqi.science.numbers.compiled import is_fast

if TYPE_CHECKING:
    from numpy.typing import NDArray

FURTHER = 20
"""Officers a visit that are kept in drawn order beyond those who go and stand in."""
FEW = 20_000
"""Visits times officers below which nothing is compiled."""
WORK = 2_000_000_000
"""Visits times officers, times the teams that are tried anew because of officers who are kept apart."""


class Run:
    """The arrays of one assignment while it is made."""

    def __init__(self, problem: Problem, rules: Rules) -> None:
        import numpy as np

        visits, officers = len(problem.group), len(problem.unit)
        self.problem, self.rules = problem, rules
        self.fast = is_fast() and visits * officers >= FEW
        width = min(officers, rules.each + rules.substitutes + FURTHER)
        self.keys = np.zeros(officers, dtype=np.uint64)
        self.ranks = np.zeros(max(width, rules.substitutes, 1), dtype=np.uint64)
        self.best = np.full((visits, width), NOBODY, dtype=np.int64)
        self.teams = np.full((visits, rules.each), NOBODY, dtype=np.int64)
        self.held = np.zeros(int(problem.room[-1]) + 1, dtype=np.int64)
        self.load = np.zeros(officers, dtype=np.int64)
        self.order = np.argsort(problem.visit_ticket, kind="stable")
        self.tries = max(1, WORK // (visits * officers))

    def _call(self, name: str, *arguments: Any) -> Any:
        import numpy as np

        with np.errstate(over="ignore"):
            return kernel(name, fast=self.fast)(self.problem, *arguments)

    def choose(self) -> "NDArray[Any]":
        """Return the teams as the ranking has them."""
        self._call("best", self.keys, self.ranks[: self.best.shape[1]], self.best, self.load[:0])
        self._call("choose", self.order, self.best, self.teams, self.held, self.load)
        return self.teams.copy()

    def repair(self) -> list[int]:
        """Fill teams that lack somebody; return the visits for which there is nobody, whoever else is moved."""
        import numpy as np

        came = np.zeros(len(self.load), dtype=np.int64)
        line = np.zeros((self.teams.size + 1, 2), dtype=np.int64)
        seen, hopeless = np.zeros(len(self.teams), dtype=np.uint8), np.zeros(len(self.load), dtype=np.uint8)
        short = []
        lacking = np.flatnonzero((self.teams == NOBODY).any(axis=1))
        for visit in sorted(lacking.tolist(), key=lambda place: (int(self.problem.visit_ticket[place]), place)):
            while NOBODY in self.teams[visit]:
                room = (came, line, seen, hopeless)
                if self._call("repair", visit, self.teams, self.held, self.load, *room) == NOBODY and not self._anew(visit, room):
                    short.append(visit)
                    break
        return short

    def _anew(self, visit: int, room: "tuple[NDArray[Any], ...]") -> bool:
        """Fill a team without one of its members who is kept apart from somebody: the first with whom it can be done goes."""
        import numpy as np

        came, line, seen, _ = room
        apart_from = self.problem.apart_from
        for member in [int(one) for one in self.teams[visit] if one != NOBODY]:
            if apart_from[member] == apart_from[member + 1] or self.tries == 0:
                continue
            self.tries -= 1
            before = self.teams.copy(), self.held.copy(), self.load.copy()
            self._call("drop", visit, member, self.teams, self.held, self.load)
            without = np.zeros(len(self.load), dtype=np.uint8)
            without[member] = 1
            while NOBODY in self.teams[visit]:
                if self._call("repair", visit, self.teams, self.held, self.load, came, line, seen, without) == NOBODY:
                    break
            else:
                return True
            self.teams[:], self.held[:], self.load[:] = before
        return False

    def drawn_order(self) -> "NDArray[Any]":
        """Return the teams, officers in the order of their ranks; of equal ones the first name first."""
        import numpy as np

        by_name = np.sort(self.teams, axis=1)
        with np.errstate(over="ignore"):
            ranks = on_words(rank)(self.problem.visit_ticket[:, None], self.problem.officer_ticket[by_name])
        return np.take_along_axis(by_name, np.argsort(ranks, axis=1, kind="stable"), axis=1)

    def substitutes(self) -> "NDArray[Any]":
        """Return who stands in, NOBODY where there are fewer."""
        import numpy as np

        chosen = np.full((len(self.teams), self.rules.substitutes), NOBODY, dtype=np.int64)
        if self.rules.substitutes:
            ranks = self.ranks[: self.rules.substitutes]
            self._call("stand_in", self.teams, self.load, self.keys, ranks, self.best, chosen)
        return chosen
