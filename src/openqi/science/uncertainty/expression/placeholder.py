"""Placeholders: what a Python function is called with once, so that it writes down what it computes."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from math import sqrt as root
from numbers import Rational, Real
from typing import Any

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.numbers import elementary
from openqi.science.uncertainty.expression.graph import FUNCTIONS, Node, expression_text
from openqi.science.uncertainty.expression.parser import MAX_NODES, canonical_number, check_name


class Placeholder:
    """Stands for a quantity: operators and functions on it give placeholders that know their operands."""

    __slots__ = ("kind", "left", "right", "text")

    def __init__(self, kind: str, text: str = "", left: "Placeholder | None" = None, right: "Placeholder | None" = None) -> None:
        self.kind, self.text, self.left, self.right = kind, text, left, right

    def __add__(self, other: Any) -> "Placeholder":
        return Placeholder("+", left=self, right=operand(other))

    def __radd__(self, other: Any) -> "Placeholder":
        return Placeholder("+", left=operand(other), right=self)

    def __sub__(self, other: Any) -> "Placeholder":
        return Placeholder("-", left=self, right=operand(other))

    def __rsub__(self, other: Any) -> "Placeholder":
        return Placeholder("-", left=operand(other), right=self)

    def __mul__(self, other: Any) -> "Placeholder":
        return Placeholder("*", left=self, right=operand(other))

    def __rmul__(self, other: Any) -> "Placeholder":
        return Placeholder("*", left=operand(other), right=self)

    def __truediv__(self, other: Any) -> "Placeholder":
        return Placeholder("/", left=self, right=operand(other))

    def __rtruediv__(self, other: Any) -> "Placeholder":
        return Placeholder("/", left=operand(other), right=self)

    def __pow__(self, other: Any) -> "Placeholder":
        return Placeholder("^", left=self, right=operand(other))

    def __rpow__(self, other: Any) -> "Placeholder":
        return Placeholder("^", left=operand(other), right=self)

    def __neg__(self) -> "Placeholder":
        return Placeholder("negate", left=self)

    def __pos__(self) -> "Placeholder":
        return self

    def __abs__(self) -> "Placeholder":
        return Placeholder("abs", left=self)

    def __bool__(self) -> bool:
        raise FormatError("function: it asks whether a quantity is so or so; a model has no branches")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = lambda self, _other: bool(self)
    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        raise FormatError("function: it takes a quantity as a float; use the functions beside `model_of_function`, not math's")

    __int__ = __index__ = __complex__ = __float__

    def __getattr__(self, name: str) -> Any:
        # NumPy's sqrt(placeholder) asks for a method of that name.
        kind = {"log": "ln", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}.get(name, name)
        if FUNCTIONS.get(kind) == 1:
            return lambda: Placeholder(kind, left=self)
        raise AttributeError(name)


def operand(value: Any) -> Placeholder:
    """Return a placeholder for a number, or the placeholder itself.

    Raises:
        FormatError: something else, or a number that is not finite.
    """
    if isinstance(value, Placeholder):
        return value
    if isinstance(value, Rational) and value.denominator != 1:
        return Placeholder("/", left=operand(value.numerator), right=operand(value.denominator))
    if isinstance(value, bool) or not isinstance(value, Real | Decimal) or not isfinite(value):
        raise FormatError(f"function: {value!r} is no finite number; a model has quantities and decimal numbers")
    if isinstance(value, Decimal):
        text = str(value)
    else:  # a float is taken as its shortest decimal text: 0.1 is one tenth, as its writer meant it
        text = str(int(value.numerator)) if isinstance(value, Rational) else repr(float(value))
    number = Placeholder("number", canonical_number(text.lstrip("-")))
    return Placeholder("negate", left=number) if value < 0 else number


def _function(kind: str, plain: Callable[[float], float]) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return Placeholder(kind, left=x) if isinstance(x, Placeholder) else plain(x)

    call.__name__, call.__doc__ = kind, f"Return {kind} of a number, or of a placeholder as a placeholder."
    return call


exp, ln, log10 = _function("exp", elementary.exp), _function("ln", elementary.log), _function("log10", elementary.log10)
sin, cos, tan = _function("sin", elementary.sin), _function("cos", elementary.cos), _function("tan", elementary.tan)
asin, acos, atan = _function("asin", elementary.asin), _function("acos", elementary.acos), _function("atan", elementary.atan)
sinh, cosh, tanh = _function("sinh", elementary.sinh), _function("cosh", elementary.cosh), _function("tanh", elementary.tanh)
pi = Placeholder("name", "pi")


def sqrt(x: Any) -> Any:
    """Return the square root of a number, or of a placeholder as a placeholder."""
    if isinstance(x, Placeholder):
        return Placeholder("sqrt", left=x)
    if x < 0:
        raise DomainError(f"sqrt({x!r}): only a number of at least 0 has a square root")
    return root(x)


def atan2(y: Any, x: Any) -> Any:
    """Return the angle of the point (x, y), as a placeholder where one of them is one."""
    if isinstance(y, Placeholder) or isinstance(x, Placeholder):
        return Placeholder("atan2", left=operand(y), right=operand(x))
    return elementary.atan2(y, x)


def traced(function: Callable[..., Any], inputs: Sequence[str]) -> str:
    """Return the model's text that a function computes, one equation a result; a single result is `y`.

    Raises:
        FormatError: it computes with something else, or returns something else.
    """
    names = [Placeholder("name", check_name(name)) for name in inputs]
    try:
        result = function(*names)
    except (TypeError, AttributeError) as error:
        raise FormatError(f"function: it does with a quantity what no model does: {error}") from error
    results = result if isinstance(result, Mapping) else {"y": result}
    lines = []
    for name, value in results.items():
        if not isinstance(value, Placeholder):
            raise FormatError(f"function: {name} is {value!r}, without any of the inputs; return what is computed from them")
        lines.append(f"{check_name(name)} = {expression_text(_nodes(value))}")
    return "\n".join(lines)


def _nodes(result: Placeholder) -> tuple[Node, ...]:
    """The nodes of a placeholder, operands before results; what is used twice stands there twice, as in text."""
    nodes: list[Node] = []
    done: list[int] = []
    pending: list[tuple[Placeholder, bool]] = [(result, False)]
    while pending:
        item, ready = pending.pop()
        operands = [part for part in (item.left, item.right) if part is not None]
        if operands and not ready:
            pending.append((item, True))
            pending += [(part, False) for part in reversed(operands)]
            continue
        places = [done.pop() for _ in operands][::-1]
        done.append(len(nodes))
        nodes.append(Node(item.kind, item.text, *places))
        if len(nodes) > MAX_NODES:
            raise FormatError(f"function: more than {MAX_NODES} operations; give parts names of their own, in text")
    return tuple(nodes)
