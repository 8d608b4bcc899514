"""The graph of a model's expressions: nodes in the order in which they are computed, and the canonical text that they have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

FUNCTIONS: Mapping[str, int] = MappingProxyType(
    {
        "abs": 1, "acos": 1, "asin": 1, "atan": 1, "atan2": 2, "cos": 1, "cosh": 1, "exp": 1, "ln": 1, "log10": 1, "sin": 1,
        "sinh": 1, "sqrt": 1, "tan": 1, "tanh": 1,
    }
)  # fmt: skip
"""Functions of real quantities and how many arguments they take."""
COMPLEX_FUNCTIONS = frozenset({"abs", "arg", "conj", "exp", "im", "re"})
"""Functions that take a complex quantity; each has one argument. `arg`, `conj`, `im` and `re` take nothing else."""
CONSTANTS = frozenset({"pi"})
_ONLY_COMPLEX = {"arg": 1, "conj": 1, "im": 1, "re": 1}
ARGUMENTS: Mapping[str, int] = MappingProxyType({**FUNCTIONS, **_ONLY_COMPLEX})
RESERVED = frozenset(ARGUMENTS) | CONSTANTS

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
_LEVEL = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "negate": SIGN, "^": POWER}


class Node(NamedTuple):
    """One operation, name or number.

    Args:
        kind: `number`, `name`, `+`, `-`, `*`, `/`, `^`, `negate`, or the name of a function.
        text: of a number its canonical decimal, of a name itself.
        left: index of its first operand; -1 for none.
        right: index of its second operand; -1 for none.
    """

    kind: str
    text: str = ""
    left: int = -1
    right: int = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation:
    """`name = expression`: its nodes from operands to results, the last one being the result; `line` in the text given."""

    name: str
    nodes: tuple[Node, ...]
    line: int

    @property
    def names(self) -> Iterator[str]:
        """The names that stand in the expression, from left to right, as often as they stand there."""
        return (node.text for node in self.nodes if node.kind == "name" and node.text not in CONSTANTS)


def level(node: Node) -> int:
    """Return how strongly a node holds together what it is made of."""
    return _LEVEL.get(node.kind, ATOM)


def expression_text(nodes: tuple[Node, ...]) -> str:
    """Return the canonical text of an expression: no parentheses but those that it needs, one way to write each operation."""
    pieces: list[str] = []
    pending: list[str | tuple[int, int]] = [(len(nodes) - 1, SUM)]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        index, least = item
        node = nodes[index]
        parts = _parts(node)
        if level(node) < least:
            parts = ["(", *parts, ")"]
        pending.extend(reversed(parts))
    return "".join(pieces)


def _parts(node: Node) -> list[str | tuple[int, int]]:
    """What a node's text is made of: pieces of text, and operands with the level below which they need parentheses."""
    if node.kind in ("number", "name"):
        return [node.text]
    if node.kind in ("+", "-"):
        return [(node.left, SUM), f" {node.kind} ", (node.right, PRODUCT)]
    if node.kind in ("*", "/"):
        return [(node.left, PRODUCT), f" {node.kind} ", (node.right, SIGN)]
    if node.kind == "negate":
        return ["-", (node.left, SIGN)]
    if node.kind == "^":
        # The exponent binds to the right and may have a sign: 2^-3^2 is 2^(-(3^2)).
        return [(node.left, ATOM), "^", (node.right, SIGN)]
    if node.right < 0:
        return [f"{node.kind}(", (node.left, SUM), ")"]
    return [f"{node.kind}(", (node.left, SUM), ", ", (node.right, SUM), ")"]
