"""What a fitted distribution is: a kind out of the catalogue, and the parameters of greatest likelihood."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments

FOLDER = "openqi.science.capability.shapes.kinds"
Parameters = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ShapeKind:
    """One kind of distribution that can be fitted.

    Args:
        name: as commands and results name it.
        parameters: their names, in order.
        support: which readings it can have: any, `positive`, or `not-negative`.
        fit: parameters of greatest likelihood of readings that do not all agree; raises DomainError where it finds none.
        below: probability of at most x.
        above: probability of more than x, without cancellation.
        quantile: value with p below and q = 1 - p above, both in (0, 1).
    """

    name: str
    parameters: tuple[str, ...]
    support: Literal["any", "positive", "not-negative"]
    fit: Callable[[Sequence[float]], Parameters]
    below: Callable[[Parameters, float], float]
    above: Callable[[Parameters, float], float]
    quantile: Callable[[Parameters, float, float], float]


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A kind with its parameters; make it with `fitted`, which checks."""

    kind: ShapeKind
    parameters: Parameters

    def below(self, x: float) -> float:
        """Return the probability of at most x."""
        return self.kind.below(self.parameters, x)

    def above(self, x: float) -> float:
        """Return the probability of more than x."""
        return self.kind.above(self.parameters, x)

    def quantile(self, p: float, q: float) -> float:
        """Return the value with p below and q = 1 - p above."""
        return self.kind.quantile(self.parameters, p, q)


def shape_kinds() -> Mapping[str, ShapeKind]:
    """Return the catalogue of distributions that can be fitted, by name."""
    return load(FOLDER, ShapeKind)


def fitted(values: Sequence[float], name: str) -> Fitted:
    """Return the distribution of greatest likelihood.

    Args:
        values: at least 3 readings, not all equal.
        name: of a kind.

    Raises:
        DomainError: no such kind, readings outside of its support, all equal, or no parameters in range were found.
    """
    kinds = shape_kinds()
    if name not in kinds:
        raise DomainError(f"no distribution {name!r}; there are {', '.join(sorted(kinds))}")
    kind, least = kinds[name], min(values)
    if (kind.support == "positive" and not least > 0.0) or (kind.support == "not-negative" and least < 0.0):
        raise DomainError(f"{name}: a reading of {least:.6g}; this distribution has {kind.support} values only")
    if len(values) < 3 or not moments(values).sd > 1e-9 * max(map(abs, values)):
        raise DomainError(f"{name}: it takes at least 3 readings that differ by more than 1e-9 of their size")
    parameters = kind.fit(values)
    if not all(isfinite(one) for one in parameters):
        raise DomainError(f"{name}: no finite parameters fit these readings; choose another distribution")
    return Fitted(kind=kind, parameters=parameters)
