"""docs/metrology/pictures.md: its examples hold, its pictures are those that are drawn now, its commands are known."""

import doctest
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tools.metrology_pictures import FOLDER, PICTURES

from openqi.interfaces.cli.lazy import LazyGroup
from openqi.interfaces.cli.main import openqi
from openqi.interfaces.pictures.drawing import svg_of
from openqi.interfaces.web.wording import wording_of

PAGE = FOLDER.parent / "pictures.md"
TEXT = PAGE.read_text(encoding="utf-8")
SLOW = ("guard-band", "distribution", "ellipse")
QUICK = [name for name in PICTURES if name not in SLOW]


def texts(svg: bytes) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_python_of_the_page_holds():
    found = doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(TEXT, {}, PAGE.name, str(PAGE), 0))
    assert found.attempted > 3
    assert found.failed == 0


def check(name: str) -> None:
    for language in ("zh", "en"):
        kept = (FOLDER / f"{name}.{language}.svg").read_bytes()
        # Not the bytes: where a letter stands follows from the fonts of the machine.
        assert texts(kept) == texts(svg_of(PICTURES[name](wording_of(language))))


@pytest.mark.parametrize("name", QUICK)
def test_a_picture_of_the_page_says_what_is_drawn_now(name: str):
    check(name)


@pytest.mark.long
@pytest.mark.parametrize("name", SLOW)
def test_a_picture_that_takes_long_says_what_is_drawn_now(name: str):
    check(name)


def test_every_picture_lies_there_small_and_is_shown():
    kept = {path.name for path in FOLDER.iterdir()}
    assert kept == {f"{name}.{language}.svg" for name in PICTURES for language in ("zh", "en")}
    assert all(path.stat().st_size < 70_000 for path in FOLDER.iterdir())
    shown = set(re.findall(r"\]\(pictures/([a-z-]+)\.(?:zh|en)\.svg\)", TEXT))
    assert shown == set(PICTURES)


def test_the_commands_of_the_page_are_known():
    lines = re.findall(r"^\$ openqi (\w+) (.*)$", TEXT, re.MULTILINE)
    assert len(lines) == 7
    for name, more in lines:
        assert isinstance(openqi, LazyGroup)
        command = openqi.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        known = {option for one in command.params for option in one.opts}
        assert set(re.findall(r"(?<= )--[a-z-]+", more)) <= known
        assert Path(re.findall(r"--picture (\S+)", more)[0]).suffix in (".svg", ".png")
