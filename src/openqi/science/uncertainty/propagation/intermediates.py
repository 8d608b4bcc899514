"""What stands in the equation of an output, and what each input contributes through it."""

from collections.abc import Sequence

from openqi.science.uncertainty.expression.scalar import gradient_of, gradients, registers
from openqi.science.uncertainty.expression.tape import Operation, Tape

ONE_REGISTER = frozenset({
    Operation.NEGATE, Operation.INTEGER_POWER, Operation.SQRT, Operation.ABS, Operation.EXP, Operation.LOG, Operation.LOG10,
    Operation.SIN, Operation.COS, Operation.TAN, Operation.ASIN, Operation.ACOS, Operation.ATAN, Operation.SINH, Operation.COSH,
    Operation.TANH,
})  # fmt: skip


def direct_parts(tape: Tape, names: Sequence[str], output: str, values: Sequence[float]) -> list[tuple[str, tuple[float, ...]]]:
    """Return for each name that stands in the equation of an output what it passes on: its slope there times its own gradient.

    Summed over the names it is the gradient of the output, so that the rows of a budget by intermediate add up.

    Args:
        tape: of the model.
        names: of its inputs and intermediates.
        output: name.
        values: registers of one run.

    Raises:
        DomainError: a derivative is not defined there.
    """
    register = tape.named[output]
    stops: dict[int, str] = {}
    for name in names:
        stops.setdefault(tape.named[name], name)
    sources, part = _cut(tape, register, stops)
    if not sources:
        return []
    (slopes,) = gradients(part, registers(part, [values[source] for source in sources]))
    return [
        (stops[source], tuple(slope * own for own in gradient_of(tape, values, source)))
        for source, slope in zip(sources, slopes, strict=True)
    ]


def inputs_read(tape: Tape, register: int) -> list[int]:
    """Return the places of the inputs that a register depends on."""
    base = tape.inputs + len(tape.constants)
    reached = bytearray(max(register + 1, base))
    reached[register] = 1
    for place in range(register, base - 1, -1):
        if reached[place]:
            operation, left, right = tape.code[place - base]
            reached[left] = 1
            if operation not in ONE_REGISTER:
                reached[right] = 1
    return [place for place in range(tape.inputs) if reached[place]]


def _cut(tape: Tape, register: int, stops: dict[int, str]) -> tuple[list[int], Tape]:
    """The steps between named registers and an output, as a tape whose inputs are those registers."""
    first_step = tape.inputs + len(tape.constants)
    pending, seen = [register], set()
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            if one >= first_step and one not in stops:
                pending += _read_by(tape.code[one - first_step])
    sources = sorted(one for one in seen if one in stops)
    constants = sorted(one for one in seen if one not in stops and one < first_step)
    steps = sorted(one for one in seen if one not in stops and one >= first_step)
    at = {one: place for place, one in enumerate([*sources, *constants, *steps])}
    code = []
    for one in steps:
        operation, left, right = tape.code[one - first_step]
        code.append((operation, at[left], right if operation in ONE_REGISTER else at[right]))
    part = Tape(
        code=tuple(code),
        constants=tuple(tape.constants[one - tape.inputs] for one in constants),
        texts=tuple(tape.texts[one - tape.inputs] for one in constants),
        inputs=len(sources),
        outputs=(at[register],),
        named={stops[one]: at[one] for one in sources},
    )
    return sources, part


def _read_by(step: tuple[int, int, int]) -> list[int]:
    operation, left, right = step
    return [left] if operation in ONE_REGISTER else [left, right]
