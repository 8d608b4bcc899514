"""The numbers of a certificate: D-SI elements, in the forms of D-SI 2.0 to 2.2, as decimal text with expanded uncertainties."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from openqi.formats.dcc.xml import Node
from openqi.kernel.decimals import MAX_LENGTH, text_of
from openqi.kernel.errors import DomainError, FormatError

MAX_VALUES: Final = 100_000
ELEMENTS: Final = ("si:real", "si:list", "si:realList", "si:realListXMLList", "si:hybrid", "si:constant")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,4})?", re.ASCII)
_PLAIN: Final = re.compile(r"(?!-[0.]+\Z)-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)  # as most are written: it stays as it is
_WRAPPERS: Final = (
    "si:measurementUncertaintyUnivariate",
    "si:measurementUncertaintyUnivaraite",  # as D-SI 2.2.1 itself spells it in si:realList
    "si:measurementUncertaintyUnivariateXMLList",
    "si:listMeasurementUncertaintyUnivariate",
    "si:listUnivariateUnc",
)
_FORMS: Final = ("si:expandedUnc", "si:expandedMU", "si:expandedUncXMLList", "si:expandedMUXMLList")
_NAMES: Final = ("si:label", "si:labelXMLList")
_VALUES: Final = ("si:uncertainty", "si:valueExpandedMU", "si:uncertaintyXMLList", "si:valueExpandedMUXMLList")
_FACTORS: Final = ("si:coverageFactor", "si:coverageFactorXMLList")
_PROBABILITIES: Final = ("si:coverageProbability", "si:coverageProbabilityXMLList")


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """Expanded uncertainties with coverage factors and probabilities, one for each value."""

    expanded: tuple[str, ...]
    factors: tuple[str, ...]
    probabilities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Values in one unit, with their uncertainty where an expanded one is stated."""

    label: str | None
    unit: str
    values: tuple[str, ...]
    uncertainty: Uncertainty | None
    line: int


def plain_decimal(text: str) -> str:
    """Return a D-SI decimal as plain decimal text, exactly, with the digits that were stated.

    `1.0e-3` is `0.0010`; `+5.` is `5`; `2.5e3` is `2500`, for plain text cannot say that its zeros were not stated;
    `-0.0` is `0.0`, for decimal text has no negative zero.

    Raises:
        FormatError: not a D-SI decimal.
        DomainError: NaN, or over 60 characters without its exponent.

    Source: [DSI] decimalType.
    """
    if len(text) <= MAX_LENGTH and _PLAIN.fullmatch(text):
        return text
    if text == "NaN":
        raise DomainError("NaN is no number")
    if len(text) > 200 or not _NUMBER.fullmatch(text):
        raise FormatError(f"{text[:40]!r} is no D-SI decimal; write for example 0.0350 or 3.50e-2")
    return text_of(Decimal(text))


def readable(quantity: Node) -> tuple[Numbers, ...]:
    """Return what the D-SI element of a quantity states: one, or for `si:hybrid` one for each unit; () where it is unread."""
    elements = quantity.all(*ELEMENTS)
    if len(elements) > 1:
        raise elements[1].error("a quantity has one D-SI element; several units stand in one si:hybrid")
    if not elements:
        return ()
    hybrid = elements[0].name == "si:hybrid"
    if hybrid:
        elements[0].leave_others(ELEMENTS)
    found = (_numbers(element) for element in (elements[0].all(*ELEMENTS) if hybrid else elements))
    return tuple(numbers for numbers in found if numbers)


def _numbers(node: Node) -> Numbers | None:
    if node.name == "si:realListXMLList":
        return _from(node, "si:valueXMLList", "si:unitXMLList")
    if node.name in {"si:real", "si:constant"}:
        return _from(node, "si:value", "si:unit")
    if node.name == "si:realList" or (node.name == "si:list" and node.all("si:real")):
        return _from_reals(node)
    if node.name == "si:list":
        node.leave_others(("si:label", "si:realList", "si:realListXMLList", "si:list"))
        inner = node.all("si:realList", "si:realListXMLList", "si:list")
        if len(inner) == 1:
            return _numbers(inner[0])
    node.leave("several lists in one quantity are not read" if node.name == "si:list" else "not read")
    return None


def _from(node: Node, values: str, units: str) -> Numbers | None:
    """A real, or a list whose values stand in one text."""
    node.leave_others((values, units, *_NAMES, *_WRAPPERS, *_FORMS))
    texts = _decimals(node.one(values))
    unit = _unit(node, node.one(units).filled.split())
    if not texts or unit is None:
        return None
    label = node.maybe(*_NAMES)
    uncertainty = _uncertainty(node, len(texts))
    return Numbers(label=label.words if label else None, unit=unit, values=texts, uncertainty=uncertainty, line=node.line)


def _from_reals(node: Node) -> Numbers | None:
    """A list of reals, each with its own unit and uncertainty or with those of the list."""
    node.leave_others(("si:label", "si:listUnit", "si:real", *_WRAPPERS))
    reals, shared = node.all("si:real"), node.words_of("si:listUnit")
    if not 0 < len(reals) <= MAX_VALUES:
        raise node.error(f"a list has 1 to {MAX_VALUES} values")
    for real in reals:
        real.leave_others(("si:label", "si:value", "si:unit", *_WRAPPERS, *_FORMS))
    units = [real.words_of("si:unit") or shared or "" for real in reals]
    if not all(units):
        raise reals[units.index("")].error("has no unit, and its list states none")
    values = [_decimals(real.one("si:value")) for real in reals]
    unit = _unit(node, units)
    if unit is None or not all(values):
        return None
    label, texts = node.words_of("si:label"), tuple(value[0] for value in values)
    return Numbers(label=label, unit=unit, values=texts, uncertainty=_uncertainty_of_reals(node, reals), line=node.line)


def _uncertainty_of_reals(node: Node, reals: tuple[Node, ...]) -> Uncertainty | None:
    """The uncertainties that all reals of a list state, else the one that the list states for all."""
    stated = [uncertainty for real in reals if (uncertainty := _uncertainty(real, 1))]
    if not stated:
        return _uncertainty(node, len(reals))
    for wrapper in node.all(*_WRAPPERS):
        wrapper.leave("the values state uncertainties of their own")
    if len(stated) < len(reals):
        node.leave(f"{len(stated)} of {len(reals)} values have an expanded uncertainty of their own; none is read")
        return None
    probabilities = tuple(one.probabilities[0] for one in stated if one.probabilities)
    return Uncertainty(
        expanded=tuple(one.expanded[0] for one in stated),
        factors=tuple(one.factors[0] for one in stated),
        probabilities=probabilities if len(probabilities) == len(reals) else (),
    )


def _unit(node: Node, units: list[str]) -> str | None:
    """The one unit of a list."""
    if len(set(units)) == 1:
        return units[0]
    node.leave("the values of one list have different units")
    return None


def _decimals(node: Node) -> tuple[str, ...]:
    """The numbers that a text lists; () where one of them is none that decimal text can hold."""
    texts = node.filled.split()
    if len(texts) > MAX_VALUES:
        raise node.error(f"{len(texts)} values; a list has at most {MAX_VALUES}")
    try:
        return tuple(plain_decimal(text) for text in texts)
    except FormatError as error:
        raise node.error(str(error)) from error
    except DomainError as error:
        node.leave(str(error))
        return ()


def _uncertainty(node: Node, count: int) -> Uncertainty | None:
    """The expanded uncertainty that an element states; other ways of stating one are left unread, by name."""
    holders = [node, *node.all(*_WRAPPERS)]
    for wrapper in holders[1:]:
        wrapper.leave_others(_FORMS, "only expanded uncertainties are read")
    forms = [form for holder in holders for form in holder.all(*_FORMS)]
    if len(forms) > 1:
        raise forms[1].error("a second expanded uncertainty of the same values; keep one")
    if not forms:
        return None
    form = forms[0]
    form.leave_others((*_VALUES, *_FACTORS, *_PROBABILITIES))
    probability = form.maybe(*_PROBABILITIES)
    expanded, factors = (_spread(form.one(*names), count) for names in (_VALUES, _FACTORS))
    if not expanded or not factors:
        return None
    negative = next((text for text in expanded + factors if text.startswith("-")), None)
    if negative:
        raise form.error(f"{negative} is negative; an uncertainty and a coverage factor are not")
    probabilities = _spread(probability, count) if probability else ()
    return Uncertainty(expanded=expanded, factors=factors, probabilities=probabilities)


def _spread(node: Node, count: int) -> tuple[str, ...]:
    """The numbers of a list, or its one number for each of `count` values."""
    texts = _decimals(node)
    if len(texts) == 1:
        return texts * count
    if texts and len(texts) != count:
        raise node.error(f"{len(texts)} for {count} values; state one for all or one for each")
    return texts
