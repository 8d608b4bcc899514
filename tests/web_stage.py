"""The example workspace, built once a process, for tests of what pages and programs show of it; copies of it may be written to."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from openqi.app.checking import Checker
from openqi.app.folder import FOLDS
from openqi.app.ledger import Signer
from openqi.app.reading.context import Context
from openqi.app.reading.memory import Memory
from openqi.app.workspace.build import build, ledger_path
from openqi.app.workspace.decisions import read_serials, serial_file
from openqi.app.workspace.keys import Keys
from openqi.evidence import keyfile
from openqi.store.kinds.local import STOREKIND
from openqi.store.store import Store
from stage import Stage

EXAMPLE = Path(__file__).parents[1] / "examples" / "storage-battery"
PASSPHRASE = "correct horse battery staple"
LOT, PRODUCT = "https://maker.example/lot/2026-03-A", "https://maker.example/product/cell-2000"
CYCLER, THERMOMETER = (f"https://laboratory.example/instrument/{name}" for name in ("cycler-3", "thermometer-17"))
PACK, CELL = "https://integrator.example/pack/P-2026-001", "https://maker.example/cell/A26-00001"
ASSOCIATION = "https://association.example"
NOT_ISSUED = "https://mark.storage-battery.example/01/09521234543213/21/NOPE"


@cache
def workspace() -> Path:
    """The built example; nobody writes to it but caches and scan counts."""
    place = Path(tempfile.mkdtemp(prefix="openqi-web-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    folder = place / "storage-battery"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".openqi", "site"))
    with quick_keys():
        build(folder, passphrase=lambda _: PASSPHRASE)
    return folder


@contextmanager
def quick_keys() -> Iterator[None]:
    """Key files at a small cost; whoever opens those of the workspace needs it too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        yield


def copied(place: Path) -> Path:
    """A copy of the built example that a test may write to."""
    folder = place / "storage-battery"
    shutil.copytree(workspace(), folder)
    return folder


def marks(folder: Path) -> dict[str, str]:
    """Item → mark."""
    return read_serials(serial_file(folder, "marks/packs"))


def operator(folder: Path) -> Signer:
    """The association, which operates the log and issues the marks."""
    with quick_keys():
        keys = Keys(folder / ".openqi", lambda _: PASSPHRASE)
        return Signer(party=ASSOCIATION, key=keys.of(ASSOCIATION, ledger_path(folder) / "keys" / "operator.key"))


def small_ledger(folder: Path) -> Stage:
    """A ledger folder with a handful of records; whoever is done with the stage closes its store."""
    stage = Stage(store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    (folder / "policy.txt").write_bytes(stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    return stage


def context_of(store: Store, **more: Any) -> Context:
    """A store as read models see it."""
    store.publish()
    checker = more.get("checker") or Checker(store=store)
    settings: dict[str, Any] = {"today": date(2026, 11, 20), "checker": checker, "memory": Memory(checker.forget_keys)} | more
    settings["memory"].grow(store, store.size(), settings["today"])
    return Context(store=store, size=store.size(), **settings)
