"""One walk over a certificate that compares every element with the table of its version."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from openqi.formats.dcc.finding import Finding
from openqi.formats.dcc.structure.reason import misplaced
from openqi.formats.dcc.structure.table import SPACES, VERSIONS, Element, Kind, elements_of
from openqi.formats.dcc.xml import Node

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FINDINGS: Final = 1000
ROOT: Final = SPACES[""] + "digitalCalibrationCertificate"
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_LANGUAGE: Final = re.compile("[a-z]{2}")
_QUAD: Final = 4  # base64 comes in fours
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def structure_findings(root: Node) -> tuple[Finding, ...]:
    """Return what is wrong with the structure below a root, in the order of the file, at most `MAX_FINDINGS`."""
    element, version = root.element, root.attribute("schemaVersion")
    if element.tag != ROOT:
        return (Finding(rule="root", clause="DCC", line=root.line, text=f"{root.name} is not the root of a certificate"),)
    if version not in VERSIONS:
        known = ", ".join(VERSIONS)
        text = f"schemaVersion {version[:40]!r} has no structure here; known are {known}"
        return (Finding(rule="version", clause="DCC schemaVersion", line=root.line, text=text),)
    walk = _Walk(version)
    walk.check(element, elements_of(version)[ROOT])
    walk.identifiers(element)
    return tuple(sorted(walk.found, key=lambda finding: finding.line))


class _Walk:
    """The findings so far, and the elements of one version."""

    def __init__(self, version: str) -> None:
        self.found: list[Finding] = []
        self._version = version
        self._ids: Counter[str] = Counter()
        self._references: list[tuple[str, _Element]] = []

    def check(self, element: "_Element", expected: Element) -> None:
        """Compare an element, and all below it."""
        attributes: list[str] = element.keys()  # type: ignore[assignment]
        if attributes:
            self._attributes(element, attributes, expected)
        elif expected.needed:
            self._find("attribute", element, f"has no {expected.needed[0]}")
        text = expected.text
        if text is not None:
            if text.pattern is not None or len(element):
                self._text(element, text)
        elif expected.tokens:
            self._children(element, expected)
        else:  # anything may stand in it, also what has an id that is referred to
            self._ids.update(one.get("id", "").strip() for one in element.iterdescendants() if one.get("id"))

    def _children(self, element: "_Element", expected: Element) -> None:
        children = list(element)
        tags = [child.tag for child in children]
        if expected.children is None:
            self._any_order(element, tags, expected)
        elif not expected.children.fullmatch(" ".join([*tags, ""])):
            culprit, text = misplaced(expected, element, children)
            self._find("element", culprit, text)
        if (between := element.text) and not between.isspace():
            self._find("text", element, f"has the text {between.strip()[:40]!r} beside its elements")
        known = expected.below
        for child, tag in zip(children, tags, strict=True):
            if (between := child.tail) and not between.isspace():
                self._find("text", child, f"has the text {between.strip()[:40]!r} behind it")
            if (below := known.get(tag)) is not None:
                self.check(child, below)
        if len(self.found) > MAX_FINDINGS:
            del self.found[MAX_FINDINGS:]

    def _any_order(self, element: "_Element", tags: list[str], expected: Element) -> None:
        counted = Counter(tags)
        for tag, optional in expected.anyorder or ():
            count = counted.pop(tag, 0)
            if count > 1 or (count == 0 and not optional):
                self._find(
                    "element", element, f"has {local(tag)} {count} times; it has it " + ("at most once" if count else "once")
                )
        for tag in counted:
            self._find("element", element, f"has {local(tag)}, which does not belong there")

    def _text(self, element: "_Element", kind: Kind) -> None:
        if len(element):
            self._find("text", element, f"has the element {local(element[0].tag)}; it holds text only")
            return
        if kind.pattern is None:
            return
        text = element.text or ""
        for one in text.split() if kind.several else (text.strip() if kind.trimmed else text,):
            if not kind.pattern.fullmatch(one) or (kind.name == "base64" and len("".join(one.split())) % _QUAD):
                self._find("text", element, f"has {one[:60]!r}; it is {_MEANING.get(kind.name, kind.name)}")
                return

    def _attributes(self, element: "_Element", names: list[str], expected: Element) -> None:
        for name in names:
            value = element.get(name) or ""
            if name == "id":
                self._ids[value.strip()] += 1
            elif name == "refId":
                self._references += [(one, element) for one in value.split()]
            elif name == "refType" and name in expected.attributes and value and not value.isspace():
                continue  # as nearly all attributes are
            elif name == "lang" and name in expected.attributes and _LANGUAGE.fullmatch(value):
                continue  # and most of the others
            if problem := _attribute_problem(name, value, first=self._version == VERSIONS[0]):
                self._find("attribute", element, f"has {name} {value[:40]!r}; it is {problem}")
            if name not in expected.attributes and not name.startswith(_INSTANCE):
                self._find("attribute", element, f"has the attribute {name[:60]}, which {self._version} does not have there")
        for name in expected.needed:
            if name not in names:
                self._find("attribute", element, f"has no {name}")

    def identifiers(self, root: "_Element") -> None:
        """Every id is there once, and every reference leads to one."""
        for name, count in self._ids.items():
            if count > 1:
                self._find("id", root, f"the id {name[:60]!r} stands {count} times; it names one element")
        for name, element in self._references:
            if name not in self._ids:
                self._find("id", element, f"refId {name[:60]!r} leads to no element of this certificate")

    def _find(self, rule: str, element: "_Element", text: str) -> None:
        if len(self.found) >= MAX_FINDINGS:
            return
        line = cast("int | None", element.sourceline) or 0
        clause = f"DCC {self._version} {local(element.tag)}"
        self.found.append(
            Finding(rule=rule, clause=clause, line=line, text=f"{local(element.tag)} {text}" if _verb(text) else text)
        )


def _attribute_problem(name: str, value: str, *, first: bool) -> str | None:
    """What an attribute should be, None where it is that; in the first version an element refers to one other at most."""
    parts = value.split()
    if name == "id":
        return None if len(parts) == 1 and _NAME.fullmatch(parts[0]) else "one name, of letters, digits, - and ., not first a digit"
    if name == "refId":
        good = parts and all(map(_NAME.fullmatch, parts)) and (len(parts) == 1 or not first)
        return None if good else "the name of an element" if first else "names of elements, separated by spaces"
    if name == "refType":
        return None if parts or first else "at least one word"
    if name == "lang":
        return None if _LANGUAGE.fullmatch(value) else "a code of two small letters"
    return None


def _verb(text: str) -> bool:
    return text.startswith("has ")


def local(tag: object) -> str:
    """Return the name of a tag as people write it: `dcc:item`."""
    space, brace, name = str(tag).rpartition("}")
    known: Mapping[str, str] = {space: prefix or "dcc" for prefix, space in SPACES.items()}
    return f"{known[space + brace]}:{name}" if space + brace in known else str(tag)


_MEANING: Final = {
    "filled": "text without spaces around it", "country": "a code of two capital letters",
    "language": "a code of two small letters",
    "boolean": "true or false", "date": "a date like 2026-01-12", "instant": "a time like 2026-01-12T08:00:00Z",
    "integer": "a whole number",
    "duration": "a duration like P1Y", "decimal": "a decimal", "positive": "a decimal without minus sign",
    "factor": "a coverage factor of at least 1", "probability": "a probability between 0 and 1", "base64": "base64",
}  # fmt: skip
