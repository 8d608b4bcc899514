"""docs/control/pictures.md: its examples hold, its pictures are those that are drawn now, its commands are known."""

import doctest
import re
import xml.etree.ElementTree as ET

import pytest
from tools.control_pictures import FOLDER, PICTURES

from openqi.interfaces.cli.lazy import LazyGroup
from openqi.interfaces.cli.main import openqi
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of

PAGE = FOLDER.parent / "pictures.md"
TEXT = PAGE.read_text(encoding="utf-8")


def texts(svg: bytes) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_python_of_the_page_holds():
    found = doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(TEXT, {}, PAGE.name, str(PAGE), 0))
    assert found.attempted > 8
    assert found.failed == 0


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_page_says_what_is_drawn_now(name: str):
    for language in ("zh", "en"):
        kept = (FOLDER / f"{name}.{language}.svg").read_bytes()
        # Not the bytes: where a letter stands follows from the fonts of the machine.
        assert texts(kept) == texts(svg_of(PICTURES[name](wording_of(language))))


def test_every_picture_lies_there_small_and_is_shown():
    kept = {path.name for path in FOLDER.iterdir()}
    assert kept == {f"{name}.{language}.svg" for name in PICTURES for language in ("zh", "en")}
    assert all(path.stat().st_size < 90_000 for path in FOLDER.iterdir())
    assert set(re.findall(r"\]\(pictures/([a-z-]+)\.(?:zh|en)\.svg\)", TEXT)) == set(PICTURES)


def test_the_commands_of_the_page_are_known():
    lines = re.findall(r"^\$ openqi (chart|arl rules) (.*)$", TEXT, re.MULTILINE)
    assert len(lines) == 4
    for names, more in lines:
        command = openqi
        for name in names.split():
            command = command.get_command(None, name)  # type: ignore[attr-defined, arg-type]
        assert not isinstance(command, LazyGroup)
        known = {option for one in command.params for option in one.opts}
        assert set(re.findall(r"(?<= )--[a-z-]+", more)) <= known
