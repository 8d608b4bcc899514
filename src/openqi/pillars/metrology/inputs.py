"""From the inputs that a command states to the quantities that a model takes; what is not said in exactly one way is refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Final

from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError
from openqi.records.evaluations import CorrelationStated, InputStated, Specification
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.uncertainty.inputs.numbers import nearest
from openqi.science.uncertainty.inputs.quantity import HALF_WIDTHS, Correlation, InputQuantity, quantity, quantity_of
from openqi.science.uncertainty.inputs.statement import UncertaintyStatement, absolute, mixed, relative, table
from openqi.science.uncertainty.inputs.type_a import ensemble, type_a

SIMPLE: Final = ("normal", "t", *HALF_WIDTHS)
"""Distributions that value and uncertainty tell alone."""
_ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "coverage_factor": ("expanded_uncertainty",),
    "autocorrelated": ("readings",),
    "series": ("readings",),
    "degrees_of_freedom": ("standard_uncertainty", "expanded_uncertainty", "half_width", "specification", "parameters"),
    "distribution": ("standard_uncertainty", "expanded_uncertainty", "half_width", "specification", "parameters"),
    "value": ("standard_uncertainty", "expanded_uncertainty", "half_width", "specification"),
}
"""Members and the ways of knowing an uncertainty that they go with."""
_OF_RECORD: Final = re.compile("[0-9a-f]{64}#")
"""So begin identities of what belongs to one record alone."""
_WAYS: Final = (
    "standard_uncertainty",
    "expanded_uncertainty",
    "half_width",
    "specification",
    "readings",
    "parameters",
    "of_result",
)


@dataclass(frozen=True, kw_only=True)
class Quantities:
    """The inputs of a model by name, and the correlations between them by id."""

    inputs: Mapping[str, InputQuantity]
    correlations: tuple[Correlation, ...]


def quantities_of(
    stated: Sequence[InputStated], correlations: Sequence[CorrelationStated], results: Mapping[str, InputQuantity]
) -> Quantities:
    """Return what a model takes.

    Args:
        stated: the inputs.
        correlations: between them.
        results: of the inputs that are results of earlier evaluations.

    Raises:
        DomainError: an input stands twice, or says not in exactly one way what its uncertainty is, or what it says cannot be.
    """
    names = [one.name for one in stated]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DomainError(f"input {min(twice)} stands twice; give each once")
    series: dict[str, dict[str, InputStated]] = {}
    found: dict[str, InputQuantity] = {}
    for one in stated:
        way = _way(one)
        if one.series is not None:
            series.setdefault(one.series, {})[one.name] = one
        else:
            found[one.name] = results[one.name] if way == "of_result" else _named(one, way)
    own: list[Correlation] = []
    for name, members in series.items():
        columns, more = ensemble({key: one.readings for key, one in members.items()}, id=name)
        found |= {key: replace(columns[key], certificate=_source(members[key])) for key in members}
        own += more
    inputs = {name: found[name] for name in names}
    return Quantities(inputs=inputs, correlations=(*own, *(_correlation(one, inputs, results) for one in correlations)))


def _correlation(one: CorrelationStated, inputs: Mapping[str, InputQuantity], results: Mapping[str, InputQuantity]) -> Correlation:
    for name in (one.first, one.second):
        if name not in inputs:
            raise DomainError(f"a correlation names {name}, which is no input; there are {', '.join(inputs)}")
        if name in results:
            raise DomainError(f"input {name} is an earlier result; how it is correlated is told by what the two have in common")
    first, second = (inputs[name].id or name for name in (one.first, one.second))
    return Correlation(first=first, second=second, coefficient=_float(one.coefficient, "the coefficient"))


def _way(one: InputStated) -> str:
    """The one way in which the uncertainty of an input is known."""
    ways = [way for way in _WAYS if getattr(one, way) not in (None, ())]
    if len(ways) != 1:
        raise DomainError(
            f"the uncertainty of input {one.name} is known {len(ways)} times; give one of standardUncertainty, "
            'expandedUncertainty, halfWidth, specification, readings, parameters, ofResult (of an exact number "0")'
        )
    (way,) = ways
    for member, fitting in _ALONE.items():
        if getattr(one, member) not in (None, False) and way not in fitting:
            raise DomainError(f"input {one.name}: {member} does not go with {way}; leave it out")
    if way in _ALONE["value"] and one.value is None:
        raise DomainError(f"input {one.name} has no value; a missing value is no number")
    if one.identity is not None and (one.identity.strip() != one.identity or _OF_RECORD.match(one.identity)):
        raise DomainError(f"input {one.name}: identity {one.identity[:80]!r} begins or ends with a blank, or is that of a record")
    if one.series is not None and (one.identity is not None or "#" in one.series):
        raise DomainError(f"input {one.name}: a series belongs to this evaluation alone; give it a name without #, and no identity")
    if way == "of_result" and (one.identity or one.source or one.certified):
        raise DomainError(
            f"input {one.name} is an earlier result, which knows its identities and certificates itself; leave them out"
        )
    if one.certified is not None and one.source is not None:
        raise DomainError(f"input {one.name} names a certificate as a record and as a text; keep the record")
    return way


def _named(one: InputStated, way: str) -> InputQuantity:
    """The quantity of an input; what is wrong with it is told with its name."""
    try:
        return _quantity(one, way)
    except DomainError as error:
        raise DomainError(f"input {one.name}: {error}") from error


def _source(one: InputStated) -> str | None:
    return one.source if one.certified is None else one.certified.certificate


def _quantity(one: InputStated, way: str) -> InputQuantity:
    certificate, dof = _source(one), _dof(one)
    if way == "readings":
        found = type_a(one.readings, id=one.identity or one.name, autocorrelated=one.autocorrelated)
        return replace(found, id=one.identity, certificate=certificate)
    if way == "parameters":
        return quantity_of(_distribution(one), dof=dof, id=one.identity, certificate=certificate)
    kind = _simple_kind(one)
    statement: UncertaintyStatement | None = None
    u: float | str | None = None
    if one.specification is not None:
        statement = statement_of(one.specification)
        if one.specification.limits:
            kind = "rectangular"
    elif one.standard_uncertainty is not None:
        u = one.standard_uncertainty
    elif one.expanded_uncertainty is not None:
        u = _divided(one.expanded_uncertainty, one.coverage_factor)
    found = quantity(
        one.value or "",
        u=u,
        statement=statement,
        half_width=one.half_width,
        kind=kind,
        dof=dof,
        id=one.identity,
        certificate=certificate,
    )
    if one.distribution == "normal" and dof < inf and found.standard_uncertainty:
        # With finite degrees of freedom no name means t; who writes normal gets it.
        return replace(found, distribution=distribution("normal", mean=found.value, sd=found.standard_uncertainty))
    return found


def _simple_kind(one: InputStated) -> str:
    kind = one.distribution or "normal"
    if kind not in SIMPLE:
        raise DomainError(f"a {kind} distribution needs its parameters; value and uncertainty alone tell {', '.join(SIMPLE)}")
    if one.half_width is not None and kind not in HALF_WIDTHS:
        raise DomainError(f"a half width is that of a distribution: {', '.join(HALF_WIDTHS)}")
    if one.specification is not None and one.specification.limits and one.distribution not in (None, "rectangular"):
        raise DomainError(f"limits are those of a rectangular distribution, not of {kind}; leave one out")
    return kind


def _divided(expanded: str, factor: str | None) -> float:
    if factor is None or fraction(factor) <= 0 or fraction(expanded) < 0:
        raise DomainError("an expanded uncertainty is 0 or more and has a coverage factor above 0")
    return nearest(fraction(expanded) / fraction(factor), "the uncertainty")


def _dof(one: InputStated) -> float:
    if one.degrees_of_freedom is None:
        return inf
    dof = _float(one.degrees_of_freedom, "the degrees of freedom")
    if not dof > 0:
        raise DomainError("degrees of freedom are above 0; leave them out where the uncertainty is taken as known")
    return dof


def _distribution(one: InputStated) -> Distribution:
    if one.distribution is None:
        raise DomainError("parameters are those of a distribution; say of which")
    found: dict[str, float | Sequence[float]] = {}
    for parameter in one.parameters:
        values = tuple(_float(text, parameter.name) for text in parameter.values)
        if parameter.name in found or not values:
            raise DomainError(f"parameter {parameter.name} stands twice, or has no value")
        several = one.distribution in ("discrete", "empirical")
        if len(values) > 1 and not several:
            raise DomainError(f"parameter {parameter.name} of a {one.distribution} distribution is one number")
        found[parameter.name] = values if several else values[0]
    return distribution(one.distribution, **found)


def statement_of(one: Specification) -> UncertaintyStatement:
    """Return what a data sheet states.

    Raises:
        DomainError: as the statements, or it is divided twice.
    """
    if one.coverage_factor is not None and one.limits:
        raise DomainError("a specification is divided by its coverage factor, or read as limits; not both")
    divisor = sqrt(3.0) if one.limits else 1.0 if one.coverage_factor is None else _float(one.coverage_factor, "the factor")
    if one.table:
        return table(
            [(_float(row.value, "a value"), _float(row.uncertainty, "an uncertainty")) for row in one.table], divisor=divisor
        )
    a = None if one.absolute is None else _float(one.absolute, "absolute")
    b = None if one.relative is None else _float(one.relative, "relative")
    if a is not None and b is not None:
        return mixed(a, b, form=one.combine or "sum", divisor=divisor)
    return absolute(a, divisor=divisor) if a is not None else relative(b or 0.0, divisor=divisor)


def _float(text: str, what: str) -> float:
    return nearest(fraction(text), what)
