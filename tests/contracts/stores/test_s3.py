"""What only a bucket can do to a store: it is away, several machines publish into it, it ignores conditions, it is another's."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from builders import ORIGIN, append, checkpointer, policy, sealed_record
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.store.store import Incoming, Store, StoreKind

KINDS = load("openqi.store.kinds", StoreKind)
ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
from pathlib import Path
sys.path[:0] = ["tests", "."]
from builders import ORIGIN, checkpointer, sealed_record
from openqi.store.kinds.postgresql import STOREKIND
from openqi.store.store import Incoming
store = STOREKIND.open(Path(sys.argv[1]), origin=ORIGIN, folds=())
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 15):
    store.append([Incoming(record=sealed_record(number))], checkpoint=checkpointer())
    store.publish()
    store.put_blob(b"%d" % (number // 10))
store.close()
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens stores in a folder whose objects lie under a URL."""
    with ExitStack() as stack:

        def open_store(url: str, folder: str = "store", origin: str = ORIGIN, postgresql: str = "") -> Store:
            place = tmp_path / folder
            place.mkdir(exist_ok=True)
            (place / "objects.url").write_text(url + "\n")
            if postgresql:
                (place / "postgresql.url").write_text(postgresql)
            store = KINDS["postgresql" if postgresql else "local"].open(place, origin=origin, folds=())
            stack.callback(store.close)
            return store

        yield open_store


def published(s3, prefix: str) -> int:
    return parse_checkpoint(parse_note(s3.get(f"{prefix}/log/checkpoint"))).size


def test_nothing_lies_in_the_folder_but_the_ledger(opened, s3, tmp_path):
    prefix = s3.prefix()
    store = opened(s3.url(prefix))
    append(store, *(sealed_record(n) for n in range(257)))
    store.publish()
    name = store.put_blob(b"content")
    assert not (tmp_path / "store" / "log").exists()
    assert not (tmp_path / "store" / "blobs").exists()
    assert set(s3.names(prefix)) == {
        "openqi.json", "log/checkpoint", f"blobs/{name[:2]}/{name}", "log/tile/0/000", "log/tile/0/001.p/1",
        "log/tile/1/000.p/1", "log/tile/entries/000", "log/tile/entries/001.p/1",
    }  # fmt: skip


def test_partial_tiles_go_when_the_full_one_is_there(opened, s3):
    prefix = s3.prefix()
    store = opened(s3.url(prefix))
    for size in (100, 100, 56):
        append(store, *(sealed_record(store.size() + n) for n in range(size)))
        store.publish()
    assert not [name for name in s3.names(prefix) if "000.p" in name and "/1/" not in name]
    assert fsck(store.read, policy=policy(), records=False).findings == ()


def test_machines_that_share_only_database_and_bucket_make_one_log(opened, s3, postgres, tmp_path):
    prefix, database = s3.prefix(), postgres.url()
    opened(s3.url(prefix), "m0", postgresql=database)
    for number in (1, 2, 3):
        (tmp_path / f"m{number}").mkdir()
        for name in ("objects.url", "postgresql.url"):
            (tmp_path / f"m{number}" / name).write_text((tmp_path / "m0" / name).read_text())
    command = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command, str(tmp_path / f"m{n}"), str(100 * n)], cwd=ROOT) for n in (1, 2, 3)]
    assert [writer.wait(200) for writer in writers] == [0, 0, 0]
    store = opened(s3.url(prefix), "m0", postgresql=database)
    assert store.size() == 45 == published(s3, prefix)
    assert fsck(store.read, policy=policy(), records=False).findings == ()
    assert len([name for name in s3.names(prefix) if name.startswith("blobs/")]) == 6


@pytest.mark.parametrize("keeps", [True, False], ids=["keeps conditions", "ignores conditions"])
def test_a_slow_publisher_never_brings_back_an_older_checkpoint(opened, s3, proxy, postgres, keeps):
    """One machine stops before it puts its checkpoint; meanwhile another one publishes further, or waits if it has to."""
    prefix, database = s3.prefix(), postgres.url()
    if not keeps:
        proxy.drop_headers = ("if-match", "if-none-match")
    slow = opened(s3.url(prefix, port=proxy.port), "slow", postgresql=database)
    quick = opened(s3.url(prefix, port=proxy.port), "quick", postgresql=database)
    append(slow, *(sealed_record(n) for n in range(5)))
    slow.publish()
    append(slow, sealed_record(5))
    reached, go_on, sizes = threading.Event(), threading.Event(), []

    def held(method, path, request):
        if method == "PUT" and path.endswith("/log/checkpoint") and not reached.is_set():
            reached.set()
            go_on.wait(20)
        return ""

    proxy.fault = held
    first = threading.Thread(target=slow.publish)
    first.start()
    assert reached.wait(20)
    append(quick, *(sealed_record(n) for n in range(6, 9)))
    second = threading.Thread(target=lambda: (quick.publish(), sizes.append(published(s3, prefix))))
    second.start()
    second.join(20 if keeps else 1)
    assert second.is_alive() is not keeps, "who keeps no conditions has to wait"
    go_on.set()
    first.join(20)
    second.join(20)
    assert sizes == [9]
    assert published(s3, prefix) == 9
    assert fsck(quick.read, policy=policy(), records=False).findings == ()


def test_a_server_that_ignores_conditions_is_found_out_and_still_served(opened, s3, proxy):
    prefix = s3.prefix()
    proxy.drop_headers = ("if-match", "if-none-match")
    store = opened(s3.url(prefix, port=proxy.port))
    assert b'"conditional": false' in s3.get(f"{prefix}/openqi.json")
    for size in (3, 300):
        append(store, *(sealed_record(1000 * size + n) for n in range(size)))
        store.publish()
    name = store.put_blob(b"x")
    assert store.put_blob(b"x") == name
    assert fsck(store.read, policy=policy(), records=False).findings == ()
    assert not [one for one in s3.names(prefix) if "try" in one]
    other = s3.prefix()
    opened(s3.url(other), "other")
    assert b'"conditional": true' in s3.get(f"{other}/openqi.json")


def test_a_server_that_does_not_know_conditions_says_so_once(opened, s3, proxy):
    prefix = s3.prefix()
    proxy.fault = lambda method, path, request: "501" if request.headers.get("if-none-match") else ""
    opened(s3.url(prefix, port=proxy.port))
    assert b'"conditional": false' in s3.get(f"{prefix}/openqi.json")


def test_while_the_bucket_is_away_appends_are_acknowledged_and_published_later(opened, s3, proxy):
    prefix = s3.prefix()
    store = opened(s3.url(prefix, port=proxy.port, more="&timeout=2"))
    append(store, sealed_record(0))
    store.publish()
    proxy.fault = lambda *_: "gone"
    assert append(store, sealed_record(1)).size == 2
    with pytest.raises(StoreError, match="safe to ask the same again"):
        store.publish()
    with pytest.raises(StoreError):
        store.put_blob(b"x")
    with pytest.raises(StoreError):
        store.read("checkpoint")
    with pytest.raises(StoreError):
        store.blob("00" * 32)
    assert not store.answers()
    assert published(s3, prefix) == 1
    proxy.fault = lambda *_: ""
    store.publish()
    assert store.answers()
    assert published(s3, prefix) == 2


def test_a_bucket_that_is_away_is_told_when_a_store_is_opened(opened, s3, proxy):
    url = s3.url(port=proxy.port, more="&timeout=2")
    opened(url).close()
    proxy.fault = lambda *_: "gone"
    with pytest.raises(StoreError, match="broke off"):
        opened(url)


def test_a_file_that_was_changed_in_the_bucket_is_told_and_not_written_over(opened, s3):
    prefix = s3.prefix()
    store = opened(s3.url(prefix))
    append(store, *(sealed_record(n) for n in range(3)))
    s3.put(f"{prefix}/log/tile/0/000.p/3", b"another log's")
    with pytest.raises(StoreError, match="something else than the ledger"):
        store.publish()
    assert s3.get(f"{prefix}/log/checkpoint") is None
    assert s3.get(f"{prefix}/log/tile/0/000.p/3") == b"another log's"
    s3.delete(f"{prefix}/log/tile/0/000.p/3")
    store.publish()
    assert published(s3, prefix) == 3


def test_the_objects_of_another_log_are_refused(opened, s3):
    prefix = s3.prefix()
    opened(s3.url(prefix))
    with pytest.raises(StoreError, match="holds the objects of the log"):
        opened(s3.url(prefix), "other", origin="other.example/log")
    s3.put(f"{prefix}/openqi.json", b"{}")
    with pytest.raises(StoreError, match=r"openqi\.json .* was damaged"):
        opened(s3.url(prefix), "third")


def test_a_ledger_of_the_same_name_but_other_entries_never_publishes_over_a_log(opened, s3, tmp_path):
    prefix = s3.prefix()
    first = opened(s3.url(prefix))
    append(first, sealed_record(0))
    first.publish()
    with pytest.raises(StoreError, match="empty ledger"):
        opened(s3.url(prefix), "twin")
    place = tmp_path / "other"
    with closing(KINDS["local"].open(place, origin=ORIGIN, folds=())) as other:
        append(other, sealed_record(1), sealed_record(2))
    shutil.rmtree(place / "log")
    (place / "objects.url").write_text(s3.url(prefix))
    with pytest.raises(StoreError, match="not those that were published"):
        KINDS["local"].open(place, origin=ORIGIN, folds=())
    assert published(s3, prefix) == 1


def test_a_folder_with_contents_is_not_pointed_at_a_bucket_unseen(opened, s3, tmp_path):
    with closing(KINDS["local"].open(tmp_path / "store", origin=ORIGIN, folds=())) as store:
        name = store.put_blob(b"content")
    with pytest.raises(StoreError, match="has some of its own"):
        opened(s3.url())
    (tmp_path / "store" / "objects.url").unlink()
    with closing(KINDS["local"].open(tmp_path / "store", origin=ORIGIN, folds=())) as store:
        assert store.blob(name) == b"content"


def test_lost_files_are_published_again_and_a_lost_content_is_told(opened, s3):
    prefix = s3.prefix()
    store = opened(s3.url(prefix))
    append(store, *(sealed_record(n) for n in range(300)))
    name = store.put_blob(b"content")
    store.publish()
    before = {path: s3.get(f"{prefix}/{path}") for path in s3.names(prefix) if path.startswith("log/")}
    for path in s3.names(prefix):
        if path != "openqi.json":
            s3.delete(f"{prefix}/{path}")
    store.publish()
    assert {path: s3.get(f"{prefix}/{path}") for path in s3.names(prefix) if path.startswith("log/")} == before
    with pytest.raises(NotFoundError):
        store.blob(name)


@pytest.mark.parametrize("url", ["", "s3://me:wJalrXUtnFEMI@bucket", "https://bucket", "s3://bucket?secret=wJalrXUtnFEMI"])
def test_a_url_that_is_none_is_told_without_its_secret(opened, url):
    with pytest.raises(DomainError) as caught:
        opened(url)
    assert "wJalrXUtnFEMI" not in str(caught.value)


def test_an_append_in_a_group_needs_no_bucket(opened, s3, proxy):
    """The acknowledging commit is the database's: threads that append together never wait for an object."""
    store = opened(s3.url(port=proxy.port, more="&timeout=2"))
    proxy.fault = lambda *_: "silent"
    seen = len(proxy.seen)
    workers = [
        threading.Thread(target=lambda n=n: store.append([Incoming(record=sealed_record(n))], checkpoint=checkpointer()))
        for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert store.size() == 8
    assert len(proxy.seen) == seen
    proxy.fault = lambda *_: ""
