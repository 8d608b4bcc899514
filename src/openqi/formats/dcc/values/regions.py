"""Regions of coverage about complex values and about lists: covariance matrices with a coverage factor and a probability."""

from dataclasses import dataclass, replace
from typing import Final

from openqi.formats.dcc.values.lists import Lists, decimals, spread
from openqi.formats.dcc.xml import Node

_REGIONS: Final = (
    *("si:ellipsoidalRegion", "si:rectangularRegion", "si:ellipsoidalRegionXMLList", "si:rectangularRegionXMLList"),
    *("si:ellipsoidalRegionMUXMLList", "si:rectangularRegionMUXMLList"),
)
_MAX_SIZE: Final = 2000
_PAIR: Final = 2
Pair = tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Regions:
    """One covariance matrix for each value, and what its region of coverage is."""

    matrices: tuple[Pair, ...]
    coverage: dict[str, str | None]

    def of(self, index: int) -> "Regions":
        """Return the one of a value."""
        return replace(self, matrices=(self.matrices[index],))


def bivariate(node: Node, lists: Lists) -> Regions | None:
    """Return the 2 by 2 covariance matrices of complex values, None where there are none.

    Raises:
        FormatError: a matrix is not 2 by 2, or its lists do not match those of the values.
    """
    if node.name in {"si:complexListXMLList", "si:listBivariateUnc", "si:complex"}:
        holder = node.maybe("si:measurementUncertaintyBivariateXMLList") if node.name == "si:complexListXMLList" else node
        region = holder.maybe(*_REGIONS) if holder else None
        if region:
            return _regions(region, lists)
    return None


def _regions(region: Node, lists: Lists) -> Regions:
    cells = [[lists.decimals(cell) for cell in column] for column in _columns(region)]
    if [len(column) for column in cells] != [_PAIR, _PAIR]:
        raise region.error("the covariance matrix of a complex value has 2 columns of 2")
    matrices = tuple(((cells[0][0][i], cells[1][0][i]), (cells[0][1][i], cells[1][1][i])) for i in range(lists.count))
    return Regions(matrices=matrices, coverage=_coverage(region))


def multivariate(node: Node, size: int) -> tuple[tuple[str, ...], ...] | None:
    """Return the covariance matrix of all values of a list, by rows, None where none is stated.

    Raises:
        FormatError: it has another size.
    """
    if node.name not in {"si:realList", "si:complexList", "si:realListXMLList", "si:complexListXMLList"}:
        return None
    holder = node.maybe("si:measurementUncertaintyMultivariateXMLList") or node
    region = holder.maybe(*_REGIONS)
    if region is None:
        return None
    if size > _MAX_SIZE:
        raise region.error(f"a covariance matrix of {size} values; at most {_MAX_SIZE} are read")
    columns = []
    for column in _columns(region):
        texts = [text for cell in column for text in decimals(cell)]
        columns.append(spread(tuple(texts), size, region, node))
    if len(columns) != size:
        raise region.error(f"{len(columns)} columns for the {size} values of line {node.line}; the covariance matrix is square")
    return tuple(zip(*columns, strict=True))


def _columns(region: Node) -> list[list[Node]]:
    matrix = region.one("si:covarianceMatrix", "si:covarianceMatrixXMLList")
    return [
        [cell.one("si:value", "si:valueXMLList") for cell in column.all("si:covariance", "si:covarianceXMLList")]
        for column in matrix.all("si:column", "si:columnXMLList")
    ]


def _coverage(region: Node) -> dict[str, str | None]:
    """Factor, probability and distribution of a region, where one is stated for all values."""
    found: dict[str, str | None] = {}
    for name, tag in (("coverage_factor", "si:coverageFactor"), ("coverage_probability", "si:coverageProbability")):
        texts = decimals(region.one(tag, tag + "XMLList"))
        found[name] = texts[0] if len(set(texts)) == 1 else None
    shape = region.maybe("si:distribution", "si:distributionXMLList")
    return found | {"distribution": shape.filled if shape else None}
