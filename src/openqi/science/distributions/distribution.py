"""What a distribution is: a kind out of the catalogue and its parameters, in the unit of the quantity."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from typing import NamedTuple

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError

FOLDER = "openqi.science.distributions.kinds"
Parameters = tuple[float, ...]
LEAST_VARIANCE = 1e-150


def check_limits(kind: str, lower: float, upper: float) -> None:
    """Raise DomainError unless the limits of a distribution of a kind are finite and in order."""
    if not (isfinite(lower) and isfinite(upper) and lower < upper):
        raise DomainError(f"{kind}: lower {lower}, upper {upper}; both must be finite and lower below upper")


class Moments(NamedTuple):
    """Mean and the central moments of orders two to four."""

    mean: float
    variance: float
    third: float
    fourth: float


@dataclass(frozen=True, kw_only=True)
class DistributionKind:
    """One kind of distribution.

    Args:
        name: as procedures and model files name it, for example `inexact-limits`.
        parameters: names in the order in which they are kept; of `discrete` and `empirical`, whose lists follow each other, the
            names of the lists.
        check: raises DomainError where parameters are not those of a distribution.
        source: its clause.
        lists: its parameters are lists that follow each other.
        arranged: puts parameters whose order means nothing into the one order that they are kept in.
    """

    name: str
    parameters: tuple[str, ...]
    check: Callable[[Parameters], None]
    moments: Callable[[Parameters], Moments]
    cdf: Callable[[Parameters, float], float]
    density: Callable[[Parameters, float], float]
    quantile: Callable[[Parameters, float], float]
    source: str
    lists: bool = False
    arranged: Callable[[Parameters], Parameters] = tuple


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution; make it with `distribution`, which checks.

    Args:
        kind: name of a kind.
        parameters: in the order of the kind.
    """

    kind: str
    parameters: Parameters

    @property
    def mean(self) -> float:
        """Its expectation."""
        return self._kind.moments(self.parameters).mean

    @property
    def variance(self) -> float:
        """Its second central moment."""
        return self._kind.moments(self.parameters).variance

    @property
    def third(self) -> float:
        """Its third central moment."""
        return self._kind.moments(self.parameters).third

    @property
    def fourth(self) -> float:
        """Its fourth central moment."""
        return self._kind.moments(self.parameters).fourth

    def cdf(self, x: float) -> float:
        """Return the probability of a value of at most x; raises DomainError where x is no number."""
        if isnan(x):
            raise DomainError(f"{self.kind}: the probability of a value of at most {x}; give a number, perhaps infinite")
        return self._kind.cdf(self.parameters, x)

    def density(self, x: float) -> float:
        """Return the density at x, in one over the unit of x; raises DomainError where x is no number."""
        if isnan(x):
            raise DomainError(f"{self.kind}: the density at {x}; give a number, perhaps infinite")
        return self._kind.density(self.parameters, x)

    def quantile(self, p: float) -> float:
        """Return the value that is not exceeded with probability p in (0, 1); raises DomainError where p lies outside."""
        if not 0.0 < p < 1.0:
            raise DomainError(f"{self.kind}: the quantile of {p}; a probability lies between 0 and 1, both excluded")
        return self._kind.quantile(self.parameters, p)

    @property
    def _kind(self) -> DistributionKind:
        return kind_of(self.kind)


def kind_of(name: str) -> DistributionKind:
    """Return a kind of distribution.

    Raises:
        DomainError: there is none of that name.
    """
    kinds: Mapping[str, DistributionKind] = load(FOLDER, DistributionKind)
    if name not in kinds:
        raise DomainError(f"there is no distribution {name!r}; known are {', '.join(sorted(kinds))}")
    return kinds[name]


def distribution(kind: str, **parameters: float | Sequence[float]) -> Distribution:
    """Return a distribution whose parameters were checked.

    Args:
        kind: and its parameters: normal (mean, sd), t (mean, scale, dof), rectangular, triangular and arcsine (lower, upper),
            trapezoidal (lower, upper, ratio of top to base), inexact-limits (lower, upper, inexactness: half the width in which
            each limit lies), exponential (mean), gamma (shape, scale), beta (first, second, lower, upper), discrete (values,
            probabilities), empirical (sample).
        parameters: by name, all in the unit of the quantity where they have one.

    Raises:
        DomainError: no such kind, a parameter is missing, not its own, or not allowed.

    Source: [JCGM101] clause 6.4, table 1.
    """
    found = kind_of(kind)
    missing = [name for name in found.parameters if name not in parameters]
    foreign = sorted(set(parameters) - set(found.parameters))
    if missing or foreign:
        what = " and ".join([f"lacks {', '.join(missing)}"] * bool(missing) + [f"has no {', '.join(foreign)}"] * bool(foreign))
        raise DomainError(f"distribution {kind} {what}; its parameters are {', '.join(found.parameters)}")
    numbers: list[float] = []
    for name in found.parameters:
        given = parameters[name]
        if _is_text(given) or isinstance(given, Sequence) != found.lists:
            raise DomainError(f"{kind}: {name} = {given!r}; it must be a {'list of numbers' if found.lists else 'number'}")
        try:
            numbers += map(float, given) if isinstance(given, Sequence) else [float(given)]
        except (TypeError, ValueError, OverflowError) as error:
            raise DomainError(f"{kind}: {name} = {given!r}; it must be made of numbers") from error
    if found.lists and len({len(parameters[name]) for name in found.parameters}) > 1:  # type: ignore[arg-type]
        raise DomainError(f"{kind}: {' and '.join(found.parameters)} must be equally many")
    kept = found.arranged(tuple(numbers))
    found.check(kept)
    _check_size(found, kept)
    return Distribution(kind=kind, parameters=kept)


def _is_text(given: object) -> bool:
    """Text is a sequence too, of digits that nobody meant as numbers."""
    return isinstance(given, str | bytes)


def _check_size(kind: DistributionKind, kept: Parameters) -> None:
    """Refuse a spread whose fourth power is no float: a moment would be 0 or infinite, and the quantity exact or lost."""
    if kind.lists and len(set(kept[: len(kept) // len(kind.parameters)])) == 1:
        return
    # The variance of t may be infinite by itself; its scale tells.
    spread = kept[1] * kept[1] if "dof" in kind.parameters else kind.moments(kept).variance
    if not LEAST_VARIANCE <= spread <= 1.0 / LEAST_VARIANCE:
        raise DomainError(f"{kind.name} of {kept[:4]}: a variance of {spread:.3g} is too small or large; take another unit")
