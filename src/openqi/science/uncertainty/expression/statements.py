"""The lines of a model's text: what kind of equation it is, the units of its names, and its equations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from openqi.kernel.errors import FormatError
from openqi.science.uncertainty.expression.graph import Equation
from openqi.science.uncertainty.expression.parser import MAX_NODES, check_name, expression_nodes

MAX_LENGTH = 100_000
HEAD = "openqi-model/1"
NUMBERS = "numerical values"
QUANTITIES = "quantities"
_EQUATION = re.compile(r"[ \t]*(\w+)[ \t]*=(?!=)")
_DECLARATION = re.compile(r"[ \t]*(\w+)[ \t]*:[ \t]*(.*?)[ \t]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """What is said of a name beside its equation."""

    unit: str | None = None
    difference: bool = False
    complex: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Statements:
    """What a text states.

    Args:
        kind: `numerical values`, `quantities`, or nothing where it does not say.
        declarations: by name.
        equations: in order.
    """

    kind: str
    declarations: Mapping[str, Declaration]
    equations: tuple[Equation, ...]


def statements_of(text: str) -> Statements:
    """Return what a text states, line by line.

    Raises:
        FormatError: a line is neither an equation nor a declaration; says which.
    """
    if len(text) > MAX_LENGTH:
        raise FormatError(f"model: {len(text):,} characters; at most {MAX_LENGTH:,}")
    kind, declarations, equations, nodes = "", dict[str, Declaration](), list[Equation](), 0
    for number, whole in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = whole.partition("#")[0].rstrip(" \t")
        if not line.strip(" \t") or (line == HEAD and not (kind or declarations or equations)):
            continue
        if line in (NUMBERS, QUANTITIES) and not (kind or declarations or equations):
            kind = line
        elif found := _EQUATION.match(line):
            name = check_name(found[1])
            part = expression_nodes(line, line=number, start=found.end(), limit=MAX_NODES - nodes)
            nodes += len(part)
            equations.append(Equation(name=name, nodes=part, line=number))
        elif found := _DECLARATION.fullmatch(line):
            if equations or found[1] in declarations:
                raise FormatError(f"model, line {number}: {found[1]} is declared once, before all equations")
            declarations[check_name(found[1])] = _declaration(found[2], number)
        else:
            raise FormatError(f"model, line {number}: {line[:40]!r} is no equation; write name = expression")
    if not equations:
        raise FormatError("model: no equation; write name = expression, one a line")
    return Statements(kind=kind, declarations=declarations, equations=tuple(equations))


def _declaration(text: str, number: int) -> Declaration:
    words = text.split()
    is_complex = words[:1] == ["complex"]
    is_difference = words[-1:] == ["difference"]
    rest = words[int(is_complex) : len(words) - int(is_difference)]
    if len(rest) > 1 or not (rest or is_complex) or (is_difference and not rest):
        raise FormatError(f"model, line {number}: {text[:40]!r}: write a unit, perhaps with complex before or difference after it")
    return Declaration(unit=rest[0] if rest else None, difference=is_difference, complex=is_complex)
