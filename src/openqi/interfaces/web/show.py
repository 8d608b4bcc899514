"""How names, instants, numbers and facts of the evidence look on a page, in one language."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from openqi.app.reading.naming import Named
from openqi.app.tree import Node
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import term

_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):(\d\d)Z")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
# The first of these that a record tells is what it is about.
_ABOUT: Final = (
    "subject", "lot", "product", "instrument", "procedure", "requirement", "plan", "scope", "certificate", "party", "item", "case",
)  # fmt: skip
_MEASURED: Final = frozenset({
    "lower", "upper", "value", "indicated", "expandedUncertainty", "compared", "roundingInterval", "reference",
})  # fmt: skip
_OF_VISITS: Final = frozenset({"draw", "visits"})
"""Beside one of these an outcome is that of a visit: of one, or of so many."""
_OWN_WORDS: Final = frozenset({"against", "concerns"})
"""What these say is a word of ours that means something else elsewhere."""
_TRANSLATED: Final = frozenset({
    "verdict", "rule", "comparison", "role", "model", "illustrative", "quantity", "type", "action", "step", "channel",
    "level", "ground", "outcome", "ends", "pausing", "order", "distribution", "fits", "takes", "combine", "by", "chances",
})  # fmt: skip


def name_of(named: Named | Any, language: str) -> str:
    """Return what a thing is called: in the language, else in the other one, else the last part of its URI."""
    first, second = (named.zh, named.en) if language == "zh" else (named.en, named.zh)
    return first or second or getattr(named, "tail", "")


def in_language(names: Mapping[str, str], language: str) -> str:
    """Return a name that a body states in one or both languages."""
    other = "en" if language == "zh" else "zh"
    return names.get(language) or names.get(other) or ""


def day(text: str) -> str:
    """Return the day of an instant."""
    return text[:10]


def instant(text: str) -> str:
    """Return an instant as people read it: to the minute, in UTC; only the day where it stands for a whole one."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return text
    if found[2] == "00:00" or (found[2], found[3]) == ("23:59", "59"):
        return found[1]
    return f"{found[1]} {found[2]} UTC"


def percent(share: Fraction) -> str:
    """Return a share in per cent with one decimal; a chance that is not certain is never shown as 100 % or 0 %."""
    shown = f"{float(share * 100):.1f}"
    if shown == "100.0" and share < 1:
        return "> 99.9 %"
    if shown == "0.0" and share > 0:
        return "< 0.1 %"
    return f"{shown} %"


def quantity(value: str, unit: str) -> str:
    """Return a value with its unit, which never break apart; minus is a minus, not a hyphen."""
    symbol = shown_unit(unit)
    space = "" if symbol in ("", "°", "′", "″") else "\u00a0"
    return value.replace("-", "\u2212") + space + symbol


def headlines(nodes: Sequence[Node], named: Callable[[str], Named], language: str) -> list[tuple[Node, str]]:
    """Return the first few different headlines of some steps, each with a step that it is of."""
    found: dict[str, Node] = {}
    for node in nodes:
        found.setdefault(headline(node, named, language), node)
    return [(node, text) for text, node in found.items()][:3]


def short(name: str) -> str:
    """Return enough of a record's id to tell it from others by eye."""
    return name[:8]


def is_uri(value: object) -> bool:
    """Return whether a fact is the URI of a subject."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None and not value.startswith("ni:")


def field(kind: str, name: str, language: str) -> str:
    """Return what a member of a record is called: in records of its kind, else wherever it stands."""
    own = term("field", f"{kind}:{name}", language)
    return term("field", name, language) if own == f"{kind}:{name}" else own


def fact(name: str, value: object, told: Mapping[str, Any], language: str) -> str:
    """Return a fact of a record as text: translated where it is a word of ours, with its unit where it was measured."""
    if isinstance(value, Mapping) and name == "rates":
        rates = (f"{term('draw-rate', rate, language)} {percent(Fraction(text))}" for rate, text in value.items())
        return ("；" if language == "zh" else "; ").join(rates)
    if isinstance(value, Mapping) and name == "outcomes":
        of = "visit-outcome" if told.keys() & _OF_VISITS else "value"
        counts = (f"{term(of, outcome, language)} {count}" for outcome, count in value.items())
        return ("；" if language == "zh" else "; ").join(counts)
    if isinstance(value, Mapping):
        return in_language(value, language)
    text = str(value)
    if name == "outcome" and told.keys() & _OF_VISITS:
        return term("visit-outcome", text, language)
    if name in _OWN_WORDS:
        return term(name, text, language)
    if name in _TRANSLATED:
        return term("value", text, language)
    if name in _MEASURED:
        return quantity(text, str(told.get("unit", "")))
    if name in ("act", "did", "does"):
        return term("act", text, language)
    if name == "unit":
        return shown_unit(text) or "1"
    return term("end", text, language) if name == "end" else instant(text)


def headline(node: Node, named: Callable[[str], Named], language: str) -> str:
    """Return what a step of a tree is about, in a few words."""
    told = node.told
    if "end" in told:
        return term("end", str(told["end"]), language)
    if "unit" in told and node.record is None:
        return shown_unit(str(told["unit"]))
    name = in_language(told["name"], language) if isinstance(told.get("name"), Mapping) else ""
    if name:
        return f"{told['clause']} {name}" if "clause" in told else name
    if isinstance(told.get("activity"), Mapping):
        return in_language(told["activity"], language)
    if "number" in told:
        return str(told["number"])
    if "plan" in told and isinstance(told.get("source"), Mapping):
        return in_language(told["source"], language)
    if "quantity" in told:
        return term("value", str(told["quantity"]), language)
    judged = next((headline(child, named, language) for child in node.children if child.capacity == "requirement"), "")
    about = next((str(told[member]) for member in _ABOUT if is_uri(told.get(member))), "")
    title = name_of(named(about), language) if about else term("kind", node.kind, language)
    return f"{title} · {judged}" if judged else title
