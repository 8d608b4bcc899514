"""Says what is wrong with the children of an element: the first one that has no place, or the one that is missing."""

from typing import TYPE_CHECKING, Final

from openqi.formats.dcc.structure.table import Element, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_MANY: Final = 2000


def misplaced(expected: Element, element: "_Element", children: "list[_Element]") -> "tuple[_Element, str]":
    """Return the element that a finding is about, and the finding; `children` does not fit `expected`."""
    tags = [str(child.tag) for child in children]
    foreign = next((child for child in children if child.tag not in expected.keys), None)
    if foreign is not None:
        return foreign, f"has no place in {_name(element.tag)}"
    if len(tags) > _MANY:
        return element, f"has {len(tags)} children that do not stand in the order of the schema"
    reach = _Reach(expected.tokens, tags)
    wanted = " or ".join(dict.fromkeys(reach.wanted)) or "nothing more"
    if reach.furthest < len(children):
        return children[reach.furthest], f"has no place here in {_name(element.tag)}; expected {wanted}"
    return element, f"has no {wanted}"


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2]


class _Reach:
    """How far the children can be matched, and what was wanted there: the definition run over sets of positions."""

    def __init__(self, tokens: tuple[str, ...], tags: list[str]) -> None:
        self._tokens, self._tags = (*tokens, ")"), tags
        self.furthest, self.wanted = 0, list[str]()
        ends, _ = self._choice(0, {0})
        if ends and max(ends) >= self.furthest and max(ends) < len(tags):
            self.furthest = max(ends)

    def _choice(self, at: int, starts: set[int]) -> tuple[set[int], int]:
        """Match one of several sequences, up to the closing bracket; return where it ends and the place after the bracket."""
        ends: set[int] = set()
        while True:
            found, at = self._sequence(at, starts)
            ends |= found
            at += 1
            if self._tokens[at - 1] == ")":
                return ends, at

    def _sequence(self, at: int, starts: set[int]) -> tuple[set[int], int]:
        while self._tokens[at] not in ")|":
            starts, at = self._repeated(at, starts)
        return starts, at

    def _repeated(self, at: int, starts: set[int]) -> tuple[set[int], int]:
        ends, after = self._one(at, starts)
        mark = self._tokens[after] if self._tokens[after] in "?*+" else ""
        if mark in ("*", "+"):
            fresh = ends
            while fresh:
                fresh = self._one(at, fresh)[0] - ends
                ends = ends | fresh
        return (ends | starts if mark in ("?", "*") else ends), after + bool(mark)

    def _one(self, at: int, starts: set[int]) -> tuple[set[int], int]:
        if self._tokens[at] == "(":
            return self._choice(at + 1, starts)
        name = self._tokens[at].removesuffix("-in-list")
        tag = tag_of(name)
        ends = set()
        for start in starts:
            if start < len(self._tags) and self._tags[start] == tag:
                ends.add(start + 1)
            else:
                self._wanted(start, name)
        if ends and max(ends) > self.furthest:
            self.furthest, self.wanted = max(ends), []
        return ends, at + 1

    def _wanted(self, start: int, name: str) -> None:
        if start > self.furthest:
            self.furthest, self.wanted = start, []
        if start == self.furthest:
            self.wanted.append(name if ":" in name else f"dcc:{name}")
