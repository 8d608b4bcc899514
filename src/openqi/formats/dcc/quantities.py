"""Quantities of a certificate, wherever they stand: results, limits, conditions."""

from collections.abc import Iterator
from typing import Final, cast

from openqi.formats.dcc.document import text_in
from openqi.formats.dcc.values import ELEMENTS, Values, values_of
from openqi.formats.dcc.xml import Node

QUANTITIES: Final = (
    *("dcc:quantity", "dcc:itemQuantity", "dcc:measuringEquipmentQuantity", "dcc:usedMethodQuantity"),
    "dcc:relativeUncertainty",
)


def quantity_values(node: Node) -> tuple[Values, ...]:
    """Return what a quantity states, one for each unit; () where it states no numbers.

    Raises:
        FormatError: lists that do not match, or numbers that are none.
    """
    known = cast("tuple[Values, ...] | None", node.memory.get(node.element))
    if known is None:  # the checks ask for the same quantities again and again
        known = tuple(values for element in node.all(*ELEMENTS) for values in values_of(element))
        node.memory[node.element] = known
    return known


def name_of(node: Node) -> str:
    """Return the name of an element, in English where it has one, else its refTypes, else ""."""
    return text_in(node.text_of("dcc:name")) or " ".join(node.ref_types)


def without(name: str, root: Node) -> Iterator[Node]:
    """Return the results that hold a quantity for which an element of this name stands nowhere: with it, or around it."""
    known: dict[object, bool] = {}  # what stands around one result stands around the next one too, which may be many

    def held(node: Node) -> bool:
        if node.element not in known:
            known[node.element] = bool(node.all(name))
        return known[node.element]

    for result in root.below("dcc:result"):
        if any(held(node) for node in result.around()):
            continue
        for data in result.all("dcc:data"):
            if any(_lacks(name, node) for node in data.all("dcc:quantity", "dcc:list")):
                yield result


def _lacks(name: str, node: Node) -> bool:
    """Whether a quantity, or one in a list, has no such element, nor the lists around it."""
    if node.all(name):
        return False
    return node.name == "dcc:quantity" or any(_lacks(name, one) for one in node.all("dcc:quantity", "dcc:list"))
