"""Catalogues: a folder is one, found by being there, and a wrong module is told by name."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from openqi.kernel.catalogue import load
from openqi.kernel.errors import CatalogueError, OpenQIError


@dataclass(frozen=True)
class Colour:
    """A kind for the catalogues of these tests."""

    name: str


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Makes a package of the given modules and returns its dotted name."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def make(name, **modules):
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text('"""A catalogue."""\n')
        for module, text in modules.items():
            (package / f"{module}.py").write_text(text)
        return name

    yield make
    for name in set(sys.modules) - before:
        if name.partition(".")[0].endswith("_colours"):
            del sys.modules[name]


IMPORT = f"from {__name__} import Colour\n"


def test_every_module_of_a_folder_is_a_kind_in_order_of_module_name(folder):
    modules = {module: f"{IMPORT}COLOUR = Colour({called!r})\n" for module, called in (("b", "first"), ("c", "a"), ("a", "z"))}
    name = folder("three_colours", **modules)
    assert list(load(name, Colour).items()) == [("z", Colour("z")), ("first", Colour("first")), ("a", Colour("a"))]


def test_an_empty_folder_is_an_empty_catalogue(folder):
    assert dict(load(folder("no_colours"), Colour)) == {}


def test_a_catalogue_cannot_be_changed_and_is_read_once(folder):
    name = folder("one_colours", a=IMPORT + "COLOUR = Colour('red')\n")
    kinds = load(name, Colour)
    assert isinstance(kinds, Mapping)
    with pytest.raises(TypeError):
        kinds["blue"] = Colour("blue")
    assert load(name, Colour) is kinds


def test_a_module_without_its_constant_is_named(folder):
    name = folder("lacking_colours", a="COLOR = 1\n")
    with pytest.raises(CatalogueError, match=r"lacking_colours\.a must define COLOUR = Colour\(\.\.\.\)"):
        load(name, Colour)


def test_a_constant_of_another_class_is_named(folder):
    name = folder("typed_colours", a="COLOUR = 'red'\n")
    with pytest.raises(CatalogueError, match=r"typed_colours\.a must define"):
        load(name, Colour)


def test_two_kinds_of_one_name_are_refused(folder):
    name = folder("twin_colours", a=IMPORT + "COLOUR = Colour('red')\n", b=IMPORT + "COLOUR = Colour('red')\n")
    with pytest.raises(CatalogueError, match="two kinds in twin_colours are called 'red'; rename one"):
        load(name, Colour)


def test_an_error_of_a_catalogue_is_our_own():
    assert issubclass(CatalogueError, OpenQIError)
