"""The pages about workspaces name every member that `openqi.yaml` can have, and nothing else; what they show is read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from openqi.app.workspace.declared import WorkspaceDeclared
from openqi.app.workspace.declaring import Declared
from openqi.app.workspace.workspace import FILE, read_workspace
from openqi.formats.document import parse_yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ["workspace.md", "workspace.zh.md"]
NEEDED = {"yes": True, "no": False, "是": True, "否": False}
HEAD = "The head"


def structs(kind: type[Declared], path: str = "") -> Iterator[tuple[str, dict[str, bool]]]:
    """Yield each struct as the path of its section, and whether each of its members is needed."""
    members: dict[str, bool] = {}
    for field in msgspec.structs.fields(kind):
        inner: Any = get_args(field.type)[1] if get_origin(field.type) is dict else field.type
        nested = isinstance(inner, type) and issubclass(inner, Declared)
        if nested:
            yield from structs(inner, f"{path}.{field.name}".lstrip("."))
        if not nested or path:
            members[field.name] = field.required
    yield path or HEAD, members


STRUCTS = dict(structs(WorkspaceDeclared))


def told(page: str) -> dict[str, dict[str, bool]]:
    """Return section → member → whether it is needed, as the tables of a page say; no member stands twice."""
    text = (DOCS / page).read_text(encoding="utf-8").replace("## 文件开头\n", f"## {HEAD}\n")
    found: dict[str, dict[str, bool]] = {}
    for heading, body in re.findall(r"^##+ (.+?)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| `([a-z_]+)` \| (\S+) \| \S.* \|$", body, re.MULTILINE)
        if rows and all(needed in NEEDED for _, needed in rows):
            assert len(dict(rows)) == len(rows), heading
            found[heading.strip("`")] = {name: NEEDED[needed] for name, needed in rows}
    return found


def blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_table_for_each_section_and_no_other(page: str):
    assert set(told(page)) == set(STRUCTS)


@pytest.mark.parametrize("section", STRUCTS)
@pytest.mark.parametrize("page", PAGES)
def test_a_table_names_each_member_and_whether_it_is_needed(page: str, section: str):
    assert told(page)[section] == STRUCTS[section]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_read(page: str, tmp_path: Path):
    whole, *fragments = blocks(page)
    assert fragments
    for fragment in fragments:
        names = {name for name, _ in parse_yaml(fragment.encode(), name=FILE).items()}
        assert not names & {name for name, _ in parse_yaml(whole.encode(), name=FILE).items()}
        (tmp_path / FILE).write_text(whole + fragment, encoding="utf-8")
        declared = read_workspace(tmp_path).declared
        assert all(getattr(declared, name) for name in names)


def test_both_pages_show_the_same():
    assert blocks(PAGES[0]) == blocks(PAGES[1])


@pytest.mark.parametrize("page", PAGES)
def test_the_order_of_a_build_is_the_one_that_is_told(page: str):
    from openqi.app.workspace.sections import SECTIONS

    text = re.sub(r"\s+", " ", (DOCS / page).read_text(encoding="utf-8"))
    assert ", ".join(name for name, _ in SECTIONS) in text.replace("、", ", ").replace("`", "")


def test_a_build_counts_each_section_in_chinese_words():
    from openqi.app.workspace.sections import SECTIONS
    from openqi.interfaces.cli.words import CHINESE

    assert [name for name, _ in SECTIONS if name not in CHINESE] == []
