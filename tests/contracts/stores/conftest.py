"""Opens every store of the catalogue for the suite beside this file."""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from builders import ORIGIN
from openqi.evidence.fold import Fold
from openqi.kernel.catalogue import load
from openqi.store.store import Store, StoreKind

KINDS = load("openqi.store.kinds", StoreKind)


OWN_SERVER = os.environ.get("OPENQI_TEST_S3", "")
"""URL of an empty prefix on a server of your own, over which the suite then runs too."""
IN_BUCKETS = ("local+s3", "postgresql+s3", *(["local+own"] if OWN_SERVER else []))
"""Kinds whose folder says that contents and static files lie in a bucket."""


@pytest.fixture(params=[*KINDS, *IN_BUCKETS])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens fresh stores of each kind, each in a folder of its own where the kind has one, and closes them."""
    with ExitStack() as stack:
        count = iter(range(10**6))

        def open_store(folds: Sequence[Fold] = (), origin: str = ORIGIN) -> Store:
            kind, _, bucket = request.param.partition("+")
            place = None if kind == "memory" else tmp_path / f"store{next(count)}"
            if place is not None:
                place.mkdir()
                if kind == "postgresql":
                    (place / "postgresql.url").write_text(request.getfixturevalue("postgres").url())
                if bucket == "own":
                    head, mark, rest = OWN_SERVER.partition("?")
                    (place / "objects.url").write_text(f"{head}/{uuid.uuid4().hex}{mark}{rest}")
                elif bucket:
                    (place / "objects.url").write_text(request.getfixturevalue("s3").url())
            store = KINDS[kind].open(place, origin=origin, folds=folds)
            stack.callback(store.close)
            return store

        yield open_store


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    return opened()


@pytest.fixture(params=["local", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens the same store again and again, as other processes would."""
    place = tmp_path / "shared"
    with ExitStack() as stack:
        if request.param == "postgresql":
            place.mkdir()
            (place / "postgresql.url").write_text(request.getfixturevalue("postgres").url())

        def open_store(folds: Sequence[Fold] = (), origin: str = ORIGIN) -> Store:
            store = KINDS[request.param].open(place, origin=origin, folds=folds)
            stack.callback(store.close)
            return store

        yield open_store
