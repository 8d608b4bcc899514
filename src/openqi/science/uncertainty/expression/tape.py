"""A tape: the operations of a measurement model in the order in which they are done, each on two registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property


class Operation(IntEnum):
    """What one step does with its registers `left` and `right`. The numbers are kept: kernels have them in their source.

    A function of one argument has 0 as `right`, which is not read. `INTEGER_POWER` has as `right` no register, but the exponent
    itself, -64 to 64.
    """

    ADD = 0
    SUBTRACT = 1
    MULTIPLY = 2
    DIVIDE = 3
    NEGATE = 4
    INTEGER_POWER = 5
    POWER = 6
    SQRT = 7
    ABS = 8
    EXP = 9
    LOG = 10
    LOG10 = 11
    SIN = 12
    COS = 13
    TAN = 14
    ASIN = 15
    ACOS = 16
    ATAN = 17
    ATAN2 = 18  # left is y, right is x
    SINH = 19
    COSH = 20
    TANH = 21


BINARY = frozenset({Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.DIVIDE, Operation.POWER, Operation.ATAN2})
"""Operations whose `right` is a register."""


@dataclass(frozen=True, kw_only=True)
class Tape:
    """A model as steps. Registers are numbered: first the inputs, then the constants, then the result of each step.

    Args:
        code: (operation, left, right) of each step; it reads only registers before its own.
        constants: the floats nearest to `texts`.
        texts: of each constant as the model writes it (0.1 is one tenth in an exact run); `pi` for pi.
        inputs: how many there are.
        outputs: register of each output, in the order of the model's outputs.
        named: register of each input, intermediate and output that has a name.
    """

    code: tuple[tuple[int, int, int], ...]
    constants: tuple[float, ...]
    texts: tuple[str, ...]
    inputs: int
    outputs: tuple[int, ...]
    named: Mapping[str, int]

    @cached_property
    def varying(self) -> tuple[bool, ...]:
        """Whether each register depends on an input. What does not has no derivative to ask for, not even an infinite one."""
        found = [True] * self.inputs + [False] * len(self.constants)
        for operation, left, right in self.code:
            has_second = operation in BINARY
            found.append(found[left] or (has_second and found[right]))
        return tuple(found)

    @cached_property
    def backwards(self) -> tuple[tuple[int, int, int, int], ...]:
        """The steps from the last to the first, each as (register of its result, operation, left, right)."""
        first = self.inputs + len(self.constants)
        return tuple((first + place, *step) for place, step in enumerate(self.code))[::-1]
