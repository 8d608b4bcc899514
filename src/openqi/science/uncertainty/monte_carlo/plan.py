"""What a Monte Carlo run does in every trial: made out of a model, its inputs and a seed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from math import inf, isfinite, isinf, nan
from typing import Any, Protocol, TypeVar

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.numbers.algebra import cholesky
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.monte_carlo.blocks import TrialPlan, trials

__all__ = ["GENERATOR", "Mapper", "TrialPlan", "trial_plan", "trials"]
GENERATOR = "openqi-trials/1"
X = TypeVar("X")
R = TypeVar("R")


class Mapper(Protocol):
    """Does work on parts, in any order and by any number of threads, and gives the results in the order of the parts: as `map`."""

    def __call__(self, work: Callable[[X], R], parts: Iterable[X], /) -> Iterable[R]: ...


def trial_plan(
    model: MeasurementModel, inputs: Mapping[str, InputQuantity], correlations: Sequence[Correlation] = (), *,
    copula: str = "gaussian", seed: str | None = None,
) -> TrialPlan:  # fmt: skip
    """Return the plan of a run.

    Args:
        model: whose inputs are all given.
        inputs: by the model's names; without a distribution normal, or where degrees of freedom are finite t whose scale is the
            standard uncertainty ([JCGM101] clause 6.4.9). Those of one id are one quantity.
        correlations: between them, as coefficients of the normal quantities that they are joined through.
        copula: what joins the inputs that correlations name: `gaussian`, or `t:` and degrees of freedom, as in `t:4`, of which
            extreme values come together. Of t inputs of these degrees of freedom that is their joint t distribution.
        seed: text; by default `sha256:` and the digest of model, inputs and correlations.

    Raises:
        DomainError: inputs are missing or not the model's, a value or an uncertainty is not allowed, a correlation names no input
            or is no correlation, or there is no such copula.

    Source: [JCGM101] clause 6.4, [JCGM102] clause 6.4, [PHILOX], [DEMARTA-MCNEIL] section 2.
    """
    copula_dof = _copula_dof(copula)
    _check_names(model, inputs)
    distributions = tuple(_distribution_of(name, inputs[name]) for name in model.inputs)
    ids = _ids(model, inputs)
    order = sorted(set(ids))
    slots = _slots(ids, order, distributions)
    stated = _canonical_correlations(correlations, ids)
    if isinf(copula_dof):  # a coefficient of 0 is independence here, and of another copula it is not
        stated = tuple(one for one in stated if one[2] != 0.0)
    # Of those alone that correlations name: among thousands of inputs the factor of all would take hours.
    named = sorted({end for one in stated for end in one[:2]})
    return TrialPlan(
        model=model, distributions=distributions, slots=slots, joined=tuple(map(order.index, named)),
        factor=cholesky(_correlation_matrix(stated, named)) if stated else None, copula_dof=copula_dof,
        seed=_seed_of(model, ids, distributions, stated, copula) if seed is None else seed,
    )  # fmt: skip


def _ids(model: MeasurementModel, inputs: Mapping[str, InputQuantity]) -> tuple[str, ...]:
    """The id of each input, its name where it has none."""
    ids = tuple(inputs[name].id or name for name in model.inputs)
    if taken := [name for name in model.inputs if inputs[name].id is None and ids.count(name) > 1]:
        raise DomainError(f"input {taken[0]} has no id, and its name is the id of another input; give both an id")
    return ids


def _slots(ids: Sequence[str], order: Sequence[str], distributions: Sequence[Distribution]) -> tuple[int, ...]:
    """The slot of each input; inputs of one id share one."""
    slots = tuple(order.index(one) for one in ids)
    for place, slot in enumerate(slots):
        if distributions[slots.index(slot)] != distributions[place]:
            raise DomainError(f"id {ids[place]!r} stands for two distributions; one id is one quantity, known in one way")
    return slots


def _copula_dof(copula: str) -> float:
    """The degrees of freedom of a copula, infinite for the Gaussian one."""
    if copula == "gaussian":
        return inf
    name, _, text = copula.partition(":")
    try:
        dof = float(text) if name == "t" else nan
    except ValueError:
        dof = nan
    if not 0.0 < dof <= 1e6:
        raise DomainError(f"copula {copula!r}; it must be `gaussian`, or `t:` and degrees of freedom (0 to 1e6), as in `t:4`")
    return dof


def _check_names(model: MeasurementModel, inputs: Mapping[str, InputQuantity]) -> None:
    missing = [name for name in model.inputs if name not in inputs]
    foreign = sorted(set(inputs) - set(model.inputs))
    if missing or foreign:
        what = f"{', '.join(missing)} is missing" if missing else f"{', '.join(foreign)} is none of them"
        raise DomainError(f"the model takes {', '.join(model.inputs)}; {what}")


def _distribution_of(name: str, one: InputQuantity) -> Distribution:
    """The distribution of an input: its own, else normal, t of a finite dof, or a constant where there is no uncertainty."""
    value, u, dof = one.value, one.standard_uncertainty, one.degrees_of_freedom
    if not isfinite(value):
        raise DomainError(f"input {name}: value {value}; it must be finite")
    if not (isfinite(u) and u >= 0.0):
        raise DomainError(f"input {name}: standard uncertainty {u}; it must be finite and not negative")
    if not dof > 0.0:
        raise DomainError(f"input {name}: {dof} degrees of freedom; there must be more than 0 (inf is allowed)")
    if one.distribution is not None:
        return one.distribution
    if u == 0.0:
        return distribution("discrete", values=[value], probabilities=[1.0])
    if isinf(dof):
        return distribution("normal", mean=value, sd=u)
    return distribution("t", mean=value, scale=u, dof=dof)


def _canonical_correlations(correlations: Sequence[Correlation], ids: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Each pair once, in the order of ids; inputs without id go by their names."""
    found: dict[tuple[str, str], float] = {}
    for one in correlations:
        for end in (one.first, one.second):
            if end not in ids:
                raise DomainError(f"a correlation names {end!r}; inputs are {', '.join(ids)} (by id, by name where there is none)")
        if one.first == one.second:
            raise DomainError(f"{one.first!r} is correlated with itself; a correlation is between two inputs")
        if not -1.0 <= one.coefficient <= 1.0:
            raise DomainError(f"correlation of {one.first} and {one.second}: {one.coefficient}; it must lie in [-1, 1]")
        pair = (min(one.first, one.second), max(one.first, one.second))
        if found.setdefault(pair, one.coefficient) != one.coefficient:
            raise DomainError(f"two correlations of {pair[0]} and {pair[1]}: {found[pair]} and {one.coefficient}; state one")
    return tuple((first, second, found[first, second]) for first, second in sorted(found))


def _correlation_matrix(stated: Sequence[tuple[str, str, float]], order: Sequence[str]) -> list[list[float]]:
    matrix = [[1.0 if row == column else 0.0 for column in range(len(order))] for row in range(len(order))]
    for first, second, coefficient in stated:
        row, column = order.index(first), order.index(second)
        matrix[row][column] = matrix[column][row] = coefficient
    return matrix


def _seed_of(
    model: MeasurementModel,
    ids: Sequence[str],
    distributions: Sequence[Distribution],
    stated: Sequence[tuple[str, str, float]],
    copula: str,
) -> str:
    """`sha256:` and the digest of what is run: canonical JSON with every float as its shortest decimal text."""
    inputs = [
        {"distribution": one.kind, "id": name, "parameters": [repr(value) for value in one.parameters]}
        for name, one in zip(ids, distributions, strict=True)
    ]
    correlations = [[first, second, repr(coefficient)] for first, second, coefficient in stated]
    document: dict[str, Any] = {"copula": copula, "correlations": correlations, "inputs": inputs, "model": model.digest}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"
