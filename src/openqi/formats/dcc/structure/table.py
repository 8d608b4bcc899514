"""The table of elements as patterns: for one version of the schema, what may stand in every element."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

SPACES: Final = {"si": "{https://ptb.de/si}", "ds": "{http://www.w3.org/2000/09/xmldsig#}", "": "{https://ptb.de/dcc}"}
VERSIONS: Final = ("3.0.0", "3.1.1", "3.1.2", "3.2.0", "3.2.1", "3.3.0")
_TOKEN: Final = re.compile(r"[()|?*+]|[A-Za-z0-9_:-]+")
_NUMBER: Final = r"(?:[0-9]*\.[0-9]+|[0-9]+\.?[0-9]*)(?:[Ee][-+]?[0-9]+)?"
_DAY: Final = r"-?[0-9]{4,9}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ZONE: Final = r"(?:Z|[-+][0-9]{2}:[0-9]{2})?"
_KINDS: Final = {
    "filled": r"\S+(?:\s+\S+)*", "country": "[A-Z]{2}", "language": "[a-z]{2}", "boolean": "true|false|1|0",
    "date": _DAY + _ZONE, "instant": rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}", "integer": "[-+]?[0-9]+",
    "duration": r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9.]+S)?)?",
    "decimal": rf"[-+]?{_NUMBER}", "positive": rf"\+?{_NUMBER}", "factor": r"\+?[1-9][0-9]*(?:\.[0-9]*)?",
    "probability": r"\+?(?:0(?:\.[0-9]*)?|1(?:\.0*)?)",
}  # fmt: skip
# Texts of these kinds are taken as written; around the others there may be spaces, as the types of XML Schema have it.
_AS_WRITTEN: Final = frozenset({"filled", "country", "language"})
_NUMBERS: Final = frozenset({"decimal", "positive", "factor", "probability"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """The kind of a text.

    Args:
        name: for people.
        pattern: None for any text.
        several: a list, separated by spaces.
        trimmed: spaces around it do not count.
    """

    name: str
    pattern: re.Pattern[str] | None
    several: bool
    trimmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """What may stand in an element.

    Args:
        tokens: of the definition, for explanations.
        children: pattern of the tags of children, each followed by a space; None where the element holds text or anything.
        keys: tag of a child to the key of its definition.
        below: tag of a child to its definition, where the version has one.
        anyorder: (tag, may be absent) of children in any order; None where the order counts.
        text: kind of the text; None where there are children.
        attributes: that may be there.
        needed: attributes that must.
    """

    tokens: tuple[str, ...]
    children: re.Pattern[str] | None
    keys: Mapping[str, str]
    below: Mapping[object, "Element"]
    anyorder: tuple[tuple[str, bool], ...] | None
    text: Kind | None
    attributes: frozenset[str]
    needed: tuple[str, ...]


@cache
def elements_of(version: str) -> Mapping[str, Element]:
    """Return {key: element} of one of `VERSIONS`; a key is the tag, `…-in-list` for the same element inside of a list."""
    found: dict[str, Element] = {}
    names: list[str] = []
    for line in (files(__package__) / "elements.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        written, since, definition = line.split("\t")
        names = written.split() or names
        if VERSIONS.index(since) <= VERSIONS.index(version):
            element = _element(definition, nan=version >= "3.3.0")
            found |= {tag_of(name): element for name in names}
    for element in found.values():
        below = {tag: found[key] for tag, key in element.keys.items() if key in found}
        object.__setattr__(element, "below", MappingProxyType(below))  # elements stand in each other, so that one must be first
    return found


def tag_of(name: str) -> str:
    """Return the tag of an element by its name in the table."""
    prefix, colon, local = name.rpartition(":")
    return SPACES[prefix] + local if colon else SPACES[""] + name


def _element(definition: str, *, nan: bool) -> Element:
    words = definition.split(" @")
    attributes = [name for word in words[1:] for name in (("id", "refId", "refType") if word == "ids" else (word,))]
    needed = tuple(name[:-1] for name in attributes if name.endswith("!"))
    allowed = frozenset(name.removesuffix("!") for name in attributes)
    body = words[0]
    text = _kind(body[2:], nan=nan) if body.startswith("= ") else None
    if text or body.startswith("ANY"):
        return Element(
            tokens=(), children=None, keys={}, below={}, anyorder=None, text=text, attributes=allowed, needed=needed
        )  # fmt: skip
    anyorder = None
    if "&" in body:
        anyorder = tuple((tag_of(one.strip(" ()?")), "?" in one) for one in body.split("&"))
        body = body.replace("&", "|")
    tokens = tuple(_TOKEN.findall(body))
    names = [token for token in tokens if token[0] not in "()|?*+"]
    return Element(
        tokens=tokens,
        children=None if anyorder else re.compile("".join(_as_pattern(token) for token in tokens)),
        keys={tag_of(name.removesuffix("-in-list")): tag_of(name) for name in names},
        below={}, anyorder=anyorder, text=None, attributes=allowed, needed=needed,
    )  # fmt: skip


def _as_pattern(part: str) -> str:
    if part == "(":
        return "(?:"
    return part if part in ")|?*+" else f"(?:{re.escape(tag_of(part.removesuffix('-in-list')))} )"


def _kind(written: str, *, nan: bool) -> Kind:
    several = written.startswith("list of ")
    name = written.removeprefix("list of ")
    if name == "string":
        return Kind(name=name, pattern=None, several=several, trimmed=False)
    if name == "base64":
        return Kind(name=name, pattern=re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*"), several=False, trimmed=False)
    if name.startswith("one of "):
        pattern = "|".join(name.split()[2:])
    else:
        pattern = _KINDS[name] + ("|NaN" if nan and name in _NUMBERS else "")
    trimmed = several or not (name in _AS_WRITTEN or name.startswith("one of "))
    return Kind(name=name, pattern=re.compile(pattern, re.ASCII), several=several, trimmed=trimmed)
