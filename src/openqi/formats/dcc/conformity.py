"""Verdicts that a certificate states, with the values and limits that they are about."""

from dataclasses import dataclass
from typing import Final

from openqi.formats.dcc.quantities import name_of, quantity_values
from openqi.formats.dcc.values import Values
from openqi.formats.dcc.xml import Node

LIMITS: Final = {
    "lower": "basic_toleranceLimitLower", "upper": "basic_toleranceLimitUpper",
    "accept_lower": "basic_acceptanceLimitLower", "accept_upper": "basic_acceptanceLimitUpper",
}  # fmt: skip
_GROUPS: Final = ("dcc:result", "dcc:influenceCondition")


@dataclass(frozen=True, kw_only=True)
class StatedConformity:
    """A verdict that a certificate states.

    Args:
        place: where, for people: name of result and quantity.
        outcomes: one for each value, or one for all, as written (`pass`, `conditionalPass` …).
        values: that it is about, None where they cannot be found.
        lower: limits of tolerance as decimal text in the unit of the values, one for each value or one for all, () for none;
            so are `upper` and the limits of acceptance.
        rule: norm or convention that is stated with the verdict, None where there is none. A sentence is no rule.
        line: of the statement.
        otherwise: the limits (`lower` …) that are stated, but in another unit than the values or not as real numbers.
    """

    place: str
    outcomes: tuple[str, ...]
    values: Values | None
    lower: tuple[str, ...]
    upper: tuple[str, ...]
    accept_lower: tuple[str, ...]
    accept_upper: tuple[str, ...]
    rule: str | None
    line: int
    otherwise: tuple[str, ...]


def stated_conformity(root: Node) -> tuple[StatedConformity, ...]:
    """Return all verdicts of a certificate, in the order of the file.

    Raises:
        FormatError: limits or values whose lists do not match.
    """
    found = [_stated(node, None, "the whole certificate") for node in root.below("dcc:statement") if _outcomes(node)]
    seen = set()  # elements, not lines: a whole certificate may stand in one line
    for quantity in root.below("dcc:quantity"):
        for group in quantity.all("dcc:measurementMetaData"):
            own = [node for node in group.all("dcc:metaData") if _outcomes(node)]
            seen |= {node.element for node in own}
            found += [_stated(node, quantity, _place(quantity)) for node in own]
    others = [node for node in root.below("dcc:metaData") if node.element not in seen and _outcomes(node)]
    found += [_stated(node, None, "several quantities") for node in others]
    return tuple(sorted(found, key=lambda one: one.line))


def _place(quantity: Node) -> str:
    """The result or the condition that a quantity stands in, and its name."""
    around = next((node for node in quantity.around() if node.name in _GROUPS), None)
    return " / ".join(filter(None, (name_of(around) if around else "", name_of(quantity))))


def _outcomes(node: Node) -> tuple[str, ...]:
    stated = node.maybe("dcc:conformity", "dcc:conformityXMLList")
    return tuple(stated.words.split()) if stated else ()


def _stated(node: Node, quantity: Node | None, place: str) -> StatedConformity:
    values = quantity_values(quantity) if quantity else ()
    limits = {role: _limit(node, ref) for role, ref in LIMITS.items()}
    chosen = _chosen(values, [each for each in limits.values() if each])
    texts = {role: _in_unit(each or (), chosen) for role, each in limits.items()}
    rules = [norm.words for name in ("dcc:norm", "dcc:convention") for norm in node.all(name)]
    return StatedConformity(
        place=place,
        outcomes=_outcomes(node),
        values=chosen,
        **texts,
        rule="; ".join(rules) or None,
        line=node.line,
        otherwise=tuple(role for role, each in limits.items() if each is not None and not texts[role]),
    )


def _limit(node: Node, ref: str) -> tuple[Values, ...] | None:
    """What is stated as a limit, () where that is no number, None where nothing is."""
    data = node.maybe("dcc:data")
    found = [one for one in (data.below("dcc:quantity") if data else ()) if ref in one.ref_types]
    if len(found) > 1:
        raise found[1].error(f"a second {ref} of the same verdict, beside that in line {found[0].line}; keep one")
    return quantity_values(found[0]) if found else None


def _chosen(values: tuple[Values, ...], limits: list[tuple[Values, ...]]) -> Values | None:
    """Of values in several units those that the limits have too, with an uncertainty where one has it."""
    alike = [one for one in values if all(any(one.unit == limit.unit for limit in each) for each in limits)]
    certain = [one for one in alike if any(point.stated.kind != "none" for point in one.points)]
    return next(iter(certain or alike or values), None)


def _in_unit(limits: tuple[Values, ...], values: Values | None) -> tuple[str, ...]:
    found = next((one for one in limits if values and one.unit == values.unit), None)
    return tuple(point.value for point in found.points) if found else ()
