"""Backup and restore: what comes back is what was there at one instant, in either database; what was damaged does not."""

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from openqi.app.examine import log_report
from openqi.app.folder import LOG_KEY, now
from openqi.app.operation.archive import MANIFEST, Archive
from openqi.app.operation.backup import backup
from openqi.app.operation.restore import Place, known_checkpoint, moved, restore
from openqi.app.operation.upgrade import upgrade
from openqi.app.settings import read_settings
from openqi.app.station.station import Station, desk_url
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, StoreError, VerificationError
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.store.desk.people import ACCOUNTS, KEYS, MEMBERSHIPS
from openqi.store.desk.tables import desk_tables
from station_world import LABORATORY, PASSPHRASE, World, world


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("operation") / "station")
    made.blob = made.station.ledger.store.put_blob(b"a certificate")
    yield made
    made.station.close()


def kept(station: Station, archive: Path, **more) -> Path:
    backup(station.folder, archive, desk_url=desk_url(station.folder, station.settings), clock=now, **more)
    return archive


@pytest.fixture(scope="module")
def archive(shared, tmp_path_factory) -> Path:
    return kept(shared.station, tmp_path_factory.mktemp("kept") / "a.backup")


def same(one: Station, other: Station, upto: int) -> None:
    """Two stations have the same log, and the same people."""
    assert [entry.record.id for entry in one.ledger.store.scan(0, upto)] == [
        entry.record.id for entry in other.ledger.store.scan(0)
    ]
    for table in (ACCOUNTS, MEMBERSHIPS, KEYS):
        asked = select(table).order_by(*table.primary_key.columns)
        with one.desk.reading() as first, other.desk.reading() as second:
            assert first.execute(asked).all() == second.execute(asked).all()


def test_what_comes_back_is_what_was_there_and_goes_on(shared, archive, tmp_path):
    made = restore(archive, Place(folder=tmp_path / "again"))
    assert made.left_out == ("passphrase",)
    assert not (tmp_path / "again" / "passphrase").exists()
    with Station(tmp_path / "again", passphrase=PASSPHRASE, clock=shared.clock) as again:
        same(shared.station, again, made.size)
        assert again.ledger.store.blob(shared.blob) == b"a certificate"
        again.ledger.state(PartyRegistered(party="https://new.example", name=Names(en="New")), again.operator)
        assert again.ledger.store.size() == made.size + 1
        assert again.people.visitor(again.people.sessions.sign_in("laboratory", "seven wild geese over water", "127.0.0.1"))
    assert log_report(tmp_path / "again" / "ledger").findings == ()


def test_from_sqlite_to_postgresql_and_back(shared, archive, tmp_path, postgres):
    ledger, desk = postgres.url(), postgres.url()
    made = restore(archive, Place(folder=tmp_path / "server", postgresql=ledger, desk=desk))
    with Station(tmp_path / "server", passphrase=PASSPHRASE, clock=shared.clock) as server:
        same(shared.station, server, made.size)
        server.people.members.invite(LABORATORY, manages=False, by="test")
        back = kept(server, tmp_path / "back.backup")
    done = restore(back, Place(folder=tmp_path / "folder"))
    with Station(tmp_path / "folder", passphrase=PASSPHRASE, clock=shared.clock) as folder:
        same(shared.station, folder, done.size)
        assert (done.size, done.checkpoint) == (made.size, made.checkpoint)
    with pytest.raises(StoreError, match="not empty"):
        restore(archive, Place(folder=tmp_path / "twice", postgresql=ledger, desk=postgres.url()))
    assert not (tmp_path / "twice").exists()


def hammered(station: Station, archive: Path) -> list[str]:
    """Take a backup while two threads append; return the ids that were acknowledged before it began."""
    stop, begun = threading.Event(), threading.Event()
    acknowledged: list[str] = []

    def append(start: int) -> None:
        for number in range(start, start + 100_000):
            if stop.is_set():
                return
            body = PartyRegistered(party=f"https://p{number}.example", name=Names(en=f"P{number}"))
            acknowledged.append(station.ledger.state(body, station.operator).id)
            if len(acknowledged) > 10:
                begun.set()

    writers = [threading.Thread(target=append, args=(start,)) for start in (0, 1_000_000)]
    for writer in writers:
        writer.start()
    assert begun.wait(60)
    before = list(acknowledged)
    kept(station, archive)
    stop.set()
    for writer in writers:
        writer.join()
    assert len(acknowledged) > len(before), "nothing was written meanwhile"
    return before


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_a_backup_under_way_while_others_write_is_of_one_instant(where, tmp_path, request):
    own = world(tmp_path / "station")
    if where == "postgresql":
        server = request.getfixturevalue("postgres")
        first = kept(own.station, tmp_path / "first")
        own.station.close()
        restore(first, Place(folder=tmp_path / "server", postgresql=server.url(), desk=server.url()))
        own.station = Station(tmp_path / "server", passphrase=PASSPHRASE, clock=own.clock)
    with own.station as station:
        before = hammered(station, tmp_path / "busy")
    made = restore(tmp_path / "busy", Place(folder=tmp_path / "again"))
    with Station(tmp_path / "again", passphrase=PASSPHRASE) as again:
        assert set(before) <= {entry.record.id for entry in again.ledger.store.scan(0)}
        assert parse_checkpoint(parse_note(again.ledger.store.checkpoint())).size == made.size == again.ledger.store.size()
    published = parse_checkpoint(parse_note((tmp_path / "again/ledger/log/checkpoint").read_bytes()))
    assert published.size == made.size


def test_every_table_of_the_desk_is_in_a_backup(shared):
    with shared.station.desk.reading() as connection:
        there = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert there == {table.name for table in desk_tables()}


def test_an_archive_holds_no_open_secret_unless_asked(shared, archive, tmp_path):
    assert PASSPHRASE.encode() not in archive.read_bytes()
    whole = kept(shared.station, tmp_path / "whole", passphrase=True)
    assert PASSPHRASE.encode() in whole.read_bytes()
    restore(whole, Place(folder=tmp_path / "again"))
    Station(tmp_path / "again").close()
    assert (tmp_path / "again" / "ledger" / LOG_KEY).stat().st_mode & 0o077 == 0


def test_two_backups_of_one_state_have_the_same_members_in_the_same_order(shared, archive, tmp_path):
    with Archive(archive) as one, Archive(kept(shared.station, tmp_path / "b")) as other:
        assert one.manifest.members == other.manifest.members


def test_nothing_is_overwritten(shared, archive, tmp_path):
    with pytest.raises(RefusedError, match="not overwritten"):
        kept(shared.station, archive)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RefusedError, match="not an empty folder"):
        restore(archive, Place(folder=tmp_path))
    with pytest.raises(NotFoundError, match="no folder"):
        kept(shared.station, tmp_path / "none" / "a")


def changed(
    archive: Path, to: Path, change: Callable[[str, bytes], bytes | None], more: tuple[tuple[str, bytes], ...] = ()
) -> Path:
    """An archive whose members were changed, with a manifest that was mended to fit."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(to, "w") as target:
        manifest = json.loads(source.read(MANIFEST))
        members = []
        for name, content in [*((name, source.read(name)) for name in source.namelist()[:-1]), *more]:
            new = change(name, content)
            if new is not None:
                target.writestr(name, new)
                members.append({"path": name, "size": len(new), "sha256": sha256(new).hexdigest()})
        target.writestr(MANIFEST, json.dumps(manifest | {"members": members}))
    return to


def test_a_byte_that_changed_is_found_before_anything_is_made(archive, tmp_path):
    data = bytearray(archive.read_bytes())
    at = data.index(b"laboratory.example")
    data[at] ^= 1
    (tmp_path / "bad").write_bytes(data)
    with pytest.raises(FormatError):
        restore(tmp_path / "bad", Place(folder=tmp_path / "again"))
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


@pytest.mark.parametrize("length", [0, 10, 1000, -1, -100])
def test_an_archive_that_broke_off_is_none(archive, tmp_path, length):
    (tmp_path / "bad").write_bytes(archive.read_bytes()[:length])
    with pytest.raises(FormatError):
        restore(tmp_path / "bad", Place(folder=tmp_path / "again"))


@pytest.mark.parametrize(
    "path", ["../out", "/etc/x", "ledger/../../x", "ledger/.hidden", "ledger/keys/other.key", "a\\b", "ledger//x"]
)
def test_a_member_never_leaves_the_folder(archive, tmp_path, path):
    bad = changed(archive, tmp_path / "bad", lambda name, content: content, ((path, b"x"),))
    with pytest.raises(FormatError, match="member"):
        restore(bad, Place(folder=tmp_path / "again"))
    assert [one.name for one in tmp_path.iterdir()] == ["bad"]


def test_a_log_that_was_changed_in_the_archive_is_not_restored(archive, tmp_path):
    def shorter(name: str, content: bytes) -> bytes:
        return b"".join(content.splitlines(keepends=True)[:-1]) if name == "ledger/tables/node.jsonl" else content

    def other(name: str, content: bytes) -> bytes:
        if name != "ledger/tables/entry.jsonl":
            return content
        rows = content.splitlines(keepends=True)
        return b"".join([*rows[:-1], rows[-1].replace(b'"sealed":false', b'"sealed":true')])

    bad = changed(archive, tmp_path / "bad", other)
    with pytest.raises((VerificationError, StoreError)):
        restore(bad, Place(folder=tmp_path / "again"))
    assert not (tmp_path / "again").exists()
    restore(changed(archive, tmp_path / "fine", shorter), Place(folder=tmp_path / "again"))  # a small log has no tile row above


def test_an_old_backup_does_not_fork_a_log_that_others_have_seen_further(shared, archive, tmp_path):
    station = shared.station
    station.ledger.state(PartyRegistered(party="https://later.example", name=Names(en="Later")), station.operator)
    (tmp_path / "seen").write_bytes(station.ledger.store.checkpoint())
    seen = known_checkpoint(tmp_path / "seen")
    with pytest.raises(RefusedError) as caught:
        restore(archive, Place(folder=tmp_path / "again"), known=seen)
    assert caught.value.rule == "log-behind"
    fresh = kept(station, tmp_path / "fresh")
    assert restore(fresh, Place(folder=tmp_path / "again"), known=seen).size == seen.size


def test_settings_move_and_comments_stay():
    stated = '# mine\nurl = "https://a.example"\nledger = "../x" # there\ndesk="sqlite:///d"\n\n[mail]\nsender = "desk = 1"\n'
    text = moved(stated, ledger="ledger", desk="postgresql://a@b/c")
    assert "# mine" in text
    assert 'desk = "postgresql://a@b/c"' in text
    assert '"desk = 1"' in text
    with pytest.raises(FormatError, match="one line each"):
        moved('url = "https://a.example"\nledger = """\nx"""\n', ledger="ledger", desk="d")


def test_an_upgrade_keeps_a_backup_and_can_be_asked_again(tmp_path):
    own = world(tmp_path / "station")
    own.station.close()
    url = desk_url(tmp_path / "station", read_settings(tmp_path / "station"))
    done = upgrade(tmp_path / "station", desk_url=url, clock=own.clock)
    assert done.before == done.after
    assert done.archive is not None
    restore(done.archive, Place(folder=tmp_path / "again"))
    again = upgrade(tmp_path / "station", desk_url=url, clock=own.clock, keep=False)
    assert (again.archive, again.size) == (None, done.size)
