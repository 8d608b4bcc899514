"""Capabilities of one service and quantity as columns: every clause of a need answered for all of them at once.

The answers are those of `matched`. Where floats cannot tell an uncertainty from its bound, or stretches share a need in a way that
columns do not tell, `UNSURE` stands, and whoever asks looks exactly.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from openqi.science.matching.capability import Capability, Need, Stretch
from openqi.science.matching.cells import Cells, cells_of, joined
from openqi.science.matching.spans import Span
from openqi.science.matching.uncertainties import Linear, Tabled
from openqi.science.signals.places import Place, kilometres

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO, NOT_STATED, YES, UNSURE = 0, 1, 2, 3
_CLOSE: Final = 1e-9
"""Relative: a uncertainty nearer to its bound than this is compared exactly; floats are a million times nearer."""
_NEVER: Final = -(2**40)


class Columns:
    """Columns of some capabilities.

    Args:
        capabilities: of one service and quantity.
    """

    def __init__(self, capabilities: Sequence[Capability]) -> None:
        import numpy as np

        self._capabilities = capabilities
        self._count = len(capabilities)
        self._cut = _Cut([[one.span for one in each.stretches] for each in capabilities])
        self._pieces = _Pieces([each.stretches for each in capabilities])
        self._free = np.array([_NEVER if one.free_from is None else one.free_from for one in capabilities], dtype=np.int64)
        self._conditions = self._cut_conditions()
        self._attested = self._by_scheme()
        self._methods = _Labels([one.methods for one in capabilities])
        self._languages = _Labels([one.languages for one in capabilities])

    def _cut_conditions(self) -> Mapping[str, "_Cut"]:
        names = sorted({name for one in self._capabilities for name in one.conditions})
        spans = {name: [one.conditions.get(name) for one in self._capabilities] for name in names}
        return {name: _Cut([[] if one is None else [one] for one in spans[name]]) for name in names}

    def _by_scheme(self) -> Mapping[str, "NDArray[Any]"]:
        """Scheme → rows of capability, first and last day."""
        import numpy as np

        rows: dict[str, list[tuple[int, int, int]]] = {}
        for place, one in enumerate(self._capabilities):
            for held in one.attested:
                rows.setdefault(held.scheme, []).append((place, held.first, 2**40 if held.last is None else held.last))
        return {scheme: np.array(found, dtype=np.int64) for scheme, found in rows.items()}

    def answers(self, need: Need) -> dict[str, "NDArray[Any]"]:
        """Return clause → an answer a capability, in the order in which `matched` tells them, service and quantity left out."""
        import numpy as np

        found: dict[str, NDArray[Any]] = {}
        if need.span is not None:
            found["range"] = self._cut.covering(need.span)
        if need.uncertainty is not None and need.span is not None:
            found["uncertainty"] = self._pieces.good(need.uncertainty, need.span, found["range"])
        if need.methods:
            found["method"] = self._methods.any_of(need.methods)
        if need.conditions:
            nobody = np.full(self._count, NOT_STATED)
            each = [self._conditions[name].covering(span) if name in self._conditions else nobody
                    for name, span in need.conditions.items()]  # fmt: skip
            found["condition"] = np.stack(each).min(axis=0)
        if need.schemes and need.day is not None:
            found["accreditation"] = self._valid(need.schemes, need.day)
        if need.languages:
            found["language"] = self._languages.any_of(need.languages)
        if need.day is not None:
            stated = self._free != _NEVER
            found["load"] = np.where(stated, np.where(self._free <= need.day, YES, NO), NOT_STATED)
        if need.within is not None and need.position is not None:
            away = self.away(need.position)
            found["distance"] = np.where(np.isnan(away), NOT_STATED, np.where(away <= need.within, YES, NO))
        return found

    def away(self, place: Place) -> "NDArray[Any]":
        """Return how far each capability is, in kilometres; not a number where nobody says where it is."""
        import numpy as np

        known: dict[tuple[float, float], float] = {}
        found = np.full(self._count, np.nan)
        for number, one in enumerate(self._capabilities):
            if one.position is not None:
                key = (one.position.latitude, one.position.longitude)
                if key not in known:  # a body has one place and many capabilities
                    known[key] = kilometres(place, one.position)
                found[number] = known[key]
        return found

    def _valid(self, schemes: frozenset[str], day: int) -> "NDArray[Any]":
        import numpy as np

        found = np.full(self._count, NO)
        for scheme in schemes & self._attested.keys():
            rows = self._attested[scheme]
            found[rows[(rows[:, 1] <= day) & (day <= rows[:, 2]), 0]] = YES
        return found


class _Labels:
    """Sets of labels: label → which capabilities have it."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        import numpy as np

        self._stated = np.array([bool(one) for one in sets], dtype=bool)
        rows: dict[str, list[int]] = {}
        for place, one in enumerate(sets):
            for label in one:
                rows.setdefault(label, []).append(place)
        self._rows = {label: np.array(found, dtype=np.int64) for label, found in rows.items()}

    def any_of(self, wanted: frozenset[str]) -> "NDArray[Any]":
        import numpy as np

        found = np.where(self._stated, NO, NOT_STATED)
        for label in wanted & self._rows.keys():
            found[self._rows[label]] = YES
        return found


class _Cut:
    """Spans of capabilities as joined runs of cells."""

    def __init__(self, spans: Sequence[Sequence[Span]]) -> None:
        import numpy as np

        self.cells: Cells = cells_of(span for each in spans for span in each)
        rows = [(place, *run) for place, each in enumerate(spans) for run in joined([self.cells.of(span) for span in each])]
        self._rows = np.array(rows, dtype=np.int64).reshape(-1, 3)
        self._stated = np.array([bool(each) for each in spans], dtype=bool)

    def covering(self, wanted: Span) -> "NDArray[Any]":
        import numpy as np

        first, last = self.cells.of(wanted)
        found = np.where(self._stated, NO, NOT_STATED)
        rows = self._rows
        found[rows[(rows[:, 1] <= first) & (last <= rows[:, 2]), 0]] = YES
        return found


class _Pieces:
    """Stretches of capabilities as straight pieces: their ends and U close to them, at k = 2, in floats."""

    def __init__(self, stretches: Sequence[Sequence[Stretch]]) -> None:
        import numpy as np

        rows: list[tuple[float, ...]] = []
        exact: list[int] = []
        self._count = len(stretches)
        for place, each in enumerate(stretches):
            told = [_straight(one) for one in each]
            if any(pieces is None for pieces in told) or len({one.uncertainty is None for one in each}) > 1:
                exact.append(place)
            rows += [(place, *piece) for pieces in told for piece in pieces or ()]
        self._rows = np.array(rows, dtype=np.float64).reshape(-1, 5)
        self._exact = np.array(exact, dtype=np.int64)

    def good(self, wanted: Any, over: Span, covered: "NDArray[Any]") -> "NDArray[Any]":
        """Answer whether the uncertainty is small enough over a range; `covered` says whose stretches hold all of it."""
        import numpy as np

        if not isinstance(wanted, Linear) or over.low is None or over.high is None or over.low < 0 < over.high:
            return np.full(self._count, UNSURE)
        low, high = float(over.low), float(over.high)
        factor = 2.0 / float(wanted.coverage_factor)
        constant, slope = float(wanted.constant) * factor, float(wanted.proportional) * factor
        place, first, last, at_first, at_last = (self._rows[:, column] for column in range(5))
        with np.errstate(invalid="ignore", divide="ignore"):
            begin, end = np.maximum(first, low), np.minimum(last, high)
            rising = np.where(last > first, (at_last - at_first) / (last - first), 0.0)
            from_first = np.where(np.isfinite(first), begin - first, 0.0)
            ratios = [
                (at_first + rising * (from_first + step)) / (constant + slope * np.abs(begin + step))
                for step in (np.zeros_like(begin), np.where(end > begin, end - begin, 0.0))
            ]
        worst = np.maximum(*ratios)
        shared = begin <= end + _CLOSE * np.maximum(np.abs(begin), np.abs(end))
        counts = [self._of(place, shared & which) for which in (worst < 1 - _CLOSE, worst > 1 + _CLOSE)]
        every = self._of(place, shared)
        good, bad = counts
        found = np.where(every == 0, NOT_STATED, np.where(bad == every, NO, UNSURE))
        found = np.where((good == every) & (every > 0), np.where(covered == YES, YES, UNSURE), found)
        found[self._exact] = UNSURE
        return found

    def _of(self, place: "NDArray[Any]", which: "NDArray[Any]") -> "NDArray[Any]":
        import numpy as np

        return np.bincount(place[which].astype(np.int64), minlength=self._count)


def _straight(stretch: Stretch) -> list[tuple[float, float, float, float]] | None:
    """The straight pieces of a stretch with U close to both ends; none where U is not stated; None where columns do not tell it."""
    stated, span = stretch.uncertainty, stretch.span
    if stated is None:
        return []
    if span.low is None or span.high is None or span.low < 0 < span.high:
        return None
    low, high, factor = float(span.low), float(span.high), 2.0 / float(stated.coverage_factor)
    if isinstance(stated, Linear):
        ends = [float(stated.constant + stated.proportional * abs(end)) * factor for end in (span.low, span.high)]
        return [(low, high, ends[0], ends[1])]
    if isinstance(stated, Tabled) and stated.points[0][0] <= span.low and span.high <= stated.points[-1][0]:
        return [
            (float(first), float(last), float(stated.points[at + 1][1] if stated.between == "step" else u) * factor,
             float(stated.points[at + 1][1]) * factor)
            for at, ((first, u), (last, _)) in enumerate(zip(stated.points, stated.points[1:], strict=False))
            if first < span.high and last > span.low
        ] or None  # fmt: skip
    return None
