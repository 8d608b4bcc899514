"""A station whose objects lie in a bucket: kept whole, restored into a bucket or a folder, upgraded, checked, mirrored."""

from contextlib import closing
from pathlib import Path

import pytest

from openqi.app.examine import log_report
from openqi.app.folder import now
from openqi.app.lookup import log_head, log_proof
from openqi.app.mirror import mirror
from openqi.app.operation.backup import backup
from openqi.app.operation.health import Health
from openqi.app.operation.restore import Place, restore
from openqi.app.operation.upgrade import upgrade
from openqi.app.people.members import Newcomer
from openqi.app.settings import read_settings
from openqi.app.source import log_source
from openqi.app.station.found import NewStation, found_station
from openqi.app.station.station import Station, desk_url
from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from s3_server import KEY, SECRET
from station_world import OPERATOR, PASSPHRASE, PASSWORD, URL, Clock


def founded(folder: Path, objects: str, *, postgresql: str | None = None) -> Station:
    new = NewStation(
        url=URL, name=Names(zh="测试站", en="Test station"), origin="station.example/log", operator=OPERATOR, passphrase=PASSPHRASE,
        objects=objects, postgresql=postgresql,
    )  # fmt: skip
    first = Newcomer(login="olga", name="Olga Operator", password=PASSWORD, language="en")
    return found_station(folder, new, first, clock=Clock())


def registered(station: Station, number: int) -> None:
    station.ledger.state(PartyRegistered(party=f"https://p{number}.example", name=Names(en=f"P{number}")), station.operator)


@pytest.fixture
def station(s3, tmp_path):
    with closing(founded(tmp_path / "station", s3.url())) as made:
        registered(made, 1)
        made.ledger.store.publish()
        yield made


def kept(station: Station, archive: Path, **more) -> Path:
    backup(station.folder, archive, desk_url=desk_url(station.folder, station.settings), clock=now, **more)
    return archive


def test_a_station_is_kept_whole_and_comes_back_in_a_bucket_or_a_folder(station, s3, tmp_path):
    store = station.ledger.store
    contents = [b"", b"a certificate", b"x" * 9_000_000]
    names = [store.put_blob(content) for content in contents]
    gone = store.put_blob(b"erased")
    store.erase_blob(gone)
    archive, prefix = kept(station, tmp_path / "archive"), s3.prefix()
    places = [Place(folder=tmp_path / "bucket", objects=s3.url(prefix)), Place(folder=tmp_path / "folder")]
    for place in places:
        assert restore(archive, place).size == store.size()
        with closing(Station(place.folder, passphrase=PASSPHRASE, clock=Clock())) as again:
            other = again.ledger.store
            assert [other.blob(name) for name in names] == contents
            with pytest.raises(NotFoundError):
                other.blob(gone)
            assert [one.record.id for one in other.scan()] == [one.record.id for one in store.scan()]
            registered(again, 2)
            other.publish()
            assert other.read("checkpoint") == other.checkpoint()
        assert log_report(place.folder / "ledger").findings == ()
    assert {f"blobs/{name[:2]}/{name}" for name in names} <= set(s3.names(prefix))
    assert not (tmp_path / "bucket" / "ledger" / "blobs").exists()
    assert (tmp_path / "folder" / "ledger" / "blobs").is_dir()
    with pytest.raises(StoreError, match="not empty"):
        restore(archive, Place(folder=tmp_path / "twice", objects=s3.url(prefix)))
    assert not (tmp_path / "twice").exists()


def test_a_station_in_a_folder_moves_into_a_bucket_and_one_archive_is_as_the_other(s3, tmp_path, station):
    station.ledger.store.put_blob(b"a certificate")
    first = kept(station, tmp_path / "first")
    restore(first, Place(folder=tmp_path / "folder"))
    with closing(Station(tmp_path / "folder", passphrase=PASSPHRASE, clock=Clock())) as other:
        second = kept(other, tmp_path / "second")
    made = restore(second, Place(folder=tmp_path / "again", objects=s3.url()))
    with closing(Station(tmp_path / "again", passphrase=PASSPHRASE, clock=Clock())) as again:
        third = kept(again, tmp_path / "third")
    members = [restore(one, Place(folder=tmp_path / f"of-{one.name}")).members for one in (second, third)]
    held = [[member for member in found if not member.path.startswith("desk/")] for found in members]
    assert held[0] == held[1]
    assert made.size == station.ledger.store.size()


def test_a_content_that_was_damaged_in_the_bucket_is_told_by_the_backup_that_finds_it(s3, tmp_path):
    prefix = s3.prefix()
    with closing(founded(tmp_path / "station", s3.url(prefix))) as station:
        name = station.ledger.store.put_blob(b"a certificate")
        s3.put(f"{prefix}/blobs/{name[:2]}/{name}", b"something else")
        with pytest.raises(StoreError, match=f"{name} .* was damaged"):
            kept(station, tmp_path / "archive")
        assert not (tmp_path / "archive").exists()
        station.ledger.store.put_blob(b"a certificate")
        kept(station, tmp_path / "archive")


def test_neither_an_archive_nor_the_folder_holds_a_secret_of_the_bucket(station, tmp_path):
    kept(station, tmp_path / "archive", passphrase=True)
    for path in [tmp_path / "archive", *(one for one in station.folder.rglob("*") if one.is_file())]:
        assert SECRET.encode() not in path.read_bytes(), path
        assert KEY.encode() not in path.read_bytes(), path


def test_the_log_is_checked_proved_and_mirrored_as_one_in_a_folder(station, tmp_path):
    ledger = station.ledger_path
    report = log_report(ledger)
    assert (report.findings, report.size) == ((), station.ledger.store.size())
    assert log_head(ledger).checkpoint.size == report.size
    record = next(station.ledger.store.scan(1, 2)).record.id
    assert log_proof(ledger, record).index == 1
    done = mirror(log_source(str(ledger)), tmp_path / "mirror")
    assert (done.finding, done.offered.size) == (None, report.size)
    assert log_report(tmp_path / "mirror").findings == ()


def test_a_tile_that_was_changed_in_the_bucket_is_a_finding(s3, tmp_path):
    prefix = s3.prefix()
    with closing(founded(tmp_path / "station", s3.url(prefix))) as station:
        registered(station, 1)
        station.ledger.store.publish()
        size = station.ledger.store.size()
        path = f"{prefix}/log/tile/0/000.p/{size}"
        s3.put(path, bytes(len(s3.get(path))))
        assert log_report(station.ledger_path).findings


def test_an_upgrade_keeps_a_backup_that_can_be_restored(station, s3, tmp_path):
    name = station.ledger.store.put_blob(b"a certificate")
    station.close()
    url = desk_url(station.folder, read_settings(station.folder))
    done = upgrade(station.folder, desk_url=url, clock=Clock())
    assert done.archive is not None
    restore(done.archive, Place(folder=tmp_path / "again", objects=s3.url()))
    with closing(Station(tmp_path / "again", passphrase=PASSPHRASE)) as again:
        assert again.ledger.store.blob(name) == b"a certificate"


def test_health_says_whether_the_bucket_answers(s3, proxy, tmp_path):
    with closing(founded(tmp_path / "station", s3.url(port=proxy.port, more="&timeout=2"))) as station:
        health = Health(station.ledger.store, station.desk, station.ledger_path, station.settings.operation, station.clock)
        assert {check.name: check.holds for check in health.checks()}["objects"]
        proxy.fault = lambda *_: "gone"
        assert {check.name for check in health.checks() if not check.holds} == {"objects"}
        proxy.fault = lambda *_: ""


def test_a_station_is_not_founded_where_objects_are_or_on_a_url_that_is_none(station, s3, tmp_path):
    taken = (station.ledger_path / "objects.url").read_text().strip()
    with pytest.raises(StoreError, match="not empty"):
        founded(tmp_path / "other", taken)
    with pytest.raises(DomainError, match="names no bucket"):
        founded(tmp_path / "third", "https://bucket")


def test_ledger_in_postgresql_and_objects_in_a_bucket(s3, postgres, tmp_path):
    with closing(founded(tmp_path / "station", s3.url(), postgresql=postgres.url())) as station:
        name = station.ledger.store.put_blob(b"a certificate")
        archive = kept(station, tmp_path / "archive")
        held = {path.name for path in station.ledger_path.rglob("*") if path.is_file()}
    assert held.isdisjoint({"ledger.sqlite", "checkpoint"})
    restore(archive, Place(folder=tmp_path / "again", postgresql=postgres.url(), desk=postgres.url(), objects=s3.url()))
    with closing(Station(tmp_path / "again", passphrase=PASSPHRASE, clock=Clock())) as again:
        assert again.ledger.store.blob(name) == b"a certificate"
    assert log_report(tmp_path / "again" / "ledger").findings == ()
