"""Complex results: the covariance of real and imaginary part, and their common degrees of freedom."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.propagation.budget import Component
from openqi.science.uncertainty.propagation.evaluation import Evaluation, pairs_of
from openqi.science.uncertainty.propagation.joint import quadratic


@dataclass(frozen=True, kw_only=True)
class ComplexEvaluation:
    """A complex value with the covariance matrix of its two parts and effective degrees of freedom.

    These are None where they are not defined (inputs of finite dof that are correlated outside of an ensemble).
    """

    value: complex
    covariance: tuple[tuple[float, float], tuple[float, float]]
    degrees_of_freedom: float | None


def complex_evaluation(re: Evaluation, im: Evaluation) -> ComplexEvaluation:
    """Return both parts of one complex output as one result.

    Real and imaginary part of an input that were read at the same times belong into one ensemble; each ensemble, and each input
    outside of one, is one influence.

    Raises:
        DomainError: they are not of one model, or of second order, whose terms have no covariance of the parts here.

    Source: [WILLINK-HALL] section 3.
    """
    if re.model != im.model or [one.id for one in re.components] != [one.id for one in im.components]:
        raise DomainError(f"{re.name} and {im.name} are of different models or inputs; give the two parts of one evaluation")
    if {re.method, im.method} != {"first-order"}:
        raise DomainError(
            f"{re.name} and {im.name} are of second order, where the covariance of a complex result is not known; evaluate to "
            "first order, or propagate by Monte Carlo"
        )
    if re.unit != im.unit:
        raise DomainError(f"{re.name} is in {re.unit}, {im.name} in {im.unit}; the parts of a complex number have one unit")
    a, b = [one.contribution for one in re.components], [one.contribution for one in im.components]
    pairs = pairs_of(re)
    whole = (quadratic(a, a, pairs), quadratic(a, b, pairs), quadratic(b, b, pairs))
    terms = []
    for places, dof in _influences(re.components):
        if dof < inf:
            own = [[value if place in places else 0.0 for place, value in enumerate(part)] for part in (a, b)]
            share = (quadratic(own[0], own[0], pairs), quadratic(own[0], own[1], pairs), quadratic(own[1], own[1], pairs))
            terms.append(_spread(*share) / dof)
    doubt = fsum(terms)
    common = None if re.degrees_of_freedom is None else _spread(*whole) / doubt if doubt > 0.0 else inf
    return ComplexEvaluation(
        value=complex(re.value, im.value), covariance=((whole[0], whole[1]), (whole[1], whole[2])), degrees_of_freedom=common
    )


def _spread(v11: float, v12: float, v22: float) -> float:
    """What the variances of an estimated covariance matrix add up to, but for the degrees of freedom."""
    return 2.0 * v11 * v11 + v11 * v22 + v12 * v12 + 2.0 * v22 * v22


def _influences(components: Sequence[Component]) -> list[tuple[set[int], float]]:
    groups: dict[str, tuple[set[int], float]] = {}
    for place, one in enumerate(components):
        key = f"ensemble {one.ensemble}" if one.ensemble else f"id {one.id}"
        groups.setdefault(key, (set(), one.degrees_of_freedom))[0].add(place)
    return list(groups.values())
