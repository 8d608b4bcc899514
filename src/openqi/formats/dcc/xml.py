"""A certificate's XML as nodes that know their line: parsed without entities, DTD and network, and nothing lost in silence."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, cast

from openqi.formats.dcc.document import Text
from openqi.kernel.errors import FormatError

if TYPE_CHECKING:
    from lxml.etree import XPath, _Element

MAX_SIZE: Final = 10_000_000
MAX_DEPTH: Final = 100  # certificates need about 25; recursion stays far from Python's own limit
_TOO_DEEP: Final = "/*" * (MAX_DEPTH + 1)
MAX_ATTRIBUTES: Final = 100  # certificates need about 5; each one is looked for among those before it
_TOO_MANY: Final = f"/descendant::*/attribute::*[{MAX_ATTRIBUTES + 1}]/.."
_PREFIXES: Final = {"{https://ptb.de/dcc": "dcc:", "{https://ptb.de/si": "si:", "{http://www.w3.org/2000/09/xmldsig#": "ds:"}
_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@lru_cache(maxsize=1024)
def _named(tag: object) -> str:
    space, brace, local = str(tag).rpartition("}")
    return _PREFIXES.get(space, space + brace) + local


class _File:
    """What all nodes of a file share: its name, what was not read, what was found out about elements, and the nodes."""

    __slots__ = ("_below", "memory", "name", "nodes", "root", "signed", "unread")

    def __init__(self, root: "_Element", name: str) -> None:
        self.root, self.name = root, name
        self.signed = frozenset(one for signature in root.iter(_SIGNATURE) for one in signature.iterdescendants())
        self.unread: list[str] = []
        self.memory: dict[object, object] = {}
        self.nodes: dict[_Element, Node] = {}
        self._below: dict[str, list[_Element]] | None = None

    def node(self, element: "_Element") -> "Node":
        """Return the node of an element, the same one whenever it is asked for: it knows its children."""
        found = self.nodes.get(element)
        if found is None:
            found = self.nodes[element] = Node(element, self)
        return found

    def below(self, name: str) -> "list[_Element]":
        """Return all elements of a name below the root but those in a signature, in the order of the file."""
        if self._below is None:
            self._below = {}
            for element in self.root.iter():
                if element not in self.signed:
                    self._below.setdefault(_named(element.tag), []).append(element)
        return self._below.get(name, [])


class Node:
    """An element with its place; children are asked for by `dcc:name`, whatever prefix the file uses."""

    __slots__ = ("_children", "_element", "_shared", "name")

    def __init__(self, element: "_Element", shared: _File) -> None:
        self._children: list[Node] | None = None
        self._element, self._shared = element, shared
        self.name = _named(element.tag)

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self._shared.name

    @property
    def unread(self) -> list[str]:
        """Return what of the file was not read."""
        return self._shared.unread

    @property
    def memory(self) -> "dict[object, object]":
        """Return what was found out about elements of the file."""
        return self._shared.memory

    @property
    def line(self) -> int:
        """Return the line of the file, 0 where it is not known."""
        return cast("int | None", self._element.sourceline) or 0

    @property
    def element(self) -> "_Element":
        """Return the element itself, for what asks more of XML than names, texts and attributes."""
        return self._element

    def __iter__(self) -> Iterator["Node"]:
        return iter(self._held())

    def _held(self) -> "list[Node]":
        if self._children is None:  # asked for again and again, and a certificate is never changed
            self._children = list(map(self._shared.node, self._element))
        return self._children

    def error(self, what: str) -> FormatError:
        """Return (not raise) an error that names this place."""
        return FormatError(f"{self.file}:{self.line}: {self.name}: {what}")

    def leave(self, why: str = "not read") -> None:
        """Note that this element is not part of the value."""
        self.unread.append(f"{self.name}, line {self.line}: {why}")

    def all(self, *names: str) -> "tuple[Node, ...]":
        """Return the children of these names, in the order of the file."""
        return tuple([child for child in self._held() if child.name in names])

    def leave_others(self, known: Iterable[str], why: str = "not read") -> None:
        """Note all children but the known ones."""
        names = frozenset(known)
        for child in self:
            if child.name not in names:
                child.leave(why)

    def maybe(self, *names: str) -> "Node | None":
        """Return the one child of these names, None where there is none.

        Raises:
            FormatError: there are several.
        """
        found = [child for child in self._held() if child.name in names]
        if len(found) > 1:
            raise found[1].error(f"stands twice in {self.name}; keep one")
        return found[0] if found else None

    def one(self, *names: str) -> "Node":
        """Return the one child of these names; raises also where there is none."""
        found = self.maybe(*names)
        if found is None:
            raise self.error(f"has no {' or '.join(names)}; the certificate is not valid, ask the laboratory for a valid one")
        return found

    def below(self, name: str) -> "tuple[Node, ...]":
        """Return all elements of this name below, at any depth, but those in a signature: there anything may stand unsigned."""
        found = self._shared.below(name)
        if found and self._element is not self._shared.root:
            found = [element for element in self._element.iter(found[0].tag) if element not in self._shared.signed]
        return tuple(map(self._shared.node, found))

    def around(self) -> "Iterator[Node]":
        """Return the elements around this one, the nearest first."""
        return map(self._shared.node, self._element.iterancestors())

    def attribute(self, name: str) -> str:
        """Return an attribute without spaces around it, "" where it is absent."""
        return (self._element.get(name) or "").strip()

    @property
    def ref_types(self) -> tuple[str, ...]:
        """Return the refTypes of the element."""
        return tuple(self.attribute("refType").split())

    @property
    def words(self) -> str:
        """Return the text of the element without spaces around it."""
        for child in self:
            child.leave()
        return (self._element.text or "").strip()

    @property
    def filled(self) -> str:
        """Return `words`; raises where there are none."""
        text = self.words
        if not text:
            raise self.error("is empty; the certificate is not valid, ask the laboratory for a valid one")
        return text

    @property
    def text(self) -> Text:
        """Return the contents by language."""
        self.leave_others(("dcc:content", "dcc:name"))
        inner = self.maybe("dcc:name")  # rich content has a heading of its own
        heading = inner.text if inner else ()
        return heading + tuple((content.attribute("lang"), content.words) for content in self.all("dcc:content"))

    def text_of(self, name: str) -> Text:
        """Return the contents of the child `name` by language, () where it is absent."""
        child = self.maybe(name)
        return child.text if child else ()

    def words_of(self, name: str) -> str | None:
        """Return the text of the child `name`, None where it is absent."""
        child = self.maybe(name)
        return child.filled if child else None

    def truth_of(self, name: str) -> bool | None:
        """Return what the child `name` says of true and false, None where it is absent."""
        child = self.maybe(name)
        if child is None:
            return None
        said = {"true": True, "1": True, "false": False, "0": False}.get(child.words)
        if said is None:
            raise child.error(f"{child.words[:40]!r} is neither true nor false")
        return said


def parsed(data: bytes, *, file: str, instructions: bool = False) -> Node:
    """Return the root of an XML file.

    Args:
        data: the file.
        file: its name, for errors.
        instructions: keep processing instructions, which are signed with everything else; nobody else asks for them.

    Raises:
        FormatError: over 10 MB, not well-formed, with a DOCTYPE, nested too deep, or with too many attributes.
    """
    from lxml import etree

    if len(data) > MAX_SIZE:
        raise FormatError(f"{file}:1: {len(data)} bytes; a certificate has at most {MAX_SIZE}: attach its files separately")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=not instructions
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise FormatError(f"{file}:{line}: not well-formed XML: {str(error.msg)[:200]}; get the file anew") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError(f"{file}:1: has a DOCTYPE, which can pull in other files; a certificate has none: remove it")
    if too_deep := cast("list[_Element]", _asked(_TOO_DEEP)(root)):
        raise FormatError(f"{file}:{too_deep[0].sourceline}: nested more than {MAX_DEPTH} deep; no certificate is")
    if too_many := cast("list[_Element]", _asked(_TOO_MANY)(root)):
        raise FormatError(
            f"{file}:{too_many[0].sourceline}: an element with more than {MAX_ATTRIBUTES} attributes; none has so many"
        )
    return _File(root, file).node(root)


@cache
def _asked(question: str) -> "XPath":
    from lxml.etree import XPath

    return XPath(question)
