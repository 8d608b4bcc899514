"""From the text of one expression to its nodes: names, decimal numbers, arithmetic and known functions, nothing else.

The parser keeps its own stack, so that neither long sums nor deep parentheses reach a limit of Python's.
"""

import re
from dataclasses import dataclass, field
from math import isfinite

from openqi.kernel.errors import FormatError
from openqi.science.uncertainty.expression.graph import ARGUMENTS, CONSTANTS, RESERVED, Node

MAX_DEPTH = 200
MAX_NODES = 20_000
MAX_NAME = 64
MAX_DIGITS = 60
_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)|(?P<name>\w+)|(?P<sign>\*\*|[-+*/^(),·×÷−]))"
)
_SPELLINGS = {"**": "^", "·": "*", "×": "*", "÷": "/", "−": "-"}
_PRIORITY = {"+": 1, "-": 1, "*": 2, "/": 2, "negate": 3, "^": 4}
_OPERATORS = frozenset("+-*/^")
_EXPECTED = "a name, a number, a function or ("


@dataclass(slots=True)
class _Parsing:
    """Where the parser stands: results so far, operators that wait for their right side, arguments seen of each function."""

    text: str
    line: int
    limit: int
    nodes: list[Node] = field(default_factory=list)
    operands: list[int] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)

    def error(self, position: int, what: str) -> FormatError:
        """An error that says where it is."""
        found = self.text[position : position + 20].strip() or "the end"
        return FormatError(f"model, line {self.line}, character {position + 1}, at {found!r}: {what}")

    def push(self, node: Node) -> None:
        """Add a node whose value is the newest operand."""
        self.operands.append(len(self.nodes))
        self.nodes.append(node)

    def apply(self, operator: str, position: int) -> None:
        """Give a waiting operator its operands."""
        if len(self.nodes) >= self.limit:
            raise self.error(position, f"more than {MAX_NODES} operations, names and numbers; divide the model")
        if operator == "negate":
            self.push(Node("negate", left=self.operands.pop()))
            return
        right = self.operands.pop()
        self.push(Node(operator, left=self.operands.pop(), right=right))

    def reduce(self, least: int, position: int) -> None:
        """Apply what waits and binds at least so strongly, back to the last open parenthesis."""
        while self.waiting and _PRIORITY.get(self.waiting[-1], 0) >= least:
            self.apply(self.waiting.pop(), position)


def expression_nodes(text: str, *, line: int, start: int = 0, limit: int = MAX_NODES) -> tuple[Node, ...]:
    """Return the nodes of an expression, operands before results.

    Args:
        text: the line of the model.
        line: its number, for errors.
        start: where the expression begins in it.
        limit: how many nodes it may have.

    Raises:
        FormatError: anything but arithmetic; says where and what stands there.
    """
    state = _Parsing(text, line, limit)
    position, operand_wanted, end = start, True, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise state.error(position, "only names, decimal numbers, + - * / ^, parentheses and functions are a model")
        at = found.start(found.lastgroup or 0)
        if found["sign"]:
            operand_wanted = _sign(state, _SPELLINGS.get(found["sign"], found["sign"]), at, operand_wanted)
        elif not operand_wanted:
            raise state.error(at, "write the operator between two factors: 2 * a, not 2 a")
        else:
            operand_wanted = _operand(state, found, at)
        position = found.end()
    if operand_wanted:
        raise state.error(end, f"the expression ends too early; {_EXPECTED} is missing")
    state.reduce(1, end)
    if state.waiting:
        raise state.error(end, "a parenthesis is not closed")
    return tuple(state.nodes)


def _operand(state: _Parsing, found: re.Match[str], at: int) -> bool:
    """Take a number, a name or the beginning of a function; True where an operand is still wanted."""
    if len(state.nodes) >= state.limit:
        raise state.error(at, f"more than {MAX_NODES} operations, names and numbers; divide the model")
    if state.waiting and state.waiting[-1] in ARGUMENTS:
        raise state.error(at, f"{state.waiting[-1]} is a function: write {state.waiting[-1]}(...)")
    if found["number"]:
        state.push(Node("number", text=canonical_number(found["number"], state, at)))
        return False
    name = found["name"]
    if name[0].isdigit() or not name.isidentifier():
        raise state.error(at, "a number and a name without an operator between them, or no name")
    if name in ARGUMENTS:
        state.waiting.append(name)
        return True
    check_name(name, state, at)
    state.push(Node("name", text=name))
    return False


def check_name(name: str, state: _Parsing | None = None, at: int = 0) -> str:
    """Return a name, after checking its length and form; `pi` passes, since it is a constant.

    Raises:
        FormatError: no name, or too long.
    """
    if not name.isidentifier() or len(name) > MAX_NAME or (name in RESERVED and name not in CONSTANTS):
        what = (
            f"{name[:MAX_NAME]!r} is no name: letters, digits and _, not beginning with a digit, at most {MAX_NAME}, no function's"
        )
        raise state.error(at, what) if state else FormatError(f"model: {what}")
    return name


def _sign(state: _Parsing, sign: str, at: int, operand_wanted: bool) -> bool:
    """Take an operator, parenthesis or comma; True where an operand is wanted next."""
    waits_for_arguments = bool(state.waiting) and state.waiting[-1] in ARGUMENTS
    if waits_for_arguments and sign != "(":
        raise state.error(at, f"{state.waiting[-1]} is a function: write {state.waiting[-1]}(...)")
    if operand_wanted:
        if sign == "(":
            state.waiting.append("(")
            state.commas.append(0)
            if len(state.commas) > MAX_DEPTH:
                raise state.error(at, f"more than {MAX_DEPTH} parentheses deep; give parts names of their own")
        elif sign == "-":
            state.waiting.append("negate")
        elif sign != "+":
            raise state.error(at, f"{_EXPECTED} stands here")
        return True
    if sign in _OPERATORS:
        # Left to right, but a power's own operands come from the right: 2^3^2 is 2^9.
        state.reduce(_PRIORITY[sign] + (sign == "^"), at)
        state.waiting.append(sign)
        return True
    state.reduce(1, at)
    if sign == "(":
        raise state.error(at, "write the operator before the parenthesis; only the known functions are called")
    if not state.waiting:
        raise state.error(at, "no parenthesis is open here")
    if sign == ",":
        state.commas[-1] += 1
        return True
    _close(state, at)
    return False


def _close(state: _Parsing, at: int) -> None:
    """Take a closing parenthesis, and the function before the open one."""
    state.waiting.pop()
    given = state.commas.pop() + 1
    name = state.waiting.pop() if state.waiting and state.waiting[-1] in ARGUMENTS else ""
    wanted = ARGUMENTS.get(name, 1)
    if given != wanted:
        raise state.error(at, f"{name or 'a parenthesis'} takes {wanted} argument{'s' * (wanted > 1)}, not {given}")
    if name:
        right = state.operands.pop() if wanted == 2 else -1
        state.push(Node(name, left=state.operands.pop(), right=right))


def canonical_number(text: str, state: _Parsing | None = None, at: int = 0) -> str:
    """Return the one spelling of a decimal number: 0.10 and 1E-1 are 0.1, 1000000 stays, 1e-9 is 1e-9.

    Raises:
        FormatError: too many digits, or no float of full precision is near.
    """
    mantissa, _, power = text.lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals).lstrip("0")
    exponent = int(power or 0) - len(decimals)
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    number = float(text)
    if len(stripped) > MAX_DIGITS or not isfinite(number) or (stripped and abs(number) < 2.3e-308):
        what = f"a number has at most {MAX_DIGITS} digits and lies between 2.3e-308 and 1.7e308"
        raise state.error(at, what) if state else FormatError(f"number {text[:MAX_DIGITS]}: {what}")
    if not stripped:
        return "0"
    place = len(stripped) + exponent  # of the decimal point, counted from the first digit
    if exponent >= 0 and place <= 15:
        return stripped + "0" * exponent
    if 0 < place <= 15:
        return f"{stripped[:place]}.{stripped[place:]}"
    if -4 <= place <= 0:
        return f"0.{'0' * -place}{stripped}"
    tail = f".{stripped[1:]}" if stripped[1:] else ""
    return f"{stripped[0]}{tail}e{place - 1}"
