"""A tape of a rational model run on fractions: no rounding, so that ties are seen as ties."""

from collections.abc import Sequence
from fractions import Fraction

from openqi.kernel.errors import DomainError
from openqi.kernel.units import unit_of
from openqi.science.uncertainty.expression.model import MeasurementModel
from openqi.science.uncertainty.expression.names import step_text
from openqi.science.uncertainty.expression.tape import Operation, Tape

MAX_BITS = 200_000


class LongFractionError(DomainError):
    """A step of an exact run has a longer fraction than is computed with."""


def exact(tape: Tape, x: Sequence[Fraction], *, most_bits: int = MAX_BITS) -> tuple[Fraction, ...]:
    """Return the exact outputs.

    Args:
        tape: of a rational model.
        x: value of each input, in the model's order; constants are taken as their texts state them, 0.1 as one tenth.
        most_bits: of numerator and denominator together.

    Raises:
        LongFractionError: its fractions become too long.
        DomainError: the tape has another operation, or divides by zero.
    """
    if len(x) != tape.inputs:
        raise DomainError(f"{len(x)} values for {tape.inputs} inputs: give one each, in the order of the model's inputs")
    if "pi" in tape.texts:
        raise DomainError("the model contains pi, which no fraction is; run it on floats")
    values = [*x, *map(Fraction, tape.texts)]
    for place, (operation, left, right) in enumerate(tape.code, len(values)):
        try:
            value = _step(operation, values[left], right, values, most_bits)
        except ZeroDivisionError as error:
            raise DomainError(f"model step {step_text(tape, place)} divides by 0") from error
        except KeyError as error:
            what = f"model step {step_text(tape, place)} is no +, -, *, / or whole power; such a model has no exact value"
            raise DomainError(what) from error
        if value.numerator.bit_length() + value.denominator.bit_length() > most_bits:
            what = f"model step {step_text(tape, place)}: the exact fraction has more than {most_bits} bits; use floats"
            raise LongFractionError(what)
        values.append(value)
    return tuple(values[register] for register in tape.outputs)


def exact_results(model: MeasurementModel, x: Sequence[Fraction], *, most_bits: int = MAX_BITS) -> tuple[Fraction, ...]:
    """Return the exact outputs of a rational model in their units, from inputs in theirs.

    Args:
        model: whose units, where it has some, do not contain pi (as a degree does).
        x: value of each input, in the model's order and units.
        most_bits: as for `exact`.

    Raises:
        DomainError: as `exact`, or a unit has no exact factor.
    """
    if model.units is None:
        return exact(model.tape, x, most_bits=most_bits)
    if len(x) != len(model.inputs):
        raise DomainError(f"{len(x)} values for {len(model.inputs)} inputs: give one each, in the order of the model's inputs")
    coherent = []
    for name, value in zip(model.inputs, x, strict=True):
        factor, offset = _factor(model, name)
        coherent.append(value * factor + offset)
    results = []
    for name, value in zip(model.outputs, exact(model.tape, coherent, most_bits=most_bits), strict=True):
        factor, offset = _factor(model, name)
        results.append((value - offset) / factor)
    return tuple(results)


def _factor(model: MeasurementModel, name: str) -> tuple[Fraction, Fraction]:
    """The exact factor and offset that lead a number in the unit of a name to the coherent SI."""
    assert model.units is not None
    unit = unit_of(model.units[name])
    if unit.pi:
        raise DomainError(f"{name} in {model.units[name]!r}: the factor to the SI contains pi, which no fraction is; use floats")
    return unit.factor, Fraction(0) if name.partition(".")[0] in model.differences else unit.offset


def _step(operation: int, x: Fraction, right: int, values: Sequence[Fraction], most_bits: int) -> Fraction:
    if operation == Operation.NEGATE:
        return -x
    if operation == Operation.INTEGER_POWER:
        if abs(right) * (x.numerator.bit_length() + x.denominator.bit_length()) > 2 * most_bits:
            return Fraction(1 << most_bits + 1)  # refused by its length without being computed
        return x**right
    if operation == Operation.ADD:
        return x + values[right]
    if operation == Operation.SUBTRACT:
        return x - values[right]
    if operation == Operation.MULTIPLY:
        return x * values[right]
    if operation == Operation.DIVIDE:
        return x / values[right]
    raise KeyError(operation)
