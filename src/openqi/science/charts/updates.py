"""New readings of many streams against frozen limits: the same flags as the batch, from a few numbers that are kept a stream."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.charts.kernel.history import update_streams
from openqi.science.charts.rules.rule import RuleSet, rule_set
from openqi.science.charts.rules.table import rule_table
from openqi.science.numbers.compiled import compiled, is_fast

if TYPE_CHECKING:
    from numpy import float64, int64, uint32
    from numpy.typing import NDArray

    from openqi.science.charts.continuing import Continued

PAYS_FROM = 20_000
"""So many points at once take longer in plain Python than it takes to load what was compiled."""
_compiled_update = compiled(update_streams)


@dataclass(frozen=True, kw_only=True, eq=False)
class StreamStates:
    """What is kept of each stream between updates; the two arrays `last` and `history` are all that changes.

    Args:
        rules: that are watched.
        high: a row a stream, a column a line of the rule set: what lies beyond it is above.
        low: likewise below.
        last: the last value of each stream, NaN where it was missing or there was none.
        history: a row a stream: how its newest 32 points compared, as bits.
    """

    rules: RuleSet
    high: "NDArray[float64]"
    low: "NDArray[float64]"
    last: "NDArray[float64]"
    history: "NDArray[int64]"

    def update(self, streams: Any, values: Any, *, fast: bool | None = None) -> "NDArray[uint32]":
        """Return of each new point the rules whose patterns it completes, bit k for the k-th rule; the states move on.

        Args:
            streams: of each point the number of its stream, in the order in which they were read.
            values: of each point, NaN where it is missing.
            fast: whether to run compiled; left out, where that pays. A service that stays up says True.

        Raises:
            DomainError: the rows differ in length, or a stream is not known; nothing has moved then.
        """
        import numpy as np

        whose, points = np.atleast_1d(np.asarray(streams, dtype=np.int64)), np.atleast_1d(np.asarray(values, dtype=np.float64))
        if whose.ndim != 1 or whose.shape != points.shape:
            raise DomainError(f"{whose.size} streams for {points.size} values; each value has one")
        if whose.size and not (whose.min() >= 0 and whose.max() < len(self.last)):
            raise DomainError(f"streams are numbered from 0 to {len(self.last) - 1}")
        flags = np.zeros(points.size, dtype=np.uint32)
        rules = rule_table(self.rules).rows
        if is_fast() and (points.size >= PAYS_FROM if fast is None else fast):
            table = np.array(rules, dtype=np.int64)
            _compiled_update(whose, points, self.last, self.high, self.low, self.history, table, flags)
        elif points.size:
            self._plainly(whose.tolist(), points.tolist(), rules, flags)
        return flags

    def _plainly(self, whose: list[int], points: list[float], rules: Any, flags: "NDArray[uint32]") -> None:
        """The same on lists of the streams that are touched, which Python reads faster than arrays."""
        touched = sorted(set(whose))
        places = {stream: place for place, stream in enumerate(touched)}
        last, history = self.last[touched].tolist(), self.history[touched].tolist()
        rows = [places[stream] for stream in whose]
        update_streams(rows, points, last, self.high[touched].tolist(), self.low[touched].tolist(), history, rules, flags)
        self.last[touched], self.history[touched] = last, history


def stream_states(centres: Any, sigmas: Any, *, rules: "str | RuleSet | dict[str, object]" = "nelson") -> StreamStates:
    """Return the states of streams of which nothing has been read yet.

    Args:
        centres: frozen centre line of each stream.
        sigmas: frozen sigma >= 0 of each.
        rules: the name of a set, a set, or one's own as a mapping.

    Raises:
        DomainError: the rows differ in length, or a limit is not finite.
    """
    import numpy as np

    middle, spread = np.atleast_1d(np.asarray(centres, float)), np.atleast_1d(np.asarray(sigmas, float))
    if middle.ndim != 1 or middle.shape != spread.shape or not (np.isfinite(middle) & np.isfinite(spread) & (spread >= 0)).all():
        raise DomainError("frozen limits: a centre and a sigma for each stream, finite, sigma at least 0")
    kept = rule_set(rules)
    lines = np.array(rule_table(kept).lines)
    away = lines[None, :] * spread[:, None]
    return StreamStates(
        rules=kept,
        high=middle[:, None] + away,
        low=middle[:, None] - away,
        last=np.full(middle.size, np.nan),
        history=np.zeros((middle.size, 2 * lines.size + 3), dtype=np.int64),
    )


def taken_up(streams: "Continued") -> StreamStates:
    """Return the states of streams that were watched run by run, to go on point by point; the two have nothing in common then."""
    fresh = stream_states(streams.centres, streams.sigmas, rules=streams.rules)
    fresh.last[...] = streams.last
    fresh.history[...] = streams.history
    return fresh
