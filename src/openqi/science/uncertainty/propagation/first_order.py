"""The law of propagation of uncertainty, to first order."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from math import sqrt
from operator import mul
from typing import NamedTuple

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.caution import Caution
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.expression.scalar import gradients, registers
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity
from openqi.science.uncertainty.propagation.budget import Components, Intermediate
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.intermediates import direct_parts, inputs_read
from openqi.science.uncertainty.propagation.joint import Joint, given_inputs, joint, quadratic, root, satterthwaite

Evaluate = Callable[[Sequence[float], Sequence[float], Sequence[float]], tuple[tuple[float, float, float], ...]]


def first_order(
    model: MeasurementModel, inputs: Mapping[str, InputQuantity], correlations: Sequence[Correlation] = ()
) -> tuple[Evaluation, ...]:
    """Return an evaluation for each output.

    Args:
        model: whose inputs are all given.
        inputs: by the model's names.
        correlations: between them.

    Raises:
        DomainError: inputs are missing or not the model's, a correlation names no input or is no correlation, or a step of the
            model is not defined at the estimates.

    Source: [GUM] clause 5, equations (10) and (13), and G.4 (Welch-Satterthwaite).
    """
    given = given_inputs(model, inputs)
    values = registers(model.tape, model.coherent([one.value for one in given]))
    slopes = gradients(model.tape, values)
    shared = _Shared(
        model, given, values, joint(model.inputs, given, correlations), [one.standard_uncertainty for one in given],
        tuple(correlations),
    )  # fmt: skip
    return tuple(map(shared.evaluation, count(), slopes))


class _Shared(NamedTuple):
    """What the outputs of one evaluation have in common; columns in the order of the inputs."""

    model: MeasurementModel
    given: list[InputQuantity]
    values: list[float]
    joint: Joint
    uncertainties: list[float]
    correlations: tuple[Correlation, ...]

    def evaluation(self, place: int, slopes: Sequence[float]) -> Evaluation:
        """Return the evaluation of an output."""
        name, register = self.model.outputs[place], self.model.tape.outputs[place]
        model, together, uncertainties = self.model, self.joint, self.uncertainties
        unit, value, row = None, self.values[register], slopes
        if model.units is not None:
            unit, value = model.units[name], model.output_scales[place].reported(value)
            row = in_units(model, place, slopes)
        contributions = list(map(mul, row, uncertainties))
        variance = together.variance(contributions)
        if variance < 1e-280:
            _check_size(contributions, name)
        return Evaluation(
            name=name,
            unit=unit,
            value=value,
            standard_uncertainty=root(variance),
            degrees_of_freedom=together.degrees_of_freedom(contributions, variance),
            components=Components(model.inputs, together.ids, self.given, row, contributions),
            correlations=self.correlations,
            model=model.digest,
            method="first-order",
            warnings=_blind(model, register, row, uncertainties) if 0.0 in row else (),
            intermediates=_intermediates(model, self.values, place, uncertainties) if model.intermediates else (),
            run=self,
        )


def in_units(model: MeasurementModel, place: int, slopes: Sequence[float]) -> Sequence[float]:
    """Return derivatives of an output between coherent numbers as those between numbers in the units that the model states."""
    if not model.output_scales:
        return slopes
    reported = model.output_scales[place].reported_difference
    return [reported(scale.coherent_difference(slope)) for scale, slope in zip(model.input_scales, slopes, strict=True)]


def _check_size(contributions: Sequence[float], name: str) -> None:
    """Refuse contributions whose squares are too small to be floats of full precision; those of cancelling ones may be."""
    largest = max(map(abs, contributions), default=0.0)
    if 0.0 < largest < 1e-140:
        raise DomainError(f"{name}: a contribution of {largest:.3g} has no square among floats; state the inputs in other units")


def _blind(model: MeasurementModel, register: int, row: Sequence[float], uncertainties: Sequence[float]) -> tuple[Caution, ...]:
    """A warning of inputs that stand in the equation, but whose uncertainty has no part in that of the result."""
    # A single output reads every input: what it did not use would be an output too.
    read = range(len(row)) if len(model.outputs) == 1 else inputs_read(model.tape, register)
    unseen = tuple(model.inputs[place] for place in read if row[place] == 0.0 and uncertainties[place] > 0.0)
    return (Caution("sensitivity-zero", names=unseen),) if unseen else ()


def _intermediates(
    model: MeasurementModel, values: Sequence[float], place: int, uncertainties: Sequence[float]
) -> tuple[Intermediate, ...]:
    parts = direct_parts(model.tape, model.inputs + model.intermediates, model.outputs[place], values)
    return tuple(Intermediate(name, tuple(map(mul, in_units(model, place, slopes), uncertainties))) for name, slopes in parts)


def first_order_of(model: MeasurementModel) -> Evaluate:
    """Return a function of (values, standard uncertainties, degrees of freedom) that gives (value, u, dof) of each output.

    For independent inputs, in the model's order; nothing is checked but what the model itself refuses.
    """
    tape = model.tape
    plain = not model.output_scales

    def evaluate(x: Sequence[float], u: Sequence[float], dof: Sequence[float]) -> tuple[tuple[float, float, float], ...]:
        values = registers(tape, x if plain else model.coherent(x))
        found = []
        for place, slopes in enumerate(gradients(tape, values)):
            value, row = values[tape.outputs[place]], in_units(model, place, slopes)
            if not plain:
                value = model.output_scales[place].reported(value)
            contributions = list(map(mul, row, u))
            variance = quadratic(contributions, contributions, ())
            found.append((value, sqrt(variance), satterthwaite(contributions, variance, dof)))
        return tuple(found)

    return evaluate
