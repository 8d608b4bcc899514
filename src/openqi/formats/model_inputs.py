"""The inputs of a model file: each with its unit and the one way in which its uncertainty is known."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from math import inf, isfinite, sqrt
from typing import Final

from openqi.formats.document import Node
from openqi.kernel.errors import DomainError, OpenQIError
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.uncertainty.inputs.numbers import nearest, stated_fraction
from openqi.science.uncertainty.inputs.quantity import HALF_WIDTHS, Correlation, InputQuantity, quantity, quantity_of
from openqi.science.uncertainty.inputs.statement import UncertaintyStatement, absolute, mixed, relative, table
from openqi.science.uncertainty.inputs.type_a import ensemble, type_a

WAYS: Final = ("standard_uncertainty", "expanded_uncertainty", "half_width", "statement", "data")
MEMBERS: Final = {
    *WAYS, "value", "unit", "difference", "distribution", "degrees_of_freedom", "coverage_factor", "id", "certificate",
    "autocorrelated", "series",
}  # fmt: skip
GOES_WITH: Final = {
    "coverage_factor": ("expanded_uncertainty",),
    "autocorrelated": ("data",),
    "degrees_of_freedom": ("standard_uncertainty", "expanded_uncertainty", "half_width", "statement", "distribution"),
}
"""With which way of knowing an uncertainty a member says something; with another it is refused, not passed over."""


@contextmanager
def at(node: Node) -> Iterator[None]:
    """Say where in the file it was that something could not be."""
    try:
        yield
    except DomainError as error:
        raise DomainError(str(node.error(str(error).removeprefix("model: ")))) from error


def number(node: Node) -> Fraction:
    """Return the number that a node writes; raises FormatError at its line."""
    try:
        return stated_fraction(node.text(), "the number")
    except OpenQIError as error:
        raise node.error(str(error)) from error


def real(node: Node) -> float:
    """Return the float nearest to the number that a node writes; raises FormatError at its line."""
    try:
        return nearest(number(node), "the number")
    except DomainError as error:
        raise node.error(str(error)) from error


def ratio(node: Node) -> float:
    """Return a number or a percentage, `0.01` or `1 %`."""
    text = node.text()
    if text.endswith("%"):
        return real(replace(node, written=text.removesuffix("%").rstrip())) / 100.0
    return real(node)


def yes(node: Node | None) -> bool:
    """Return whether `yes` stands there; `no`, or nothing at all, is no."""
    if node is None or node.text() == "no":
        return False
    if node.text() != "yes":
        raise node.error("write yes or no")
    return True


def read_inputs(inputs: Node) -> tuple[dict[str, InputQuantity], tuple[Correlation, ...]]:
    """Return the inputs by name, and the correlations of those that were read at the same times."""
    found: dict[str, InputQuantity] = {}
    series: dict[str, dict[str, Node]] = {}
    for name, node in inputs.items():
        node.allow(MEMBERS)
        together = node.get("series")
        if together is not None:
            series.setdefault(together.text(), {})[name] = node
        else:
            with at(node):
                found[name] = _input(node, name)
    correlations: list[Correlation] = []
    for name, members in series.items():
        first = next(iter(members.values()))
        with at(first):
            columns, more = _series(name, members)
        found |= columns
        correlations += more
    return {name: found[name] for name, _ in inputs.items()}, tuple(correlations)


def _series(name: str, members: Mapping[str, Node]) -> tuple[dict[str, InputQuantity], tuple[Correlation, ...]]:
    for node in members.values():
        own = (*WAYS[:-1], *GOES_WITH, "value", "distribution", "id")
        if other := [way for way in own if node.get(way) is not None]:
            raise node.error(f"{other[0]} does not go with series {name}; its readings (data) tell all")
    inputs, correlations = ensemble({key: node.need("data").texts() for key, node in members.items()}, id=name)
    return {key: replace(inputs[key], certificate=_text(node, "certificate")) for key, node in members.items()}, correlations


def _text(node: Node, name: str) -> str | None:
    found = node.get(name)
    return None if found is None else found.text()


def _input(node: Node, name: str) -> InputQuantity:
    ways = [way for way in WAYS if node.get(way) is not None]
    known = node.get("distribution")
    whole = known is not None and known.kind == "mapping"
    if len(ways) + whole != 1:
        raise node.error(
            f"the uncertainty of {name} is known {len(ways) + whole} times; give one of {', '.join(WAYS)}, or a distribution with "
            'its parameters; of an exact number write standard_uncertainty: "0"'
        )
    way = "distribution" if whole else ways[0]
    for member, fitting in GOES_WITH.items():
        if node.get(member) is not None and way not in fitting:
            raise node.need(member).error(f"{member} does not go with {way}, but with {', '.join(fitting)}; leave it out")
    id_, certificate = _text(node, "id"), _text(node, "certificate")
    if (whole or ways[0] == "data") and node.get("value") is not None:
        raise node.error("readings, and a distribution with parameters, give the value too; leave the value out")
    if whole and known is not None:
        return quantity_of(_distribution(known), dof=_dof(node), id=id_, certificate=certificate)
    if ways[0] == "data":
        if known is not None:
            raise node.error("readings give the distribution too; leave it out")
        found = type_a(node.need("data").texts(), id=id_ or name, autocorrelated=yes(node.get("autocorrelated")))
        return replace(found, id=id_, certificate=certificate)
    return _stated(node, ways[0], None if known is None else known.text())


def _stated(node: Node, way: str, kind: str | None) -> InputQuantity:
    """An input whose value is stated, with its uncertainty in one of the ways that need one."""
    if kind is not None and kind not in ("normal", "t", *HALF_WIDTHS):
        raise node.need("distribution").error(
            f"{kind!r} needs its parameters, distribution: {{kind: {kind}, …}}; known by value and uncertainty alone are "
            + ", ".join(("normal", "t", *HALF_WIDTHS))
        )
    value, given = node.need("value"), node.need(way)
    number(value)
    statement, u, half = None, None, None
    if way == "statement":
        statement = read_statement(given)
        if yes(given.get("limits")):
            if kind not in (None, "rectangular"):
                raise node.need("distribution").error(
                    f"limits are those of a rectangular distribution, not of {kind}; leave one out"
                )
            kind = "rectangular"
    elif number(given) < 0:
        raise given.error("an uncertainty is 0 or more")
    elif way == "half_width":
        half = given.text()
        if kind not in HALF_WIDTHS:
            raise given.error(f"say of which distribution: {', '.join(HALF_WIDTHS)}")
    else:
        u = given.text() if way == "standard_uncertainty" else nearest(number(given) / _factor(node), "the uncertainty")
    dof = _dof(node)
    if kind == "t" and dof == inf:
        raise node.error("a t distribution needs degrees_of_freedom")
    found = quantity(
        value.text(), u=u, statement=statement, half_width=half, kind=kind or "normal", dof=dof, id=_text(node, "id"),
        certificate=_text(node, "certificate"),
    )  # fmt: skip
    if kind == "normal" and dof < inf and found.standard_uncertainty:
        # With finite degrees of freedom no name means t; who writes normal gets it.
        return replace(found, distribution=distribution("normal", mean=found.value, sd=found.standard_uncertainty))
    return found


def _factor(node: Node) -> Fraction:
    factor = number(node.need("coverage_factor"))
    if factor <= 0:
        raise node.need("coverage_factor").error("a coverage factor is above 0")
    return factor


def _dof(node: Node) -> float:
    found = node.get("degrees_of_freedom")
    if found is None or found.text() == "inf":
        return inf
    dof = real(found)
    if not (dof > 0 and isfinite(dof)):
        raise found.error("degrees of freedom are above 0; leave them out where the uncertainty is taken as known")
    return dof


def _distribution(node: Node) -> Distribution:
    """A distribution whose parameters stand in the file."""
    found: dict[str, float | Sequence[float]] = {}
    for name, member in node.items():
        if name != "kind":
            entries = member.elements() if member.kind == "list" else None
            found[name] = real(member) if entries is None else tuple(real(one) for one in entries)
    return distribution(node.need("kind").text(), **found)


def read_statement(node: Node) -> UncertaintyStatement:
    """Return a statement: `absolute`, `relative` or both (`combine: sum` or `rss`), or a `table` of value and uncertainty.

    What is stated is divided by `coverage_factor`, or by the root of 3 where `limits: yes` says that it is a half width.
    """
    node.allow({"absolute", "relative", "combine", "table", "coverage_factor", "limits"})
    factor, limits = node.get("coverage_factor"), yes(node.get("limits"))
    if factor is not None and limits:
        raise node.error("a statement is divided by its coverage factor, or read as limits; not both")
    divisor = sqrt(3.0) if limits else real(factor) if factor is not None else 1.0
    a, b, rows = node.get("absolute"), node.get("relative"), node.get("table")
    if (rows is not None) == (a is not None or b is not None):
        raise node.error("give absolute, relative or both, or a table")
    if node.get("combine") is not None and (a is None or b is None):
        raise node.need("combine").error("combine says how absolute and relative go together; give both, or leave it out")
    with at(node):
        if rows is not None:
            return table([_row(row) for row in rows.elements()], divisor=divisor)
        if b is None and a is not None:
            return absolute(real(a), divisor=divisor)
        if a is None and b is not None:
            return relative(ratio(b), divisor=divisor)
        return _mixed(node, real(node.need("absolute")), ratio(node.need("relative")), divisor)


def _mixed(node: Node, a: float, b: float, divisor: float) -> UncertaintyStatement:
    combine = node.get("combine")
    form = "sum" if combine is None else combine.text()
    if form == "sum":
        return mixed(a, b, form="sum", divisor=divisor)
    if form == "rss":
        return mixed(a, b, form="rss", divisor=divisor)
    raise node.need("combine").error("write sum, or rss for the root of the sum of squares")


def _row(row: Node) -> tuple[float, float]:
    cells = row.elements()
    if len(cells) != 2:
        raise row.error(f"a row is [value, uncertainty], here are {len(cells)} entries")
    return real(cells[0]), real(cells[1])
