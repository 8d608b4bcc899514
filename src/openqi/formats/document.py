"""A YAML file as a tree that knows its lines: every scalar is the text that was written, nothing is guessed and nothing is built.

YAML 1.1 reads `no` as false, `1.0` as a float and `2026-01-01` as a date, and lets a small file unfold into a huge one. Here a
file is mappings, lists and texts; anchors, tags, directives and second documents are refused. Meaning is given by who reads it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, Literal

from openqi.kernel.errors import FormatError

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 20
MAX_NODES: Final = 200_000
MAX_NAME: Final = 200
# Control characters, and the three line breaks that editors do not count: with them no line number would be right.
_FOREIGN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

Kind = Literal["mapping", "list", "text", "nothing"]
# Where a node stands, as a chain to the root: written out it would be the longest text of the tree, for every node.
Trail = tuple["Trail", str] | None
_NO_MEMBERS: Final[Mapping[str, "Node"]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One place in a file. `line` counts from 1 and is that of the member's name; a member without a value is of kind `nothing`."""

    file: str
    line: int
    kind: Kind
    trail: Trail = None
    written: str = ""
    members: Mapping[str, "Node"] = field(default_factory=lambda: _NO_MEMBERS)
    entries: tuple["Node", ...] = ()

    @property
    def path(self) -> str:
        """Return where the node stands, `requirements[1].lower`; entries of a list count from 1, the root is empty text."""
        steps, trail = [], self.trail
        while trail is not None:
            trail, step = trail
            steps.append(step)
        return "".join(reversed(steps)).removeprefix(".")

    def error(self, message: str) -> FormatError:
        """Return an error about this place, to be raised: `openqi.yaml:12: requirements.capacity: message`."""
        return FormatError(f"{self.file}:{self.line}: " + (f"{self.path}: {message}" if self.trail else message))

    def text(self) -> str:
        """Return the text that was written.

        Raises:
            FormatError: it is a mapping or a list, or nothing was given.
        """
        self._expect("text")
        return self.written

    def texts(self) -> tuple[str, ...]:
        """Return the texts of a list of texts; raises FormatError for anything else."""
        return tuple(entry.text() for entry in self.elements())

    def elements(self) -> tuple["Node", ...]:
        """Return the entries of a list; raises FormatError for anything else."""
        self._expect("list")
        return self.entries

    def items(self) -> tuple[tuple[str, "Node"], ...]:
        """Return (name, member) of a mapping in the order of the file; raises FormatError for anything else."""
        self._expect("mapping")
        return tuple(self.members.items())

    def get(self, name: str) -> "Node | None":
        """Return a member, None where its name is not written; raises FormatError where this is no mapping.

        A name with no value after it gives a node of kind `nothing`, which raises when it is used: left out and left
        empty are two things, and only the first may mean "the usual".
        """
        self._expect("mapping")
        return self.members.get(name)

    def need(self, name: str) -> "Node":
        """Return a member that must be there.

        Raises:
            FormatError: this is no mapping, the name is missing, or there is no value after it.
        """
        member = self.get(name)
        if member is None:
            near = get_close_matches(name, self.members, n=1)
            raise self.error(f"{name!r} is missing; " + (f"did you write {near[0]!r} for it?" if near else f"add {name}: …"))
        if member.kind == "nothing":
            raise member.error("nothing is written after the name; give a value")
        return member

    def allow(self, names: Collection[str]) -> None:
        """Check that a mapping has no other members.

        Raises:
            FormatError: a member has another name; the message says which names are known and which is near.
        """
        for name, member in self.items():
            if name not in names:
                near = get_close_matches(name, names, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                raise replace(member, trail=self.trail).error(
                    f"{name!r} is not known here; {hint}Known: {', '.join(sorted(names))}"
                )

    def _expect(self, kind: Kind) -> None:
        if self.kind == kind:
            return
        want = {"mapping": "members, `name: value`", "list": "a list, `- entry`", "text": "one text"}[kind]
        found = {
            "mapping": "members are",
            "list": "a list is",
            "text": f"the text {self.written[:40]!r} is",
            "nothing": "nothing is",
        }
        raise self.error(f"{found[self.kind]} written here; write {want}")


@dataclass(kw_only=True)
class _Frame:
    """A mapping or list whose end has not come yet."""

    kind: Kind
    line: int
    trail: Trail
    name: str | None = None
    name_line: int = 0
    members: dict[str, Node] = field(default_factory=dict)
    entries: list[Node] = field(default_factory=list)


def parse_yaml(data: bytes, *, name: str) -> Node:
    """Return the root of a YAML file; an empty file is a node of kind `nothing`.

    Args:
        data: UTF-8, with or without byte order mark, at most 2 MB, 20 levels and 200,000 nodes.
        name: of the file, for messages.

    Raises:
        FormatError: not YAML, not UTF-8, too large, a name twice in one mapping, or anything of YAML that can mean more than
            it says: anchors and aliases, tags, directives, several documents, names that are no text.
    """
    from yaml import MarkedYAMLError, YAMLError

    text = _text(data, name)
    builder = _Builder(name)
    try:
        for event in _events(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = text[mark.index : mark.index + 1] if mark else ""
        hint = {"\t": "; indent with spaces, not tabs", "@": "; put it in quotes", "`": "; put it in quotes"}.get(found, "")
        begun = f" (begun in line {error.context_mark.line + 1})" if error.context_mark else ""
        raise FormatError(f"{name}:{mark.line + 1 if mark else 1}: not YAML: {error.problem}{begun}{hint}") from error
    except YAMLError as error:
        raise FormatError(f"{name}:1: not YAML: {error}") from error
    return builder.root


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise FormatError(f"{name}:1: {len(data)} bytes; at most {MAX_BYTES} are read, put large tables in files of their own")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(f"{name}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if foreign := _FOREIGN.search(text):
        line = len(re.findall("\r\n|\r|\n", text[: foreign.start()])) + 1
        raise FormatError(f"{name}:{line}: the character U+{ord(foreign[0]):04X} has no place in a text file; delete it")
    return text


def _events(text: str) -> Iterator[Any]:
    import yaml

    # The C parser where PyYAML has it: the other one says the same, fifty times slower.
    return iter(yaml.parse(text, Loader=yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader))


class _Builder:
    """Takes what the parser finds, one event after the other, so that what is refused is refused before it has unfolded."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._frames: list[_Frame] = []
        self._documents = self._nodes = 0
        self.root = Node(file=file, line=1, kind="nothing")

    def take(self, event: Any) -> None:
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1 or event.version or event.tags:
                raise FormatError(f"{self._file}:{line}: one document without directives is read; take the others out")
        elif kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            raise FormatError(f"{self._file}:{line}: anchors (&) and aliases (*) are not read; write it out, or put it in quotes")
        elif getattr(event, "tag", None) is not None:
            raise FormatError(f"{self._file}:{line}: the tag {event.tag[:40]} is not read; leave tags (!) out, or use quotes")
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            self._start("mapping" if kind == "MappingStartEvent" else "list", line)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._end()

    def _scalar(self, event: Any, line: int) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.kind == "mapping" and frame.name is None:
            self._name(frame, event.value, line)
            return
        kind: Kind = "nothing" if not event.value and event.style in (None, "") else "text"
        line, trail = self._place(line)
        self._put(Node(file=self._file, line=line, trail=trail, kind=kind, written=event.value))

    def _name(self, frame: _Frame, name: str, line: int) -> None:
        if not 0 < len(name) <= MAX_NAME:
            raise FormatError(f"{self._file}:{line}: a name has 1 to {MAX_NAME} characters, this one has {len(name)}")
        if name in frame.members:
            first = frame.members[name].line
            raise FormatError(f"{self._file}:{line}: {name!r} stands here twice, first in line {first}; keep one of them")
        frame.name, frame.name_line = name, line

    def _start(self, kind: Kind, line: int) -> None:
        if self._frames and self._frames[-1].kind == "mapping" and self._frames[-1].name is None:
            raise FormatError(f"{self._file}:{line}: a name must be a text, here it is a {kind}; put braces and brackets in quotes")
        if len(self._frames) == MAX_DEPTH:
            raise FormatError(f"{self._file}:{line}: nested deeper than {MAX_DEPTH} levels")
        line, trail = self._place(line)
        self._frames.append(_Frame(kind=kind, line=line, trail=trail))

    def _end(self) -> None:
        frame = self._frames.pop()
        members = MappingProxyType(frame.members) if frame.members else _NO_MEMBERS
        node = Node(
            file=self._file, line=frame.line, trail=frame.trail, kind=frame.kind, members=members, entries=tuple(frame.entries)
        )
        self._put(node)

    def _place(self, line: int) -> tuple[int, Trail]:
        """The line and trail of the value that comes now."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise FormatError(f"{self._file}:{line}: more than {MAX_NODES} values; put large tables in files of their own")
        if not self._frames:
            return line, None
        frame = self._frames[-1]
        if frame.name is not None:
            return frame.name_line, (frame.trail, f".{frame.name}")
        return line, (frame.trail, f"[{len(frame.entries) + 1}]")

    def _put(self, node: Node) -> None:
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        if frame.name is None:
            frame.entries.append(node)
        else:
            frame.members[frame.name], frame.name = node, None
