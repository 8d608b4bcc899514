"""Propagation with the terms of next higher order, for models that are not nearly straight over their uncertainties."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum, inf, sqrt
from typing import NamedTuple

from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import cholesky
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.expression.jets import Jet, jet
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.first_order import first_order
from openqi.science.uncertainty.propagation.joint import correlation_matrix, given_inputs, joint

MOST = 200
"""Inputs with an uncertainty: each pair of them is one run of the model."""


class Higher(NamedTuple):
    """What the terms of second order add to a variance, and what they would add to the value."""

    variance: float
    bias: float


def second_order(
    model: MeasurementModel, inputs: Mapping[str, InputQuantity], correlations: Sequence[Correlation] = ()
) -> tuple[Evaluation, ...]:
    """Return an evaluation for each output, with `bias`; arguments and errors as of `first_order`.

    The terms are those of normal inputs. Components, and with them the degrees of freedom, are those of first order.

    Raises:
        DomainError: as `first_order`; or more than 200 inputs have an uncertainty, a step is not three times differentiable, or the
            terms leave no variance.

    Source: [GUM] clause 5.1.2, note, and H.1.7.
    """
    first = first_order(model, inputs, correlations)
    given = given_inputs(model, inputs)
    directions = _directions(model, given, correlations)
    terms = _terms(model, model.coherent([one.value for one in given]), directions)
    return tuple(_with(first[place], _scaled(model, place, term)) for place, term in enumerate(terms))


def _directions(model: MeasurementModel, given: Sequence[InputQuantity], correlations: Sequence[Correlation]) -> list[list[float]]:
    """Independent directions of one standard deviation each: those of the inputs, or where they are correlated of a factor."""
    moving = [place for place, one in enumerate(given) if one.standard_uncertainty > 0.0]
    if len(moving) > MOST:
        raise DomainError(f"{len(moving)} inputs have an uncertainty, second order takes {MOST}; propagate by Monte Carlo instead")
    spread = [one.standard_uncertainty for one in given]
    if model.input_scales:
        spread = [scale.coherent_difference(u) for scale, u in zip(model.input_scales, spread, strict=True)]
    pairs = joint(model.inputs, given, correlations).pairs
    factor = cholesky(correlation_matrix(len(given), pairs)) if pairs else None
    found = []
    for column in range(len(given)):
        if factor is None:
            direction = [u if place == column else 0.0 for place, u in enumerate(spread)]
        else:
            direction = [u * factor[place][column] for place, u in enumerate(spread)]
        if any(direction):
            found.append(direction)
    return found


def _terms(model: MeasurementModel, x: Sequence[float], directions: Sequence[Sequence[float]]) -> list[Higher]:
    """The terms of each output: over all pairs i, j of directions the half of f_ij squared, and f_i f_ijj."""
    variances: list[list[float]] = [[] for _ in model.outputs]
    biases: list[list[float]] = [[] for _ in model.outputs]
    still = [0.0] * len(x)
    for place, first in enumerate(directions):
        for output, one in enumerate(jet(model.tape, x, first, still)):
            variances[output].append(0.5 * one[3] * one[3] + one[1] * one[6])
            biases[output].append(0.5 * one[3])
        for second in directions[place + 1 :]:
            for output, both in enumerate(jet(model.tape, x, first, second)):
                variances[output].append(_crossed(both))
    try:
        return [Higher(fsum(v), fsum(b)) for v, b in zip(variances, biases, strict=True)]
    except (OverflowError, ValueError):
        raise DomainError("the terms of second order are beyond floats; state the inputs in other units") from None


def _crossed(one: Jet) -> float:
    _, f1, f2, _, f12, _, _, f112, f122, _ = one
    return f12 * f12 + f1 * f122 + f2 * f112


def _scaled(model: MeasurementModel, place: int, term: Higher) -> Higher:
    if not model.output_scales:
        return term
    reported = model.output_scales[place].reported_difference
    return Higher(reported(reported(term.variance)), reported(term.bias))


def _with(first: Evaluation, term: Higher) -> Evaluation:
    u = first.standard_uncertainty
    variance = u * u + term.variance
    if not 0.0 <= variance < inf:
        raise DomainError(
            f"{first.name}: the terms of second order are {term.variance:.3g}, the variance of first order {u * u:.3g}; together "
            "they are no variance, so that no expansion fits; propagate by Monte Carlo"
        )
    whole = sqrt(variance)
    warnings = tuple(one for one in first.warnings if one.code != "sensitivity-zero")
    if whole > 0.0 and abs(whole - u) > half_digit(whole):
        warnings += (Caution("first-order-unfit", figures=(f"{u:.3g}", f"{whole:.3g}")),)
    if whole > 0.0 and abs(term.bias) > half_digit(whole):
        warnings += (Caution("biased", figures=(f"{term.bias:.3g}",)),)
    return replace(first, standard_uncertainty=whole, method="second-order", bias=term.bias, warnings=warnings)


def half_digit(u: float, digits: int = 2) -> float:
    """Return half a unit in the last of so many digits of an uncertainty > 0.

    Source: [JCGM101] clause 7.9.2.
    """
    exponent = int(f"{u:.{digits - 1}e}".partition("e")[2])
    return 0.5 * float(f"1e{exponent - digits + 1}")
