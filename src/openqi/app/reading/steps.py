"""The way back from a mark in a handful of steps: what a tree of a hundred nodes says, kind by kind, the weakest state of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from openqi.app.tree import Node, State

# From the mark back to the SI; a capacity that is not here comes last, in the order of the tree.
_ORDER: Final = (
    "mark",
    "record",
    "licence",
    "rule of the mark",
    "signature",
    "certificate of conformity",
    "scope of accreditation",
    "type test",
    "test",
    "lot decision",
    "verdicts",
    "sampling plan",
    "lot",
    "requirement",
    "readings",
    "procedure",
    "instrument",
    "certificate of the instrument",
    "reference standard",
    "certificate examined",
    "uncertainty evaluation",
    "SI",
    "end of the chain",
)
_WEAKEST_FIRST: Final[tuple[State, ...]] = (
    "failed",
    "withdrawn",
    "not here",
    "withheld",
    "only stated",
    "illustrative",
    "signature checked",
    "replayed",
)
TROUBLE: Final[frozenset[State]] = frozenset({"failed", "withdrawn", "not here"})


@dataclass(frozen=True, kw_only=True)
class Step:
    """Everything of one capacity on the way back. `state` is the weakest among them, `states` says how many have which."""

    capacity: str
    state: State
    states: Mapping[State, int]
    nodes: tuple[Node, ...]

    @property
    def count(self) -> int:
        """How many different records, or ends, there are of it."""
        return len(self.nodes)


def distinct(root: Node) -> list[Node]:
    """Return each record of a tree once, as it is met first; ends without a record once for what they say."""
    found: dict[str, Node] = {}
    for node in root.walk():
        found.setdefault(node.record or f"{node.capacity} {node.state} {sorted(node.told.items())}", node)
    return list(found.values())


def steps(root: Node) -> tuple[Step, ...]:
    """Return the steps of the way back, from the mark to the end."""
    groups: dict[str, list[Node]] = {}
    for node in distinct(root):
        groups.setdefault(node.capacity, []).append(node)
    known = {capacity: place for place, capacity in enumerate(_ORDER)}
    ordered = sorted(groups.items(), key=lambda group: known.get(group[0], len(_ORDER)))
    return tuple(_step(capacity, nodes) for capacity, nodes in ordered)


def _step(capacity: str, nodes: list[Node]) -> Step:
    states: dict[State, int] = {}
    for node in nodes:
        states[node.state] = states.get(node.state, 0) + 1
    return Step(capacity=capacity, state=weakest(states), states=states, nodes=tuple(nodes))


def weakest(states: Iterable[State]) -> State:
    """Return the weakest of some states; of none, that nothing is here."""
    return min(states, key=_WEAKEST_FIRST.index, default="not here")


def troubles(root: Node) -> tuple[Node, ...]:
    """Return what in a tree keeps it from holding: withdrawn, failed or missing records, each once."""
    return tuple(node for node in distinct(root) if node.state in TROUBLE)
