"""A small world on disk, made once with the commands themselves and copied for each test that asks for it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openqi.evidence import keyfile
from unit.interfaces.cli_world import World, made_world
from unit.interfaces.static_log import Site, served


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files at a small cost, for these tests only; `test_cli_process.py` meets the real one."""
    monkeypatch.setitem(keyfile._COST, "n", 16)


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world that others are copied from; read it only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        return made_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(first_world: World, tmp_path: Path) -> World:
    """A world of one's own."""
    shutil.copytree(first_world.root, tmp_path / "world")
    return World(tmp_path / "world", dict(first_world.ids))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web server on this machine, reached without any proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served({}) as site:
        yield site
