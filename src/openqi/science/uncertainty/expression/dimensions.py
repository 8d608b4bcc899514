"""Whether the units of a model fit: the dimension of every node, and how the values at its border are led to the coherent SI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from openqi.kernel.errors import DomainError, FormatError
from openqi.kernel.units import BASE, Unit, unit_of
from openqi.science.uncertainty.expression.graph import CONSTANTS, Equation, Node, expression_text

Dimension = tuple[Fraction, ...]
ONE: Dimension = (Fraction(0),) * len(BASE)
_PI = Fraction("3.1415926535897932384626433832795028841971693993751058209749445923")
MAX_POWER = 1000
MAX_CONSTANT = 20  # characters of a number that may be an exponent of a quantity with dimension
_SAME = frozenset({"negate", "abs", "re", "im", "conj"})
_ANY_TO_ONE = frozenset({"arg"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How a number in a unit becomes one in the coherent SI: times `multiplier`, by `divisor`, plus `offset`.

    The two factors are kept apart because 1e-9 is no float but 1e9 is one: 50 nm divided by 1e9 is as exact as can be.
    """

    multiplier: float = 1.0
    divisor: float = 1.0
    offset: float = 0.0

    def coherent(self, value: float) -> float:
        """Return a value in the coherent SI unit."""
        return value * self.multiplier / self.divisor + self.offset

    def coherent_difference(self, value: float) -> float:
        """Return a difference or an uncertainty in the coherent SI unit."""
        return value * self.multiplier / self.divisor

    def reported(self, value: float) -> float:
        """Return a value of the coherent SI in the unit."""
        return (value - self.offset) * self.divisor / self.multiplier

    def reported_difference(self, value: float) -> float:
        """Return a difference or an uncertainty of the coherent SI in the unit."""
        return value * self.divisor / self.multiplier


def scale_of(text: str, *, difference: bool = False) -> Scale:
    """Return the scale of a unit.

    Raises:
        FormatError: no known unit.
        DomainError: its factor is beyond a float.
    """
    unit = unit_of(text)
    try:
        multiplier = float(unit.factor.numerator * _PI ** max(unit.pi, 0))
        divisor = float(unit.factor.denominator * _PI ** max(-unit.pi, 0))
    except OverflowError:
        multiplier = divisor = 0.0
    if not (multiplier and divisor and isfinite(multiplier) and isfinite(divisor)):
        raise DomainError(f"unit {text!r}: its factor to the SI is beyond a float; choose a unit of usual size")
    return Scale(multiplier=multiplier, divisor=divisor, offset=0.0 if difference else float(unit.offset))


def dimension_text(dimension: Dimension) -> str:
    """Return a dimension in base units, as people read it."""
    return " ".join(f"{name}^{power}" if power != 1 else name for name, power in zip(BASE, dimension, strict=True) if power) or "1"


def check_units(equations: Sequence[Equation], units: Mapping[str, str]) -> None:
    """Check that both sides of every equation, sum and comparison have one dimension.

    Args:
        equations: in order.
        units: of every input and output, perhaps of intermediates.

    Raises:
        FormatError: a unit is not known.
        DomainError: units do not fit; says the line and the two sides.
    """
    known = {name: _unit(name, text).dimension for name, text in units.items()}
    for equation in equations:
        found = _Line(equation).dimension(known)
        stated = known.setdefault(equation.name, found)
        if stated != found:
            raise DomainError(
                f"model, line {equation.line}: {equation.name} is stated in {units[equation.name]!r} "
                f"({dimension_text(stated)}), but its expression gives {dimension_text(found)}"
            )


def _unit(name: str, text: str) -> Unit:
    try:
        return unit_of(text)
    except FormatError as error:
        raise FormatError(f"unit of {name}: {error}") from None


class _Line:
    """The dimensions of one equation's nodes."""

    def __init__(self, equation: Equation) -> None:
        self.equation = equation
        self.found: list[Dimension] = []
        self.constants: list[Fraction | None] = []

    def dimension(self, known: Mapping[str, Dimension]) -> Dimension:
        for node in self.equation.nodes:
            self.constants.append(self.constant(node))
            found = self.of(node, known)
            if any(power and max(abs(power.numerator), power.denominator) > MAX_POWER for power in found):
                raise self.refused(node, f"a power of a base unit beyond {MAX_POWER}; no quantity has such a dimension")
            self.found.append(found)
        return self.found[-1]

    def of(self, node: Node, known: Mapping[str, Dimension]) -> Dimension:
        if node.kind == "number" or node.text in CONSTANTS:
            return ONE
        if node.kind == "name":
            return known[node.text]
        left = self.found[node.left]
        right = self.found[node.right] if node.right >= 0 else ONE
        if node.kind in ("+", "-", "atan2"):
            if left != right:
                raise self.refused(node, f"{self.side(node.left)} and {self.side(node.right)}: both have one dimension")
            return ONE if node.kind == "atan2" else left
        if node.kind in ("*", "/"):
            sign = 1 if node.kind == "*" else -1
            return tuple(one + sign * two for one, two in zip(left, right, strict=True))
        if node.kind == "^":
            return self.power(node, left, right)
        if node.kind == "sqrt":
            return tuple(power / 2 for power in left)
        if node.kind in _SAME or node.kind in _ANY_TO_ONE:
            return left if node.kind in _SAME else ONE
        if left != ONE:
            raise self.refused(node, f"{self.side(node.left)}: {node.kind} takes a number without dimension; divide by its unit")
        return ONE

    def power(self, node: Node, left: Dimension, right: Dimension) -> Dimension:
        if right != ONE:
            raise self.refused(node, f"{self.side(node.right)}: an exponent has no dimension")
        exponent = self.constants[node.right]
        if left == ONE:
            return ONE
        if exponent is None:
            raise self.refused(node, f"{self.side(node.left)}: with such a base the exponent is a number such as 2, 0.5 or (1/3)")
        return tuple(power * exponent for power in left)

    def constant(self, node: Node) -> Fraction | None:
        """The value of a node that is a number or a quotient of numbers, such as an exponent; None for all others."""
        if node.kind == "number":
            return Fraction(node.text) if len(node.text) <= MAX_CONSTANT else None
        left = self.constants[node.left] if node.left >= 0 else None
        if node.kind == "negate":
            return None if left is None else -left
        right = self.constants[node.right] if node.right >= 0 else None
        if node.kind != "/" or left is None or not right:
            return None
        found = left / right
        return found if max(abs(found.numerator), found.denominator) <= MAX_POWER else None

    def side(self, index: int) -> str:
        text = expression_text(self.equation.nodes[: index + 1])
        return f"{text if len(text) <= 60 else text[:57] + '...'} ({dimension_text(self.found[index])})"

    def refused(self, node: Node, what: str) -> DomainError:
        return DomainError(f"model, line {self.equation.line}, at {node.kind}: {what}")
