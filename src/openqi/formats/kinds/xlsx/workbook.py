"""The parts of a workbook beside its sheets: which sheets there are, the shared texts, and the number format of each style."""

import re
from collections.abc import Mapping
from typing import Final

from openqi.formats.kinds.xlsx.display import BUILT_IN, Display, display_of
from openqi.formats.kinds.xlsx.package import Package

_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")


class Workbook:
    """One sheet chosen, and what is needed to read it."""

    def __init__(self, package: Package, sheet: str | None) -> None:
        self.package = package
        path = Relations(package, "_rels/.rels", "").by_kind.get("officeDocument", "xl/workbook.xml")
        self._sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False
        package.parse(path, self._start, _nothing)
        folder, _, file = path.rpartition("/")
        relations = Relations(package, f"{folder}/_rels/{file}.rels".lstrip("/"), folder)
        self.sheet = self._chosen(sheet)
        target = next((relation for name, relation, _ in self._sheets if name == self.sheet), "")
        if not relations.kind_of.get(target, "").endswith("/worksheet"):
            raise package.error(f"sheet {self.sheet!r} is no sheet of cells; name another")
        self.path = relations.target_of[target]
        self.texts = SharedTexts(package, relations.by_kind["sharedStrings"]).texts if "sharedStrings" in relations.by_kind else []
        styles = relations.by_kind.get("styles")
        self.displays: list[Display] = Styles(package, styles).displays if styles else []

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            visible = attributes.get("state", "visible") == "visible"
            self._sheets.append((attributes.get("name", ""), relation, visible))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true", "on"}

    def _chosen(self, sheet: str | None) -> str:
        names = [name for name, _, _ in self._sheets]
        visible = [name for name, _, shown in self._sheets if shown]
        if sheet is None and len(visible) == 1:
            return visible[0]
        if sheet is not None and names.count(sheet) == 1:
            return sheet
        asked = "name one sheet, or hide all others" if sheet is None else f"no sheet {sheet!r}"
        raise self.package.error(f"{asked}; the workbook has {', '.join(map(repr, names[:30])) or 'none'}")


class Relations:
    """Where a part says that its neighbours are: target and kind by identifier, and the target of each kind."""

    def __init__(self, package: Package, path: str, folder: str) -> None:
        self.target_of: dict[str, str] = {}
        self.kind_of: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}
        self._folder = folder
        package.parse(path, self._start, _nothing)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target, kind, name = attributes.get("Target", ""), attributes.get("Type", ""), attributes.get("Id", "")
        path = _path(self._folder, target)
        self.target_of[name], self.kind_of[name] = path, kind
        self.by_kind[kind.rpartition("/")[2]] = path


class SharedTexts:
    """The texts that cells name by number; phonetic guides, which stand beside some of them, are no part of the text."""

    def __init__(self, package: Package, path: str) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._phonetic = False
        self._package = package
        package.parse(path, self._start, self._end)

    def _start(self, tag: str, _: Mapping[str, str]) -> None:
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._phonetic = True

    def _end(self, tag: str, text: str) -> None:
        if tag == "t" and not self._phonetic:
            self._pieces.append(text)
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.texts.append(unescaped("".join(self._pieces), self._package, "1"))


class Styles:
    """How the cells of each style show a number."""

    def __init__(self, package: Package, path: str) -> None:
        self.displays: list[Display] = []
        self._codes = dict(BUILT_IN)
        self._in_cells = False
        self._known: dict[int, Display] = {}
        package.parse(path, self._start, self._end)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "General")
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            number = _number(attributes.get("numFmtId"))
            if number not in self._known:
                self._known[number] = display_of(self._codes.get(number))
            self.displays.append(self._known[number])

    def _end(self, tag: str, _: str) -> None:
        if tag == "cellXfs":
            self._in_cells = False


def unescaped(text: str, package: Package, place: str) -> str:
    """Return a text in which `_x000D_` is the character with that number, as spreadsheets write what XML cannot hold.

    Raises:
        FormatError: the character is a NUL or half of a pair.
    """
    if "_x" not in text:
        return text
    for found in _ESCAPE.finditer(text):
        if (number := int(found[1], 16)) == 0 or 0xD800 <= number < 0xE000:
            raise package.error(f"the text holds {found[0]}, which is no character; delete it", place)
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _path(folder: str, target: str) -> str:
    """The path of a target, which is written as seen from a folder."""
    steps: list[str] = []
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _nothing(_: str, __: str) -> None:
    """Nothing is done at the end of an element."""
