"""Phase I over parts: centre and sigma of every stream from its readings, by an estimator that is named."""

from array import array
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite, isinf
from typing import Any, Final

from openqi.engines.engine import Part, Stream
from openqi.engines.plant.loading import Piece, load
from openqi.kernel.errors import DomainError
from openqi.science.charts.estimators.individuals import SPREADS, spread_of_individuals
from openqi.science.charts.rules.rule import Rule, RuleSet
from openqi.science.charts.streams import watch

_NO_PATTERN: Final = RuleSet(name="none", rules=(Rule(number=1, asks="same-side", sigma=3.0, warns=True),), source="own")
FAST: Final = "moving-range"
"""What the kernel under the charts computes itself; the others go stream by stream."""
ESTIMATORS: Final = tuple(SPREADS)


@dataclass(frozen=True, kw_only=True)
class LearnPart:
    """Learns the baseline of a part: columns `stream`, `centre` (the mean), `sigma`, `unit`.

    Args:
        estimator: of sigma, one of `ESTIMATORS`.
    """

    estimator: str

    def __call__(self, part: Part) -> dict[str, list[Any]]:
        """Return the columns.

        Raises:
            FormatError: a file is damaged or in disorder.
            DomainError: a stream has too few readings, or several units.
        """
        runs: dict[Stream, array[float]] = {}
        units: dict[Stream, str | None] = {}
        for piece in load(part):
            _collect(piece, runs, units)
        streams = sorted(runs)
        sizes = [len(runs[stream]) for stream in streams]
        values = array("d")
        for stream in streams:
            values.extend(runs.pop(stream))
        offsets = [0, *accumulate(sizes)]
        try:
            limits = watch(values, offsets, rules=_NO_PATTERN) if streams else None
        except DomainError as error:
            raise _named(error, streams, values, offsets) from None
        found: dict[str, list[Any]] = {"stream": streams, "centre": [], "sigma": [], "unit": [units.get(one) for one in streams]}
        for place, stream in enumerate(streams):
            centre, sigma = float(limits.centres[place]), float(limits.sigmas[place])  # type: ignore[union-attr]
            if self.estimator != FAST:
                sigma = spread_of_individuals(values[offsets[place] : offsets[place + 1]], self.estimator)
            if not (isfinite(centre) and isfinite(sigma)):
                raise DomainError(f"stream {stream!r} has too few readings that follow each other; give its limits in a baseline")
            found["centre"].append(centre)
            found["sigma"].append(sigma)
        return found


def _named(error: DomainError, streams: list[Stream], values: "array[float]", offsets: list[int]) -> DomainError:
    """The error with the name of the stream that has an infinite value; the error itself where none has."""
    for place, stream in enumerate(streams):
        if any(map(isinf, values[offsets[place] : offsets[place + 1]])):
            return DomainError(f"stream {stream!r} has an infinite value; correct it, or leave it out (null)")
    return error


def _collect(piece: Piece, runs: dict[Stream, "array[float]"], units: dict[Stream, str | None]) -> None:
    """Put the readings of each stream behind those that it has."""
    for run, stream in enumerate(piece.streams):
        begin, end = int(piece.offsets[run]), int(piece.offsets[run + 1])
        runs.setdefault(stream, array("d")).frombytes(piece.values[begin:end].cast("B"))
        if piece.units and (unit := piece.units[run]) is not None and units.setdefault(stream, unit) != unit:
            raise DomainError(f"{piece.file}: stream {stream!r} is in {unit}, before in {units[stream]}; convert it")
