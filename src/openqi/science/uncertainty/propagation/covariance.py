"""How results vary together that share inputs by id, also those of other processes and years."""

from collections.abc import Sequence
from itertools import combinations

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.inputs.quantity import Correlation
from openqi.science.uncertainty.propagation.budget import Component
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.joint import check_semidefinite, coefficients, quadratic


def covariance_of(evaluations: Sequence[Evaluation], correlations: Sequence[Correlation] = ()) -> tuple[tuple[float, ...], ...]:
    """Return the covariance matrix of results, from the inputs that they share by id.

    Covariances are those of first order, also of results of second order, whose variances are their own.

    Args:
        evaluations: of one evaluation, of several, or read back.
        correlations: between inputs of different results, beside those that the results know of.

    Raises:
        DomainError: two results have an input of one name and no id; or one input with different degrees of freedom or sources;
            or correlations that contradict each other; or first-order covariances that variances of second order do not allow.

    Source: [GUM] clause 5.2 and H.2.3; [JCGM102] clause 6.2.
    """
    _check_shared(evaluations)
    ids = list({one.id: None for each in evaluations for one in each.components})
    at = {key: place for place, key in enumerate(ids)}
    known = coefficients([*correlations, *(one for each in evaluations for one in each.correlations)])
    for pair in known:
        for key in pair:
            if key not in at:
                raise DomainError(f"correlation of {pair[0]} and {pair[1]}: no result has an input {key}")
    pairs = [(at[first], at[second], r) for (first, second), r in known.items() if r]
    if correlations:
        check_semidefinite(ids, pairs)
    vectors = []
    for each in evaluations:
        vector = [0.0] * len(ids)
        for one in each.components:
            vector[at[one.id]] += one.contribution
        vectors.append(vector)
    matrix = [[quadratic(one, two, pairs) for two in vectors] for one in vectors]
    for place, each in enumerate(evaluations):
        # Of second order there is more than contributions tell.
        matrix[place][place] = each.standard_uncertainty * each.standard_uncertainty
    for i, j in combinations(range(len(matrix)), 2):
        _check_pair(evaluations[i], evaluations[j], matrix[i][j])
    return tuple(map(tuple, matrix))


def _check_pair(one: Evaluation, two: Evaluation, covariance: float) -> None:
    """Refuse a covariance of first order that uncertainties of second order do not allow."""
    most = one.standard_uncertainty * two.standard_uncertainty
    if {one.method, two.method} != {"first-order"} and abs(covariance) > most * (1.0 + 1e-9):
        raise DomainError(
            f"{one.name} and {two.name}: their covariance to first order is {covariance:.3g}, more than uncertainties of second "
            f"order allow ({most:.3g}); evaluate both to first order, or propagate by Monte Carlo"
        )


def _check_shared(evaluations: Sequence[Evaluation]) -> None:
    known: dict[str, tuple[Evaluation, Component]] = {}
    for each in evaluations:
        for one in each.components:
            before, other = known.setdefault(one.id, (each, one))
            if before is each or (before.run is not None and before.run is each.run):
                continue
            if one.anonymous or other.anonymous:
                raise DomainError(
                    f"{before.name} and {each.name} both have an input {one.id}; nothing says whether it is the same: give it an id"
                )
            if (one.degrees_of_freedom, one.certificate, one.ensemble) != (
                other.degrees_of_freedom, other.certificate, other.ensemble
            ):  # fmt: skip
                raise DomainError(f"{before.name} and {each.name} share {one.id}, but its degrees of freedom or sources differ")
