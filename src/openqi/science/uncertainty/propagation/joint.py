"""What inputs have in common: which are one quantity, which are correlated, and what that does to degrees of freedom."""

from collections.abc import Mapping, Sequence
from math import fsum, inf, sqrt
from operator import mul, truediv
from typing import NamedTuple

from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import cholesky
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.propagation.budget import Component, Pair, same_ids


class Joint(NamedTuple):
    """How the inputs of a model hang together.

    Args:
        ids: of each input; its name where it has none.
        dofs: degrees of freedom of each input.
        pairs: places of two inputs and their coefficient where it is not 0, each pair once.
        groups: places whose degrees of freedom are one (of one id or of one ensemble); None where no inputs hang together.
        defined: no input of finite degrees of freedom is correlated in another way.
    """

    ids: list[str]
    dofs: list[float]
    pairs: list[Pair]
    groups: list[list[int]] | None = None
    defined: bool = True

    def variance(self, contributions: Sequence[float]) -> float:
        """Return the variance of a sum of contributions."""
        return quadratic(contributions, contributions, self.pairs)

    def degrees_of_freedom(self, contributions: Sequence[float], variance: float) -> float | None:
        """Return the effective degrees of freedom, or None where they are not defined.

        Source: [GUM] G.4.1, equation (G.2b); [WILLINK2007] for ensembles.
        """
        if not self.defined:
            return None
        if self.groups is None:
            return satterthwaite(contributions, variance, self.dofs)
        roots = [sqrt(_of_group(self, places, contributions)) for places in self.groups]
        return satterthwaite(roots, variance, [self.dofs[places[0]] for places in self.groups])


def satterthwaite(contributions: Sequence[float], variance: float, dofs: Sequence[float]) -> float:
    """Return the effective degrees of freedom of independent contributions and their variance.

    Source: [GUM] G.4.1, equation (G.2b).
    """
    squares = list(map(mul, contributions, contributions))
    if 1e-70 < variance < 1e70:
        # Infinite degrees of freedom make a term 0.
        doubt = fsum(map(truediv, map(mul, squares, squares), dofs))
        return variance * variance / doubt if doubt > 0.0 else inf
    # Fourth powers would leave the floats, shares of the variance do not.
    whole = variance or 1.0
    shares = [square / whole for square in squares]
    doubt = fsum(map(truediv, map(mul, shares, shares), dofs))
    return 1.0 / doubt if doubt > 0.0 else inf


def _of_group(joint: Joint, places: Sequence[int], contributions: Sequence[float]) -> float:
    inside = set(places)
    own = [value if place in inside else 0.0 for place, value in enumerate(contributions)]
    return max(joint.variance(own), 0.0)


def quadratic(one: Sequence[float], other: Sequence[float], pairs: Sequence[Pair]) -> float:
    """Return the covariance of two sums of contributions of the same inputs.

    Raises:
        DomainError: it is beyond floats.
    """
    try:
        if not pairs:
            found = fsum(map(mul, one, other))
        else:
            terms = [r * (one[i] * other[j] + one[j] * other[i]) for i, j, r in pairs]
            found = fsum([*map(mul, one, other), *terms])
    except (OverflowError, ValueError):
        found = inf
    if -inf < found < inf:
        return found
    raise DomainError("contributions have no squares among floats; state the inputs in other units")


def given_inputs(model: MeasurementModel, inputs: Mapping[str, InputQuantity]) -> list[InputQuantity]:
    """Return the inputs in the model's order.

    Raises:
        DomainError: some are missing, or not the model's.
    """
    try:
        given = [inputs[name] for name in model.inputs]
    except KeyError:
        missing = [name for name in model.inputs if name not in inputs]
        raise DomainError(f"the model's inputs {', '.join(missing)} are not given; give a quantity for each") from None
    if len(inputs) != len(given):
        foreign = [name for name in inputs if name not in model.inputs]
        raise DomainError(f"{', '.join(foreign)}: no such input in the model, which has {', '.join(model.inputs)}; leave them out")
    return given


def joint(names: Sequence[str], given: Sequence[InputQuantity], correlations: Sequence[Correlation]) -> Joint:
    """Return how inputs hang together.

    Raises:
        DomainError: a correlation names no input, or is none; the coefficients contradict each other; two inputs of one id or
            ensemble have different degrees of freedom; or a name is another input's id.
    """
    ids = [one.id or name for one, name in zip(given, names, strict=True)]
    dofs = [one.degrees_of_freedom for one in given]
    pairs = _same(names, given, ids) if len(set(ids)) < len(ids) else []
    if correlations:
        pairs += _stated(ids, correlations)
        check_semidefinite(ids, pairs)
    return _grouped(ids, dofs, pairs, [one.ensemble for one in given])


def joint_of(components: Sequence[Component], correlations: Sequence[Correlation]) -> Joint:
    """Return how the components of a result hang together; raises as `joint`."""
    ids = [one.id for one in components]
    pairs = same_ids(components) + _stated(ids, correlations)
    if correlations:
        check_semidefinite(ids, pairs)
    return _grouped(ids, [one.degrees_of_freedom for one in components], pairs, [one.ensemble for one in components])


def _grouped(ids: list[str], dofs: list[float], pairs: list[Pair], ensembles: Sequence[str | None]) -> Joint:
    if not pairs and {*ensembles} <= {None}:
        return Joint(ids, dofs, pairs)
    labels = [f"ensemble {one}" if one else f"id {key}" for one, key in zip(ensembles, ids, strict=True)]
    defined = all(labels[i] == labels[j] or dofs[i] == dofs[j] == inf for i, j, _ in pairs)
    groups: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(label, []).append(place)
    for label, places in groups.items():
        if len({dofs[place] for place in places}) > 1:
            raise DomainError(f"inputs of {label} have different degrees of freedom; readings at the same times have one number")
    return Joint(ids, dofs, pairs, list(groups.values()), defined)


def _same(names: Sequence[str], given: Sequence[InputQuantity], ids: Sequence[str]) -> list[Pair]:
    """Pairs of inputs that are one quantity: at two of its points, or written twice."""
    first: dict[str, int] = {}
    pairs = []
    for place, key in enumerate(ids):
        if key not in first:
            first[key] = place
            continue
        one, two = given[first[key]], given[place]
        if one.id is None or two.id is None:
            raise DomainError(f"{names[first[key]]} and {names[place]}: the name of one is the id of the other; give both an id")
        if one.degrees_of_freedom != two.degrees_of_freedom or one.certificate != two.certificate or one.ensemble != two.ensemble:
            raise DomainError(
                f"{names[first[key]]} and {names[place]} are both {key}, but their degrees of freedom or sources differ"
            )
        if one.value == two.value and one.standard_uncertainty != two.standard_uncertainty:
            raise DomainError(f"{names[first[key]]} and {names[place]} are both {key} at one value, but their uncertainties differ")
        pairs += [(other, place, 1.0) for other in range(place) if ids[other] == key]
    return pairs


def _stated(ids: Sequence[str], correlations: Sequence[Correlation]) -> list[Pair]:
    places: dict[str, list[int]] = {}
    for place, key in enumerate(ids):
        places.setdefault(key, []).append(place)
    pairs = []
    for (first, second), r in coefficients(correlations).items():
        for key in (first, second):
            if key not in places:
                known = ", ".join(places)
                raise DomainError(f"correlation of {first} and {second}: there is no input {key}; there are {known[:500]}")
        if r:
            pairs += [(min(i, j), max(i, j), r) for i in places[first] for j in places[second]]
    return pairs


def coefficients(correlations: Sequence[Correlation]) -> dict[tuple[str, str], float]:
    """Return correlation coefficients by their two ids in order of text.

    Raises:
        DomainError: one is not within -1 and 1, is of an input with itself, or stands twice with two values.
    """
    found: dict[tuple[str, str], float] = {}
    for one in correlations:
        if not -1.0 <= one.coefficient <= 1.0:
            raise DomainError(f"correlation of {one.first} and {one.second} is {one.coefficient!r}; it lies between -1 and 1")
        if one.first == one.second:
            raise DomainError(f"correlation of {one.first} with itself: it is 1 and not stated; give the id of another input")
        key = (min(one.first, one.second), max(one.first, one.second))
        if found.setdefault(key, one.coefficient) != one.coefficient:
            raise DomainError(f"correlation of {key[0]} and {key[1]} is {found[key]} and {one.coefficient}; keep one of them")
    return found


def correlation_matrix(size: int, pairs: Sequence[Pair]) -> list[list[float]]:
    """Return the correlation matrix of so many inputs."""
    matrix = [[float(row == column) for column in range(size)] for row in range(size)]
    for i, j, r in pairs:
        matrix[i][j] = matrix[j][i] = r
    return matrix


def check_semidefinite(ids: Sequence[str], pairs: Sequence[Pair]) -> None:
    """Refuse coefficients that no quantities can have together; only of the inputs that they are about.

    Raises:
        DomainError: they are no correlation matrix.
    """
    touched = sorted({place for i, j, _ in pairs for place in (i, j)})
    at = {place: number for number, place in enumerate(touched)}
    try:
        cholesky(correlation_matrix(len(touched), [(at[i], at[j], r) for i, j, r in pairs]))
    except DomainError as error:
        names = ", ".join(f"{number} {ids[place]}" for place, number in at.items())
        raise DomainError(f"the correlations contradict each other: {error} (rows and columns: {names[:500]})") from error


def root(variance: float) -> float:
    """Return the root of a variance whose correlations may leave a rounding error below zero."""
    return sqrt(variance) if variance > 0.0 else 0.0
