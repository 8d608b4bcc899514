"""CUSUMs of many streams that never begin anew: at each instant the streams that have changed are named, few of them in vain.

S(t) = min(max(0, S(t-1) + X(t) - k), b). In control S(t) is at most what it is after long, in distribution; so the probability
that it would be as high after long is a p-value at every instant, and those of all streams are judged by Benjamini and Hochberg.
The ceiling b lets a stream that has come back into control be found so before long.

What is promised at each instant: of the streams that are named, the expected share of those named in vain is at most the level.
A stream is named in vain that has been in control all along, or has come back and its sum has been at 0 since. Streams are
independent; with `dependent` they may have to do with each other in any way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, isnan
from typing import Any, Literal

from openqi.kernel.errors import DomainError
from openqi.science.charts.run_lengths.eased import eased
from openqi.science.charts.run_lengths.quadrature import kernels
from openqi.science.charts.run_lengths.quadrature.nodes import on_panels
from openqi.science.charts.run_lengths.quadrature.walk import Walk
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.numbers.normal_functions import normal_below

CEILINGS = (5.0, 100.0)
SPARE = 10.0
"""So many times lower than level / streams the least p-value lies where the ceiling was left out."""


@dataclass(frozen=True, kw_only=True)
class InControl:
    """The sum in control, after long: with which probability it is as high as a value.

    Args:
        reference: k.
        ceiling: b.
        places, weights, tails: nodes of (0, b), their weights, and the probabilities there.
    """

    reference: float
    ceiling: float
    places: tuple[float, ...]
    weights: tuple[float, ...]
    tails: tuple[float, ...]

    def tail(self, level: float) -> float:
        """Return the probability that the sum is at least `level`; 1 at 0, and none above the ceiling."""
        if level <= 0.0:
            return 1.0
        if level > self.ceiling:
            return 0.0
        return self.tails_of([level])[0]

    def tails_of(self, levels: Sequence[float]) -> list[float]:
        """Return the same of many levels in (0, ceiling]."""
        import numpy as np

        rows = np.empty((len(levels), len(self.places)))
        nodes, weights, tails = (np.array(one) for one in (self.places, self.weights, self.tails))
        kernels.step_probabilities(_turned(self.reference, self.ceiling).numbers(), np.array(levels), nodes, weights, rows)
        out = np.empty(len(levels))
        _weigh(rows, tails, out)
        return [min(normal_below(-level - self.reference) + one, 1.0) for level, one in zip(levels, out.tolist(), strict=True)]


def _weighed(rows: Any, values: Any, out: Any) -> None:
    """Write the sum over each row of its chances times values."""
    for row in range(len(out)):
        here = 0.0
        for column in range(len(values)):
            here += rows[row, column] * values[column]
        out[row] = here


_weigh = eased(lambda *given: given[0].size)(_weighed)


def _turned(reference: float, ceiling: float) -> Walk:
    """A step from y to s has the density of one from s to y with the drift turned round."""
    return Walk(keep=1.0, drift=reference, step=1.0, panels=((0.0, ceiling),), start=0.0)


@lru_cache(maxsize=64)
def in_control(reference: float, ceiling: float) -> InControl:
    """Return the distribution of the sum in control, after long, of standard normal points.

    It is the root of G(s) = P(X - k >= s) + the integral over (0, b) of the density of a step from y to s times G(y).

    Args:
        reference: k, 0.05 to 5.
        ceiling: b, above 0 to 200.

    Raises:
        DomainError: an argument lies outside, or two sizes of the quadrature differ.

    Source: [GANDY-LAU2013].
    """
    if not 0.05 <= reference <= 5.0 or not 0.0 < ceiling <= 200.0:
        raise DomainError(f"a reference of {reference} and a ceiling of {ceiling}; 0.05 to 5, and above 0 to 200")
    size = 16 + int(1.5 * ceiling)
    found, finer = _solved(reference, ceiling, size), _solved(reference, ceiling, size * 3 // 2)
    for level in (0.1 * ceiling, 0.5 * ceiling, ceiling):
        if abs(found.tail(level) - finer.tail(level)) > 1e-9 * finer.tail(level) + 1e-300:
            raise DomainError(f"the distribution of the sum is not certified at {level:g}; take a lower ceiling")
    return finer


def _solved(reference: float, ceiling: float, size: int) -> InControl:
    import numpy as np

    nodes, weights = on_panels(((0.0, ceiling),), size)
    tails = np.array([normal_below(-place - reference) for place in nodes.tolist()])
    kernels.solve(_turned(reference, ceiling).numbers(), nodes, nodes, weights, np.empty((size, size)), tails)
    return InControl(
        reference=reference,
        ceiling=ceiling,
        places=tuple(nodes.tolist()),
        weights=tuple(weights.tolist()),
        tails=tuple(tails.tolist()),
    )


def ceiling_for(reference: float, streams: int, level: float) -> float:
    """Return the lowest whole ceiling at which one stream alone can be named, with a tenfold margin.

    Args:
        reference: k.
        streams: how many there are.
        level: of the false discovery rate.

    Raises:
        DomainError: no ceiling up to 100 is enough; take a larger shift.
    """
    ceiling = CEILINGS[0]
    while ceiling <= CEILINGS[1]:
        if in_control(reference, ceiling).tail(ceiling) <= level / streams / SPARE:
            return ceiling
        ceiling += 1.0
    raise DomainError(f"{streams} streams at a level of {level}: no ceiling up to {CEILINGS[1]:g} suffices for so small a shift")


@dataclass(frozen=True, kw_only=True)
class Named:
    """What one instant says.

    Args:
        sums: upper sum of each stream; where both sides are watched the higher of both.
        p_values: of each stream.
        named: of each stream, whether it is.
    """

    sums: tuple[float, ...]
    p_values: tuple[float, ...]
    named: tuple[bool, ...]


def named_by_sums(
    points: Iterable[Sequence[float]], level: float, *, shift: float = 1.0, side: Literal["both", "upper", "lower"] = "both",
    ceiling: float | None = None, dependent: bool = False,
) -> Iterator[Named]:  # fmt: skip
    """Yield at each instant which streams are named.

    Args:
        points: at each instant a standardised point of every stream, NaN where it is missing: its sum stays as it is.
        level: of the false discovery rate at each instant, in (0, 1).
        shift: to be seen soonest, in standard deviations; k is half of it.
        side: of the changes; both sides of a stream share its p-value.
        ceiling: b; None takes the lowest that lets one stream be named alone.
        dependent: streams may have to do with each other in any way.

    Raises:
        DomainError: an argument lies outside, or the number of streams changes; says at which instant.

    Source: [GANDY-LAU2013].
    """
    if not 0.1 <= shift <= 10.0:
        raise DomainError(f"a shift of {shift}; 0.1 to 10 standard deviations")
    if not 0.0 < level < 1.0:
        raise DomainError(f"a false discovery rate of {level}; between 0 and 1, both excluded")
    reference, upper, lower, law = 0.5 * shift, [0.0], [0.0], None
    for instant, row in enumerate(points):
        if law is None:
            law = in_control(reference, ceiling if ceiling is not None else ceiling_for(reference, max(len(row), 1), level))
            upper, lower = [0.0] * len(row), [0.0] * len(row)
        if len(row) != len(upper):
            raise DomainError(
                f"instant {instant + 1} has {len(row)} points and the first one {len(upper)}; one a stream, NaN if missing"
            )
        for stream, x in enumerate(row):
            if isnan(x):
                continue
            if not isfinite(x):
                raise DomainError(f"instant {instant + 1}, stream {stream + 1}: {x}; a finite number, or NaN where it is missing")
            upper[stream] = min(max(upper[stream] + x - reference, 0.0), law.ceiling)
            lower[stream] = min(max(lower[stream] - x - reference, 0.0), law.ceiling)
        sums = _sums(upper, lower, side)
        sides = 2.0 if side == "both" else 1.0
        risen = [stream for stream, one in enumerate(sums) if one > 0.0]
        tails = dict(zip(risen, law.tails_of([sums[stream] for stream in risen]), strict=True)) if risen else {}
        p_values = tuple(min(sides * tails.get(stream, 1.0), 1.0) for stream in range(len(sums)))
        yield Named(sums=sums, p_values=p_values, named=benjamini_hochberg(p_values, level, dependent=dependent))


def _sums(upper: Sequence[float], lower: Sequence[float], side: str) -> tuple[float, ...]:
    if side == "both":
        return tuple(map(max, upper, lower))
    return tuple(upper if side == "upper" else lower)
