"""Reading `openqi.yaml`: every entry typed, every name resolved, every error with its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import msgspec

from openqi.app.files import read_file
from openqi.app.workspace.declared import ClauseDeclared, PartyDeclared, RequirementsDeclared, WorkspaceDeclared
from openqi.app.workspace.declaring import Declared
from openqi.formats.document import MAX_BYTES, Node, Trail, parse_yaml
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant, parse_instant

FILE: Final = "openqi.yaml"
PRIVATE: Final = ".openqi"
MAX_INPUT: Final = 1_000_000_000
_NAME: Final = re.compile(r"\w[\w.\- ]{0,99}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIELD: Final = re.compile(r"`\$((?:\.[A-Za-z_]+|\[[^]]*\])*)`")


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A workspace that was read. `nodes` leads from `section` or `section/name` to the place where it is declared."""

    folder: Path
    declared: WorkspaceDeclared
    nodes: Mapping[str, Node] = field(repr=False)

    def where(self, slot: str) -> Node:
        """Return where an entry is declared."""
        return self.nodes[slot]

    def party(self, slot: str, name: str, member: str) -> PartyDeclared:
        """Return the party that a member of an entry names; raises FormatError with its line."""
        self._known(slot, member, name, self.declared.parties, "parties")
        return self.declared.parties[name]

    def known(self, slot: str, member: str, section: str, name: str) -> str:
        """Return the slot `section/name` of an entry that a member names.

        Raises:
            FormatError: there is no such entry; the message has the line of the member, and what is near.
        """
        entries = self.clauses() if section == "clauses" else getattr(self.declared, section)
        self._known(slot, member, name, entries, "clauses of requirements" if section == "clauses" else section)
        return f"{section}/{name}"

    def _known(self, slot: str, member: str, name: str, entries: Mapping[str, Any], section: str) -> None:
        if name in entries:
            return
        near = get_close_matches(name, entries, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(entries) or 'none'}"
        raise self.at(slot, member).error(f"{name!r} is not declared under {section}; {hint}")

    def at(self, slot: str, member: str) -> Node:
        """Return where a member of an entry stands, or the entry where it is not written."""
        node = self.nodes[slot]
        return node.members.get(member, node) if node.kind == "mapping" else node

    def clauses(self) -> dict[str, tuple[RequirementsDeclared, ClauseDeclared]]:
        """Return every clause by name with the set that it belongs to."""
        return {name: (one, clause) for one in self.declared.requirements.values() for name, clause in one.clauses.items()}

    def file(self, slot: str, member: str, name: str) -> bytes:
        """Return the content of a file that a member names.

        Raises:
            FormatError: it is not there, is too large, or lies outside of the workspace.
        """
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise self.at(slot, member).error(f"{name!r} lies outside of the workspace; copy it in")
        if PRIVATE in path.relative_to(self.folder.resolve()).parts:
            raise self.at(slot, member).error(f"{name!r} is a file of the build itself; inputs lie outside of {PRIVATE}")
        try:
            return read_file(path, MAX_INPUT)
        except (NotFoundError, FormatError) as error:
            raise self.at(slot, member).error(str(error)) from error

    def instant(self, slot: str, member: str, text: str, *, end: str | None = None) -> str:
        """Return an instant from an instant or a date; a date stands for its first moment, or for `end` within that day.

        Raises:
            FormatError: neither; the message has the line.
        """
        stated = f"{text}T{end or '00:00:00'}Z" if _DATE.fullmatch(text) else text
        try:
            parse_instant(stated)
        except FormatError as error:
            raise self.at(slot, member).error(f"{text!r} is no instant; write 2026-01-31 or 2026-01-31T08:00:00Z") from error
        return stated

    def ending(self, slot: str, member: str, text: str) -> str:
        """Return the first instant that no longer counts: of a date, through which something is valid, the next day's first."""
        if not _DATE.fullmatch(text):
            return self.instant(slot, member, text)
        day = parse_instant(self.instant(slot, member, text))
        return format_instant(day + timedelta(days=1))

    def illustrative(self, entry: bool | None) -> bool:
        """Return whether an entry is illustrative: as it says itself, else as the workspace says."""
        return self.declared.illustrative if entry is None else entry


def read_workspace(folder: Path) -> Workspace:
    """Return the workspace in a folder.

    Raises:
        NotFoundError: there is no `openqi.yaml`.
        FormatError: it is not YAML, a member is missing, foreign or of another form, or a name stands twice; with file and line.
    """
    if not (folder / FILE).is_file():
        raise NotFoundError(f"{folder} is no workspace: it has no {FILE}; make one with `openqi init {folder}`")
    root = parse_yaml(read_file(folder / FILE, MAX_BYTES), name=FILE)
    fields = {one.name: one for one in msgspec.structs.fields(WorkspaceDeclared)}
    root.allow(tuple(fields))
    nodes: dict[str, Node] = {"": root}
    declared: dict[str, Any] = {}
    for name, node in root.items():
        kind = fields[name].type
        if get_origin(kind) is dict:
            entries = dict(_unfolded(node))
            nodes |= {f"{name}/{key}": entry for key, entry in entries.items()}
            declared[name] = {key: _typed(entry, get_args(kind)[1]) for key, entry in entries.items()}
        else:
            nodes[name] = node
            declared[name] = _typed(node, kind)
    for name, one in fields.items():
        if one.required and name not in declared:
            root.need(name)
    workspace = Workspace(folder=folder, declared=WorkspaceDeclared(**declared), nodes=nodes)
    return replace(workspace, nodes=nodes | _clause_nodes(workspace))


def _clause_nodes(workspace: Workspace) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name in workspace.declared.requirements:
        for key, node in workspace.nodes[f"requirements/{name}"].need("clauses").items():
            if f"clauses/{key}" in found:
                raise node.error(f"a clause is called {key!r} in another set too; names of clauses are unique")
            found[f"clauses/{key}"] = node
    return found


def _unfolded(section: Node) -> Iterator[tuple[str, Node]]:
    """The entries of a section; one with `for` stands for as many as there are combinations of what it counts up."""
    seen: set[str] = set()
    for name, node in section.items():
        loops = node.get("for") if node.kind == "mapping" else None
        if loops is None:
            found = [(name, node)]
        else:
            axes = [[(axis, text) for text in values.texts()] for axis, values in loops.items()]
            found = [_filled(name, node, dict(values)) for values in product(*axes)]
        for key, entry in found:
            if key in seen:
                raise entry.error(f"an entry is called {key!r} twice")
            seen.add(key)
            if not _NAME.fullmatch(key):
                raise entry.error(f"{key[:80]!r} is no name of an entry: letters, digits, . _ - and spaces, a letter first")
            yield key, entry


def _filled(name: str, node: Node, values: Mapping[str, str]) -> tuple[str, Node]:
    def fill(text: str) -> str:
        for axis, value in values.items():
            text = text.replace(f"{{{axis}}}", value)
        return text

    def filled(old: Node) -> Node:
        members = {fill(key): filled(member) for key, member in old.members.items() if key != "for"}
        entries = tuple(map(filled, old.entries))
        return replace(old, trail=trail(old.trail), written=fill(old.written), members=members, entries=entries)

    def trail(old: Trail) -> Trail:
        return None if old is None else (trail(old[0]), fill(old[1]))

    return fill(name), filled(node)


def _typed(node: Node, kind: Any) -> Any:
    if node.kind == "nothing":
        raise node.error("nothing is written after the name; give a value")
    if isinstance(kind, type) and issubclass(kind, Declared) and node.kind == "mapping":
        for one in msgspec.structs.fields(kind):  # mappings of names first, so that an error in one has its own line
            inner = get_args(one.type)[1:] if get_origin(one.type) is dict else ()
            member = node.members.get(one.encode_name)
            if inner and isinstance(inner[0], type) and issubclass(inner[0], Declared) and member and member.kind == "mapping":
                for below in member.members.values():
                    _typed(below, inner[0])
    try:
        return msgspec.convert(_plain(node), kind, strict=False)
    except msgspec.ValidationError as error:
        raise _placed(node, kind, str(error)) from error


def _plain(node: Node) -> Any:
    if node.kind == "mapping":
        return {name: _plain(member) for name, member in node.items()}
    if node.kind == "list":
        return [_plain(entry) for entry in node.elements()]
    return node.text()


def _placed(node: Node, kind: Any, message: str) -> FormatError:
    """The error at the innermost member that the message names."""
    path = _FIELD.search(message)
    place = node
    for step in re.findall(r"\.([A-Za-z_]+)", path[1]) if path else ():
        place = place.members.get(step, place) if place.kind == "mapping" else place
    text = message.partition(" - at `")[0]
    if unknown := re.search(r"unknown field `(.*?)`", text):
        place = place.members.get(unknown[1], place) if place.kind == "mapping" else place
        names = [one.name for one in msgspec.structs.fields(kind)] if isinstance(kind, type) and issubclass(kind, Declared) else []
        near = get_close_matches(unknown[1], names, n=1)
        return place.error(f"{unknown[1]!r} is not known here" + (f"; did you mean {near[0]!r}?" if near else ""))
    if missing := re.search(r"missing required field `(.*?)`", text):
        return place.error(f"{missing[1]!r} is missing; add {missing[1]}: …")
    return place.error(text[:1].lower() + text[1:])
