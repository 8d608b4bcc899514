"""The spot check example in a folder of its own, built up to any of its days; each day is built once a process, and copied."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from tools.spot_check import DAYS, FOLDER

from openqi.app.workspace.build import Built, build
from openqi.evidence import keyfile
from openqi.evidence.record import Record
from openqi.store.store import Store

PASSPHRASE = "correct horse battery staple"
AT = dict(DAYS) | {"": DAYS[0][1]}


def built(folder: Path, at: str | None, *, withdraw: bool = False) -> Built:
    """Build at an instant, at a small cost of keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        return build(folder, passphrase=lambda _: PASSPHRASE, at=at, withdraw=withdraw)


def add_day(folder: Path, name: str) -> None:
    """Add what a day brings to `openqi.yaml`."""
    with (folder / "openqi.yaml").open("a", encoding="utf-8") as file:
        file.write((folder / "days" / f"{name}.yaml").read_text(encoding="utf-8"))


def fresh(folder: Path) -> Path:
    """The example as it is in the repository, not built."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".openqi", "site"))
    return folder


@cache
def _until(day: str) -> tuple[Path, Built]:
    place = Path(tempfile.mkdtemp(prefix="openqi-spot-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    names = [name for name, _ in DAYS]
    number = names.index(day)
    if number == 0:
        folder = fresh(place / "spot")
    else:
        folder = shutil.copytree(_until(names[number - 1])[0], place / "spot")
        add_day(folder, day)
    return folder, built(folder, AT[day])


def until(day: str, place: Path) -> Path:
    """A copy of the example that is built until a day; the first is the empty text."""
    return shutil.copytree(_until(day)[0], place / "spot")


def made_by(day: str) -> Built:
    """What the build of a day gave."""
    return _until(day)[1]


def change(path: Path, old: str, new: str) -> None:
    """Write something else in a file, once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def record_of(store: Store, records: Mapping[str, str], slot: str) -> Record:
    """The record of an entry."""
    return store.logged(records[slot]).record
