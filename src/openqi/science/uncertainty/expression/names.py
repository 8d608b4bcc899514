"""What a register of a tape is, in the names of its model: for errors that say which step is not defined."""

from collections.abc import Mapping
from types import MappingProxyType

from openqi.science.uncertainty.expression.tape import Operation, Tape

SIGNS: Mapping[int, str] = MappingProxyType(
    {Operation.ADD: "+", Operation.SUBTRACT: "-", Operation.MULTIPLY: "*", Operation.DIVIDE: "/", Operation.POWER: "^"}
)


def names_of(tape: Tape) -> dict[int, str]:
    """Return the name of each register that has one, the first of them where it has several."""
    found: dict[int, str] = {}
    for name, register in tape.named.items():
        found.setdefault(register, name)
    return found


def step_text(tape: Tape, register: int, depth: int = 2) -> str:
    """Return what a register is, in names as far as they reach, for an error: `ln(a - b)`."""
    names = names_of(tape)
    base = tape.inputs + len(tape.constants)

    def text(number: int, left_depth: int) -> str:
        if number in names and (left_depth < depth or number < base):
            return names[number]
        if number < base:
            return tape.texts[number - tape.inputs]
        if not left_depth:
            return "(...)"
        operation, left, right = tape.code[number - base]
        one = text(left, left_depth - 1)
        if operation == Operation.INTEGER_POWER:
            return f"({one})^{right}"
        if operation in SIGNS:
            return f"({one} {SIGNS[operation]} {text(right, left_depth - 1)})"
        if operation == Operation.NEGATE:
            return f"(-{one})"
        if operation == Operation.ATAN2:
            return f"atan2({one}, {text(right, left_depth - 1)})"
        return f"{'ln' if operation == Operation.LOG else Operation(operation).name.lower()}({one})"

    return text(register, depth)
