"""From the graph of a model to its tape: complex quantities become pairs of real ones, names become registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import pi

from openqi.kernel.errors import FormatError
from openqi.science.uncertainty.expression.graph import COMPLEX_FUNCTIONS, CONSTANTS, Equation, Node
from openqi.science.uncertainty.expression.tape import Operation, Tape

MAX_EXPONENT = 64
MAX_STEPS = 60_000
Ref = tuple[str, int]  # "input", "constant" or "step", and its number
Value = tuple[Ref, ...]  # one part of a real, two of a complex quantity

_REAL = {
    "+": Operation.ADD, "-": Operation.SUBTRACT, "*": Operation.MULTIPLY, "/": Operation.DIVIDE, "negate": Operation.NEGATE,
    "^": Operation.POWER, "sqrt": Operation.SQRT, "abs": Operation.ABS, "exp": Operation.EXP, "ln": Operation.LOG,
    "log10": Operation.LOG10, "sin": Operation.SIN, "cos": Operation.COS, "tan": Operation.TAN, "asin": Operation.ASIN,
    "acos": Operation.ACOS, "atan": Operation.ATAN, "atan2": Operation.ATAN2, "sinh": Operation.SINH, "cosh": Operation.COSH,
    "tanh": Operation.TANH,
}  # fmt: skip
_RATIONAL = {
    Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.DIVIDE, Operation.NEGATE, Operation.INTEGER_POWER,
}  # fmt: skip


@dataclass
class _Lowering:
    """The tape as it grows, with the parts of each name that has a value."""

    line: int = 0
    steps: list[tuple[Operation, Ref, Ref | int]] = field(default_factory=list)
    constants: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Value] = field(default_factory=dict)

    def step(self, operation: Operation, left: Ref, right: Ref | int = 0) -> Ref:
        """Add a step, and return the register that holds its result."""
        if len(self.steps) >= MAX_STEPS:
            raise self.refused(f"more than {MAX_STEPS} real operations; a power of a complex quantity takes many")
        self.steps.append((operation, left, right))
        return "step", len(self.steps) - 1

    def constant(self, text: str) -> Ref:
        """The register of a constant."""
        return "constant", self.constants.setdefault(text, len(self.constants))

    def refused(self, what: str) -> FormatError:
        """An error in the present line."""
        return FormatError(f"model, line {self.line}: {what}")

    def equation(self, equation: Equation) -> Value:
        """Add the steps of an expression."""
        self.line = equation.line
        values: list[Value] = []
        for node in equation.nodes:
            values.append(self.node(node, values, equation.nodes))
        return values[-1]

    def node(self, node: Node, values: Sequence[Value], nodes: Sequence[Node]) -> Value:
        """The value of one node."""
        if node.kind == "number" or node.text in CONSTANTS:
            return (self.constant(node.text),)
        if node.kind == "name":
            return self.parts[node.text]
        left = values[node.left]
        right = values[node.right] if node.right >= 0 else None
        if node.kind == "^" and (exponent := whole(nodes, node.right)) is not None:
            return (self.step(Operation.INTEGER_POWER, left[0], exponent),) if len(left) == 1 else self.repeated(left, exponent)
        if len(left) == 2 or (right and len(right) == 2):
            return self.complex(node.kind, left, right)
        if node.kind not in _REAL:
            raise self.refused(f"{node.kind} takes a complex quantity; declare one, or leave it out")
        return (self.step(_REAL[node.kind], left[0], right[0] if right else 0),)

    def complex(self, kind: str, left: Value, right: Value | None) -> Value:
        """The value of an operation with a complex operand."""
        if right is not None:
            if kind in ("+", "-"):
                return self.summed(kind, left, right)
            if kind == "*":
                return self.product(left, right)
            if kind == "/":
                return self.quotient(left, right)
        elif kind == "negate":
            return tuple(self.step(Operation.NEGATE, part) for part in left)
        elif kind in COMPLEX_FUNCTIONS:
            return self.function(kind, left[0], left[1])
        known = ", ".join(sorted(COMPLEX_FUNCTIONS))
        raise self.refused(f"{kind} is not there for complex quantities; there are + - * /, whole powers, {known}")

    def summed(self, kind: str, left: Value, right: Value) -> Value:
        """A sum or difference, at least one side of it complex."""
        real = self.step(_REAL[kind], left[0], right[0])
        if len(right) == 1:
            return real, left[1]
        if len(left) == 1:
            return real, right[1] if kind == "+" else self.step(Operation.NEGATE, right[1])
        return real, self.step(_REAL[kind], left[1], right[1])

    def product(self, left: Value, right: Value) -> Value:
        """A product, at least one side of it complex."""
        if len(left) == 1 or len(right) == 1:
            one, two = (left, right) if len(left) == 1 else (right, left)
            return tuple(self.step(Operation.MULTIPLY, one[0], part) for part in two)
        (a, b), (c, d) = left, right
        times = Operation.MULTIPLY
        real = self.step(Operation.SUBTRACT, self.step(times, a, c), self.step(times, b, d))
        return real, self.step(Operation.ADD, self.step(times, a, d), self.step(times, b, c))

    def quotient(self, left: Value, right: Value) -> Value:
        """A quotient, at least one side of it complex."""
        if len(right) == 1:
            return tuple(self.step(Operation.DIVIDE, part, right[0]) for part in left)
        top = self.product(left, (right[0], self.step(Operation.NEGATE, right[1])))
        square = self.square(right[0], right[1])
        return tuple(self.step(Operation.DIVIDE, part, square) for part in top)

    def square(self, real: Ref, imaginary: Ref) -> Ref:
        """The square of a magnitude."""
        power = Operation.INTEGER_POWER
        return self.step(Operation.ADD, self.step(power, real, 2), self.step(power, imaginary, 2))

    def repeated(self, base: Value, exponent: int) -> Value:
        """A whole power of a complex quantity, by multiplication."""
        if exponent == 0:
            return (self.constant("1"),)
        result = base
        for _ in range(abs(exponent) - 1):
            result = self.product(result, base)
        return result if exponent > 0 else self.quotient((self.constant("1"),), result)

    def function(self, kind: str, real: Ref, imaginary: Ref) -> Value:
        """A function of a complex quantity."""
        if kind == "re":
            return (real,)
        if kind == "im":
            return (imaginary,)
        if kind == "conj":
            return real, self.step(Operation.NEGATE, imaginary)
        if kind == "abs":
            return (self.step(Operation.SQRT, self.square(real, imaginary)),)
        if kind == "arg":
            return (self.step(Operation.ATAN2, imaginary, real),)
        size = self.step(Operation.EXP, real)
        cosine, sine = self.step(Operation.COS, imaginary), self.step(Operation.SIN, imaginary)
        return self.step(Operation.MULTIPLY, size, cosine), self.step(Operation.MULTIPLY, size, sine)


def whole(nodes: Sequence[Node], index: int) -> int | None:
    """Return the exponent that stands at a node as a whole number within 64, None where there is something else."""
    node, sign = nodes[index], 1
    if node.kind == "negate":
        node, sign = nodes[node.left], -1
    if node.kind != "number" or not node.text.isdigit() or int(node.text) > MAX_EXPONENT:
        return None
    return sign * int(node.text)


def parts_of(name: str, is_complex: bool) -> tuple[str, ...]:
    """Return the names of the real parts of a quantity."""
    return (f"{name}.re", f"{name}.im") if is_complex else (name,)


def lowered(
    equations: Sequence[Equation], inputs: Sequence[str], complex_names: Sequence[str], outputs: Sequence[str]
) -> tuple[Tape, bool, Mapping[str, bool]]:
    """Return the tape of equations, whether it is rational, and for each name that they define whether it is complex.

    Args:
        equations: in an order in which each uses only names before it.
        inputs: names in order.
        complex_names: those of them that are complex.
        outputs: names in order.

    Raises:
        FormatError: an operation that complex quantities do not have.
    """
    state = _Lowering()
    count = 0
    for name in inputs:
        size = 2 if name in complex_names else 1
        state.parts[name] = tuple(("input", count + part) for part in range(size))
        count += size
    for equation in equations:
        state.parts[equation.name] = state.equation(equation)
    base = {"input": 0, "constant": count, "step": count + len(state.constants)}

    def register(ref: Ref) -> int:
        return base[ref[0]] + ref[1]

    code = tuple((int(o), register(one), two if isinstance(two, int) else register(two)) for o, one, two in state.steps)
    named = {
        part: register(ref)
        for name, refs in state.parts.items()
        for part, ref in zip(parts_of(name, len(refs) == 2), refs, strict=True)
    }
    tape = Tape(
        code=code,
        constants=tuple(pi if text in CONSTANTS else float(text) for text in state.constants),
        texts=tuple(state.constants),
        inputs=count,
        outputs=tuple(register(ref) for name in outputs for ref in state.parts[name]),
        named=named,
    )
    rational = all(operation in _RATIONAL for operation, _, _ in state.steps) and not CONSTANTS & set(state.constants)
    return tape, rational, {name: len(refs) == 2 for name, refs in state.parts.items()}
