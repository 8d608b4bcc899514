"""A result that has other results among its inputs: their contributions are carried along by id, so that all stay correlated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.inputs.quantity import Correlation
from openqi.science.uncertainty.propagation.budget import BudgetRow, Component, correlated_rows
from openqi.science.uncertainty.propagation.evaluation import Evaluation, pairs_of
from openqi.science.uncertainty.propagation.joint import Joint, coefficients, joint_of, root

Results = Mapping[str, Evaluation]


def carried_along(evaluation: Evaluation, results: Results) -> Evaluation:
    """Return an evaluation with the components of earlier results in the place of the inputs that these are.

    Args:
        evaluation: of first order; each input that is an earlier result had its value and standard uncertainty, in its unit.
        results: input → that result, of first order; none of their components is anonymous, as `known_as` leaves them.

    Raises:
        DomainError: a result is of second order or has a component without id; one id stands for two quantities; or correlations
            contradict each other.

    Source: [GUM] clause 5.2 and F.1.2.3, [JCGM102] clause 6.2.
    """
    if evaluation.method != "first-order" or any(one.method != "first-order" for one in results.values()):
        raise DomainError(f"{evaluation.name}: contributions are carried along to first order only; evaluate all to first order")
    components: list[Component] = []
    for one in evaluation.components:
        components += _carried(one, results[one.name]) if one.name in results else [one]
    _check_same(components)
    pairs = coefficients([*evaluation.correlations, *(stated for one in results.values() for stated in one.correlations)])
    correlations = tuple(Correlation(first=first, second=second, coefficient=r) for (first, second), r in pairs.items())
    together: Joint = joint_of(components, correlations)
    contributions = [one.contribution for one in components]
    variance = together.variance(contributions)
    return replace(
        evaluation,
        standard_uncertainty=root(variance),
        degrees_of_freedom=together.degrees_of_freedom(contributions, variance),
        components=tuple(components),
        correlations=correlations,
        intermediates=(),
    )


def budget_by_input(evaluation: Evaluation, names: Sequence[str]) -> tuple[BudgetRow, ...]:
    """Return the budget by the inputs of the model, of which some are earlier results; the largest share first.

    Args:
        evaluation: as `carried_along` returns it.
        names: for each component the input of the model that it came in through.
    """
    groups: dict[str, dict[int, float]] = {}
    for place, (name, one) in enumerate(zip(names, evaluation.components, strict=True)):
        groups.setdefault(name, {})[place] = one.contribution
    return correlated_rows(groups.items(), evaluation.components, pairs_of(evaluation))


def known_as(evaluation: Evaluation, name: str) -> Evaluation:
    """Return a result whose own inputs have ids that hold everywhere: those of it alone begin with its name.

    Args:
        evaluation: as it was made.
        name: by which it is known everywhere, the id of its record.

    An input without id, and a column of a series, belong to one evaluation. What was carried along has the name of its own already.
    """
    local = {one.id for one in evaluation.components if one.anonymous or (one.ensemble is not None and "#" not in one.ensemble)}

    def known(key: str) -> str:
        return f"{name}#{key}" if key in local else key

    components = tuple(
        one._replace(
            id=known(one.id),
            ensemble=f"{name}#{one.ensemble}" if one.ensemble is not None and one.id in local else one.ensemble,
            anonymous=False,
        )
        for one in evaluation.components
    )
    correlations = tuple(
        Correlation(first=known(one.first), second=known(one.second), coefficient=one.coefficient)
        for one in evaluation.correlations
    )
    return replace(evaluation, components=components, correlations=correlations, run=None)


def _carried(through: Component, result: Evaluation) -> list[Component]:
    if any(one.anonymous for one in result.components):
        raise DomainError(f"{result.name}: an input has no id that holds outside of its own evaluation; see `known_as`")
    return [
        one._replace(
            name=f"{through.name}: {one.name}"[:200],
            sensitivity=through.sensitivity * one.sensitivity,
            contribution=through.sensitivity * one.contribution,
        )
        for one in result.components
    ]


def _check_same(components: Sequence[Component]) -> None:
    known: dict[str, Component] = {}
    for one in components:
        before = known.setdefault(one.id, one)
        if (one.degrees_of_freedom, one.certificate, one.ensemble) != (
            before.degrees_of_freedom, before.certificate, before.ensemble
        ) or one.anonymous != before.anonymous:  # fmt: skip
            raise DomainError(f"{before.name} and {one.name} are both {one.id}, but their degrees of freedom or sources differ")
