"""Lists that stand beside a list of values: one entry for all, or one for each, and nothing else."""

from typing import Final

from openqi.formats.dcc.dsi import plain_decimal
from openqi.formats.dcc.xml import Node
from openqi.kernel.errors import DomainError, FormatError

MAX_VALUES: Final = 100_000
NO_VALUE: Final = "NaN"


def spread(texts: tuple[str, ...], count: int, node: Node, values: Node) -> tuple[str, ...]:
    """Return `count` texts: those of the list, or its only one again and again.

    Raises:
        FormatError: the list has another length; names its line and that of the values.
    """
    if len(texts) == count:
        return texts
    if len(texts) == 1:
        return texts * count
    raise node.error(f"{len(texts)} entries for the {count} values of line {values.line}; state one for all or one for each")


def decimals(node: Node) -> tuple[str, ...]:
    """Return the numbers of a text as plain decimal text, `NaN` where the file says that there is none.

    Raises:
        FormatError: a text is no D-SI decimal, or too long for plain decimal text.
    """
    texts = node.filled.split()
    if len(texts) > MAX_VALUES:
        raise node.error(f"{len(texts)} values; a list has at most {MAX_VALUES}")
    try:
        return tuple(NO_VALUE if text == NO_VALUE else plain_decimal(text) for text in texts)
    except (FormatError, DomainError) as error:
        raise node.error(str(error)) from error


class Lists:
    """What stands beside `count` values in the element `node`; the values themselves stand in `values`."""

    def __init__(self, node: Node, values: Node, count: int) -> None:
        self.node, self.values, self.count = node, values, count

    def decimals(self, node: Node) -> tuple[str, ...]:
        """Return a number for each value."""
        return spread(decimals(node), self.count, node, self.values)

    def positive(self, node: Node) -> tuple[str, ...]:
        """Return a number for each value; raises FormatError where one is negative."""
        found = self.decimals(node)
        if negative := next((text for text in found if text.startswith("-")), None):
            raise node.error(f"{negative} is negative; an uncertainty, a coverage factor and a probability are not")
        return found

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return a text for each value from the child of these names, which must be there."""
        node = self.node.one(*names)
        whole = (node.filled,) if not node.name.endswith("XMLList") else tuple(node.filled.split())
        return spread(whole, self.count, node, self.values)

    def maybe_texts(self, holder: Node, *names: str) -> tuple[str | None, ...]:
        """Return a text for each value from a child of `holder`, None where it is absent."""
        node = holder.maybe(*names)
        if node is None:
            return (None,) * self.count
        whole = tuple(node.filled.split()) if node.name.endswith("XMLList") else (node.filled,)
        return spread(whole, self.count, node, self.values)
