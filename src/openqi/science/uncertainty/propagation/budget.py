"""An uncertainty budget: which inputs, or which certificates, how much of the uncertainty comes from."""

from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from operator import itemgetter, mul
from typing import Literal, NamedTuple, overload

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.inputs.quantity import InputQuantity

By = Literal["input", "certificate", "intermediate"]
Pair = tuple[int, int, float]
_SHARE = itemgetter(2)


class Component(NamedTuple):
    """What one input contributes to a result.

    Args:
        id: of the input; of one without, its name.
        name: of the input in the model.
        certificate: see `InputQuantity`.
        sensitivity: derivative of the result by the input, in the units that the model states for both.
        contribution: sensitivity times standard uncertainty, with its sign.
        degrees_of_freedom: of the input.
        ensemble: see `InputQuantity`.
        anonymous: the input has no id, so that it belongs to results of one evaluation only.
    """

    id: str
    name: str
    certificate: str | None
    sensitivity: float
    contribution: float
    degrees_of_freedom: float
    ensemble: str | None = None
    anonymous: bool = False


class Components(Sequence[Component]):
    """The components of a result, made when they are asked for: most who evaluate a model want the sum alone.

    Args:
        names: of the inputs, in the order of the model.
        ids: of them, or their names.
        given: the inputs.
        sensitivities: see `Component`.
        contributions: likewise.
    """

    __slots__ = ("_given", "_made", "_sensitivities", "contributions", "ids", "names")

    def __init__(
        self,
        names: Sequence[str],
        ids: Sequence[str],
        given: Sequence[InputQuantity],
        sensitivities: Sequence[float],
        contributions: Sequence[float],
    ) -> None:
        self.names, self.ids, self.contributions = names, ids, contributions
        self._given, self._sensitivities = given, sensitivities
        self._made: tuple[Component, ...] | None = None

    def all(self) -> tuple[Component, ...]:
        """Return them as a tuple."""
        if self._made is None:
            columns = zip(self.ids, self.names, self._given, self._sensitivities, self.contributions, strict=True)
            self._made = tuple(
                Component(id_, name, one.certificate, c, contribution, one.degrees_of_freedom, one.ensemble, one.id is None)
                for id_, name, one, c, contribution in columns
            )
        return self._made

    @overload
    def __getitem__(self, place: int) -> Component: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Component, ...]: ...

    def __getitem__(self, place: int | slice) -> Component | tuple[Component, ...]:
        return self.all()[place]

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self.all())

    def __repr__(self) -> str:
        return repr(self.all())


class Intermediate(NamedTuple):
    """A quantity that stands in the equation of a result: what each input contributes through it, in the order of components."""

    name: str
    contributions: tuple[float, ...]


class BudgetRow(NamedTuple):
    """A row of a budget: who, how much in the unit of the result (>= 0), and which share of the variance (together 1).

    With correlated inputs a share can be negative: it holds half of each covariance.
    """

    name: str
    contribution: float
    share: float


def budget_rows(components: Sequence[Component], *, by: By = "input") -> tuple[BudgetRow, ...]:
    """Return the rows of uncorrelated components, the largest first; by certificate, inputs without one stand for themselves.

    Raises:
        DomainError: by `intermediate`, which components alone do not tell.

    Source: [JJF1059-1] clause 4.4, [EURACHEM] appendix A.
    """
    if by == "input":
        ids, names, contributions = _columns(components)
        if len(set(ids)) == len(ids):
            # The usual case, without vectors: a budget of 4,000 inputs has 4,000 rows, not 16 million numbers.
            squares = list(map(mul, contributions, contributions))
            total = fsum(squares) or 1.0
            rows = map(BudgetRow, names, map(abs, contributions), [square / total for square in squares])
            return tuple(sorted(rows, key=_SHARE, reverse=True))
    return correlated_rows(grouped(components, by=by), components, same_ids(components))


def _columns(components: Sequence[Component]) -> tuple[Sequence[str], Sequence[str], Sequence[float]]:
    if isinstance(components, Components):
        return components.ids, components.names, components.contributions
    ids, names, _, _, contributions, *_ = zip(*components, strict=True) if components else [()] * 5
    return ids, names, contributions


def grouped(components: Sequence[Component], *, by: By) -> list[tuple[str, dict[int, float]]]:
    """Return contributions of each row by the place of their component."""
    if by == "intermediate":
        raise DomainError(
            "a budget by intermediate needs an evaluation of a model with intermediates; name one in the model's text"
        )
    groups: dict[str, tuple[str, dict[int, float]]] = {}
    for place, one in enumerate(components):
        name = one.certificate if by == "certificate" and one.certificate is not None else one.name
        key = f"certificate {name}" if by == "certificate" and one.certificate is not None else f"input {one.id}"
        groups.setdefault(key, (name, {}))[1][place] = one.contribution
    return list(groups.values())


def correlated_rows(
    groups: Iterable[tuple[str, dict[int, float]]], components: Sequence[Component], pairs: Sequence[Pair]
) -> tuple[BudgetRow, ...]:
    """Return the rows of groups of contributions, the largest first.

    Args:
        groups: name, and contributions by the place of their component; together they are the components' own.
        components: of the result.
        pairs: places of two components and their correlation coefficient, each pair once.
    """
    whole = [one.contribution for one in components]
    beside: dict[int, list[tuple[int, float]]] = {}
    for first, second, r in pairs:
        beside.setdefault(first, []).append((second, r))
        beside.setdefault(second, []).append((first, r))

    def product(one: dict[int, float], place: int, other: dict[int, float] | None) -> float:
        """What the contribution at a place shares with all of a group, or with the whole result."""
        own = whole[place] if other is None else other.get(place, 0.0)
        more = [r * (whole[near] if other is None else other.get(near, 0.0)) for near, r in beside.get(place, ())]
        return one[place] * fsum([own, *more])

    shared = [(name, fsum(product(group, place, None) for place in group), group) for name, group in groups]
    total = fsum(share for _, share, _ in shared) or 1.0
    rows = [
        BudgetRow(name, sqrt(max(fsum(product(group, place, group) for place in group), 0.0)), share / total)
        for name, share, group in shared
    ]
    return tuple(sorted(rows, key=_SHARE, reverse=True))


def same_ids(components: Sequence[Component]) -> list[Pair]:
    """Return the pairs of components that are one quantity under two names: their coefficient is 1."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(components):
        places.setdefault(one.id, []).append(place)
    return [(first, second, 1.0) for several in places.values() for at, first in enumerate(several) for second in several[at + 1 :]]
