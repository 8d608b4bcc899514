"""An evaluated result: value, uncertainty, degrees of freedom, and its contributions by id, so that it stays correlated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Any

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.inputs.quantity import Correlation
from openqi.science.uncertainty.propagation.budget import (
    BudgetRow,
    By,
    Component,
    Intermediate,
    Pair,
    budget_rows,
    correlated_rows,
    grouped,
    same_ids,
)
from openqi.science.uncertainty.propagation.coverage import check_probability, coverage_factor, whole_freedom
from openqi.science.uncertainty.propagation.joint import coefficients, quadratic

HIGHER = "terms of second order"


@dataclass(frozen=True, kw_only=True)
class Expanded:
    """An expanded uncertainty, in the unit of the result, with its coverage factor and the degrees of freedom behind it."""

    uncertainty: float
    coverage_factor: float
    degrees_of_freedom: float
    probability: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The result of one output of a model.

    Args:
        name: of the output.
        unit: as the model states it, None for a numerical-value equation; all numbers are in it.
        value: of the output at the estimates of the inputs.
        standard_uncertainty: combined.
        degrees_of_freedom: effective; None where they are not defined (correlated inputs of finite dof outside of an ensemble).
        components: one an input, in the order of the model.
        correlations: between those inputs.
        model: its digest.
        method: `first-order` or `second-order`.
        bias: half the sum of second derivatives times variances, of the second order; told, never added.
        warnings: what somebody who uses the result must know.
        intermediates: quantities that stand in the equation of this output, inputs among them; () where the model names none.
        run: what results of one evaluation have in common while they are in memory.
    """

    name: str
    unit: str | None
    value: float
    standard_uncertainty: float
    degrees_of_freedom: float | None
    components: Sequence[Component]
    correlations: tuple[Correlation, ...]
    model: str
    method: str
    bias: float | None = None
    warnings: tuple[Caution, ...] = ()
    intermediates: tuple[Intermediate, ...] = ()
    run: object = field(default=None, compare=False, repr=False)

    def expanded(self, probability: float = 0.95, *, truncate: bool = True) -> Expanded:
        """Return the expanded uncertainty of a coverage probability, with k from the t distribution.

        Args:
            probability: between 0 and 1.
            truncate: cut the degrees of freedom to a whole number first.

        Raises:
            DomainError: the degrees of freedom are not defined, or below 1 when cut.

        Source: [GUM] G.4.1 and G.6.4.
        """
        check_probability(probability)
        if self.degrees_of_freedom is None:
            raise DomainError(
                f"{self.name}: inputs of finite degrees of freedom are correlated, so that those of the result are not defined; "
                "state a coverage factor, evaluate by Monte Carlo, or give the readings as one series"
            )
        try:
            dof = whole_freedom(self.degrees_of_freedom) if truncate else self.degrees_of_freedom
        except DomainError as error:
            raise DomainError(f"{self.name}: {error}") from error
        k = coverage_factor(probability, dof)
        return Expanded(
            uncertainty=k * self.standard_uncertainty, coverage_factor=k, degrees_of_freedom=dof, probability=probability
        )

    def budget(self, *, by: By = "input") -> tuple[BudgetRow, ...]:
        """Return the budget, the largest share first; of second order with a row for what is not of first order.

        Raises:
            DomainError: by `intermediate`, where the model has none.
        """
        if by == "intermediate" and self.intermediates:
            groups = [(one.name, dict(enumerate(one.contributions))) for one in self.intermediates]
            rows = correlated_rows(groups, self.components, pairs_of(self))
        elif self.correlations or by == "intermediate":
            rows = correlated_rows(grouped(self.components, by=by), self.components, pairs_of(self))
        else:
            rows = budget_rows(self.components, by=by)
        return rows if self.method == "first-order" else self._with_higher(rows)

    def _with_higher(self, rows: Sequence[BudgetRow]) -> tuple[BudgetRow, ...]:
        contributions = [one.contribution for one in self.components]
        first = quadratic(contributions, contributions, pairs_of(self))
        whole = self.standard_uncertainty * self.standard_uncertainty
        if not whole:
            return tuple(rows)
        scaled = [row._replace(share=row.share * (first / whole)) for row in rows]
        scaled.append(BudgetRow(HIGHER, sqrt(abs(whole - first)), (whole - first) / whole))
        return tuple(sorted(scaled, key=lambda row: -row.share))

    def __reduce__(self) -> tuple[Callable[[Mapping[str, Any]], "Evaluation"], tuple[dict[str, Any]]]:
        """Go to another process as a document: by id, inputs stay the same there."""
        return evaluation_of, (self.document(),)

    def document(self) -> dict[str, Any]:
        """Return what `evaluation_of` reads: JSON with every float as its shortest decimal text."""
        return {
            "name": self.name,
            "unit": self.unit,
            "value": repr(self.value),
            "standardUncertainty": repr(self.standard_uncertainty),
            "degreesOfFreedom": None if self.degrees_of_freedom is None else repr(self.degrees_of_freedom),
            "components": [_written(one) for one in self.components],
            "correlations": [
                {"first": one.first, "second": one.second, "coefficient": repr(one.coefficient)} for one in self.correlations
            ],
            "model": self.model,
            "method": self.method,
            "bias": None if self.bias is None else repr(self.bias),
            "warnings": [one.document() for one in self.warnings],
            "intermediates": [{"name": one.name, "contributions": [*map(repr, one.contributions)]} for one in self.intermediates],
        }


def pairs_of(evaluation: Evaluation) -> list[Pair]:
    """Return the places of two components and their coefficient: what was stated, and 1 for two of one id."""
    components = evaluation.components
    places: dict[str, list[int]] = {}
    for place, one in enumerate(components):
        places.setdefault(one.id, []).append(place)
    stated = coefficients(evaluation.correlations).items()
    return same_ids(components) + [(i, j, r) for (one, two), r in stated for i in places[one] for j in places[two]]


def _written(one: Component) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "certificate": one.certificate,
        "sensitivity": repr(one.sensitivity),
        "contribution": repr(one.contribution),
        "degreesOfFreedom": repr(one.degrees_of_freedom),
        "ensemble": one.ensemble,
        "anonymous": one.anonymous,
    }


def evaluation_of(document: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation of a document, bit for bit.

    Raises:
        FormatError: no such document.
    """
    try:
        found = _read(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise FormatError(f"this is no document of an evaluation ({error}); take what `Evaluation.document` gives") from error
    numbers = [found.value, found.standard_uncertainty, found.bias or 0.0, *(one.contribution for one in found.components)]
    numbers += [one.sensitivity for one in found.components]
    numbers += [number for one in found.intermediates for number in one.contributions]
    doubts = [found.degrees_of_freedom, *(one.degrees_of_freedom for one in found.components)]
    ids = {one.id for one in found.components}
    if not (
        all(map(isfinite, numbers))
        and found.standard_uncertainty >= 0
        and all(dof is None or dof > 0 for dof in doubts)
        and all({one.first, one.second} <= ids and -1.0 <= one.coefficient <= 1.0 for one in found.correlations)
        and found.method in ("first-order", "second-order")
        and all(len(one.contributions) == len(found.components) for one in found.intermediates)
    ):
        raise FormatError(f"the document of {found.name} contradicts itself: a number is not finite, or an id is not there")
    if found.method == "first-order":
        _check_whole(found)
    return found


def _check_whole(found: Evaluation) -> None:
    """Refuse a result of first order that has another uncertainty than its contributions: budget and covariances would differ."""
    own = [one.contribution for one in found.components]
    try:
        apart = quadratic(own, own, pairs_of(found)) - found.standard_uncertainty * found.standard_uncertainty
        same = abs(apart) <= 1e-9 * quadratic(own, own, ())
    except DomainError as error:
        raise FormatError(f"the document of {found.name} contradicts itself: {error}") from error
    if not same:
        raise FormatError(f"the document of {found.name} contradicts itself: its contributions do not give its uncertainty")


def _read(document: Mapping[str, Any]) -> Evaluation:
    dof, bias = document["degreesOfFreedom"], document["bias"]
    return Evaluation(
        name=_text(document["name"]),
        unit=None if document["unit"] is None else _text(document["unit"]),
        value=float(_text(document["value"])),
        standard_uncertainty=float(_text(document["standardUncertainty"])),
        degrees_of_freedom=None if dof is None else float(_text(dof)),
        components=tuple(
            Component(
                id=_text(one["id"]),
                name=_text(one["name"]),
                certificate=None if one["certificate"] is None else _text(one["certificate"]),
                sensitivity=float(_text(one["sensitivity"])),
                contribution=float(_text(one["contribution"])),
                degrees_of_freedom=float(_text(one["degreesOfFreedom"])),
                ensemble=None if one["ensemble"] is None else _text(one["ensemble"]),
                anonymous=one["anonymous"] is True,
            )
            for one in document["components"]
        ),
        correlations=tuple(
            Correlation(first=_text(one["first"]), second=_text(one["second"]), coefficient=float(_text(one["coefficient"])))
            for one in document["correlations"]
        ),
        model=_text(document["model"]),
        method=_text(document["method"]),
        bias=None if bias is None else float(_text(bias)),
        warnings=tuple(map(_caution, document["warnings"])),
        intermediates=tuple(
            Intermediate(_text(one["name"]), tuple(float(_text(number)) for number in one["contributions"]))
            for one in document["intermediates"]
        ),
    )


def _caution(told: Any) -> Caution:
    if isinstance(told, str):  # a document of before warnings had codes
        return Caution("told", figures=(told,))
    return Caution(_text(told["code"]), names=tuple(map(_text, told["names"])), figures=tuple(map(_text, told["figures"])))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
