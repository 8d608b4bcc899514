"""A bucket that fails, or a process that dies, at any one request: what was acknowledged stays, and asking again is safe."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="the fault scripts need a POSIX system")

from tests.faults.acts import Promises, act, append, check, founded, open_store

from builders import sealed_record
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.tiles import levels, tiles
from openqi.kernel.errors import StoreError
from openqi.store.store import Incoming

HERE = Path(__file__).parent
FORMS = ("503", "gone", "lost", "wrong", "short")
"""Refused again and again; cut off before it is done, or after; answered with other bytes, or with half of them."""


class Stage:
    """A published log whose objects lie in a bucket, and copies of both to strike at."""

    def __init__(self, s3, proxy, base: Path) -> None:
        self.s3, self.proxy, self.base = s3, proxy, base
        self.prefix, self.template = s3.prefix(), base / "template"
        self.point(self.template, self.prefix)
        self.promised = founded(self.template, 255)
        self.made = 0

    def point(self, folder: Path, prefix: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "objects.url").write_text(self.s3.url(prefix, port=self.proxy.port, more="&timeout=5"))

    def copy(self) -> tuple[Path, str, Promises]:
        self.made += 1
        folder, prefix = self.base / f"struck{self.made}", self.s3.copy(self.prefix)
        shutil.copytree(self.template, folder)
        self.point(folder, prefix)
        promised = self.promised
        return folder, prefix, Promises(dict(promised.indices), set(promised.blobs), list(promised.checkpoints))

    def whole(self, folder: Path, prefix: str, promises: Promises) -> None:
        """All promises are kept, and what a mirror sees is a log that is whole at every moment."""
        self.proxy.fault = lambda *_: ""
        self.seen_whole(prefix)
        check(folder, promises, signatures=False)
        assert set(self.s3.names(prefix)) >= {f"blobs/{name[:2]}/{name}" for name in promises.blobs}
        shutil.rmtree(folder)

    def seen_whole(self, prefix: str) -> None:
        """The published checkpoint never speaks of tiles that are not there."""
        size = parse_checkpoint(parse_note(self.s3.get(f"{prefix}/log/checkpoint"))).size
        wanted = {tile.path for level in range(-1, levels(size)) for tile in tiles(size, level)}
        assert wanted <= {name.removeprefix("log/") for name in self.s3.names(prefix)}


@pytest.fixture
def stage(s3, proxy, tmp_path) -> Stage:
    return Stage(s3, proxy, tmp_path)


def struck(stage: Stage, number: int, form: str) -> bool:
    """A session whose request `number` fails, as do the four after it: they may be the same one asked again."""
    folder, prefix, promises = stage.copy()
    count, hit = iter(range(1, 10_000)), []

    def fault(*_) -> str:
        if number <= next(count) < number + 5:
            hit.append(form)
            return form
        return ""

    stage.proxy.fault = fault
    act(folder, promises, lambda: stage.seen_whole(prefix), tries=3)
    stage.whole(folder, prefix, promises)
    return bool(hit)


def sweep(stage: Stage, form: str, first: int, stride: int) -> int:
    number = first
    while struck(stage, number, form):
        number += stride
    return number


@pytest.mark.parametrize("form", FORMS)
def test_a_bucket_that_fails_for_a_while_at_some_request_loses_nothing(stage, form):
    assert sweep(stage, form, 1 + FORMS.index(form), 7) > 15


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
def test_a_bucket_that_fails_for_a_while_at_any_request_loses_nothing(stage, form):
    assert sweep(stage, form, 1, 1) > 15


def killed(stage: Stage, number: int, form: str) -> bool:
    """A session in a process that is killed at its request `number`: before it is done, or after and before it hears of it."""
    folder, prefix, promises = stage.copy()
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    count, ready = iter(range(1, 10_000)), threading.Event()

    def fault(*_) -> str:
        ready.wait(10)
        if next(count) != number:
            return ""
        process.kill()
        process.wait()
        return "gone" if form == "before" else "lost"

    stage.proxy.fault = fault
    process = subprocess.Popen(
        [sys.executable, HERE / "bucket_session.py", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    ready.set()
    told, failed = process.communicate(timeout=120)
    assert process.returncode in (0, -9), failed.decode()
    promises.take(told)
    stage.whole(folder, prefix, promises)
    return process.returncode == -9


@pytest.mark.parametrize(("form", "first"), [("before", 4), ("after", 6)])
def test_a_process_that_is_killed_at_some_request_loses_nothing(stage, form, first):
    number, strokes = first, 0
    while killed(stage, number, form):
        number, strokes = number + 6, strokes + 1
    assert strokes >= 2


@pytest.mark.long
@pytest.mark.parametrize("form", ["before", "after"])
def test_a_process_that_is_killed_at_any_request_loses_nothing(stage, form):
    number = 1
    while killed(stage, number, form):
        number += 1
    assert number > 15


def test_a_content_whose_record_was_never_appended_is_an_orphan_and_harms_nobody(stage):
    """The process dies between the content and the commit: the content is there, nobody names it, all goes on."""
    folder, prefix, promises = stage.copy()
    with closing(open_store(folder)) as store:
        name = store.put_blob(b"orphan")
        with pytest.raises(ZeroDivisionError):
            store.append([Incoming(record=sealed_record(77_777))], checkpoint=dies)
    assert f"blobs/{name[:2]}/{name}" in stage.s3.names(prefix)
    stage.whole(folder, prefix, promises)


def dies(size: int, root: bytes) -> bytes:
    raise ZeroDivisionError


def test_no_record_is_acknowledged_whose_content_is_not_there(stage):
    """A content that the bucket did not take is an error before the record that names it can be appended."""
    folder, prefix, _ = stage.copy()
    with closing(open_store(folder)) as store:
        stage.proxy.fault = lambda method, path, _: "503" if method == "PUT" and "/blobs/" in path else ""
        with pytest.raises(StoreError, match="503"):
            store.put_blob(b"content")
        stage.proxy.fault = lambda *_: ""
        assert append(store, [sealed_record(77_778)]) == (255,)
    assert not [name for name in stage.s3.names(prefix) if name.startswith("blobs/")]


def test_two_processes_race_to_publish_and_to_keep_the_same_contents(stage):
    folder, prefix, promises = stage.copy()
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    command = [sys.executable, HERE / "bucket_session.py", folder]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) for _ in range(2)]
    for racer in racers:
        told, failed = racer.communicate(timeout=120)
        assert racer.returncode == 0, failed.decode()
        promises.take(told)
    stage.whole(folder, prefix, promises)


@pytest.fixture(autouse=True)
def _quiet(proxy) -> Iterator[None]:
    yield
    proxy.fault = lambda *_: ""
