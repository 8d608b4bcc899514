"""Which contents of a station are damaged, missing or named by nobody, in a folder and in a bucket."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from openqi.app.folder import now
from openqi.app.operation.backup import backup
from openqi.app.operation.contents import check_contents
from openqi.app.operation.restore import Place, restore
from openqi.app.station.station import Station, desk_url
from openqi.interfaces.cli.main import openqi
from openqi.kernel.errors import StoreError
from openqi.records import Content, Items, Rows
from openqi.records.governance import RoleGranted
from openqi.records.traceability import EventsCaptured
from station_world import LABORATORY, OPERATOR, PASSPHRASE, world

LOT = "https://maker.example/lot/1"
ROW = b'{"action":"OBSERVE"}'


@dataclass
class Kept:
    """A station with contents: a document and rows that a record names, an attachment, and one that nobody names."""

    folder: Path
    url: str
    names: dict[str, str]
    change: Callable[[str, bytes | None], None]


@pytest.fixture(params=["folder", "bucket"])
def kept(request, tmp_path) -> Kept:
    made = world(tmp_path / "station")
    station, store = made.station, made.station.ledger.store
    names = {name: store.put_blob(name.encode() * 10) for name in ("document", "rows", "unnamed")}
    station.ledger.state(
        RoleGranted(party=OPERATOR, role="traceability-party", valid_from="2026-01-01T00:00:00Z"), station.operator
    )
    rows = Rows(media_type="application/x-ndjson", sha256=names["rows"], size=40)
    document = Content(media_type="text/csv", sha256=names["document"], size=80)
    captured = EventsCaptured(lots=(LOT,), items=Items(count=1, root="00" * 32, rows=rows), document=document)
    station.ledger.state(captured, station.operator)
    station.remarks.attach(made.visitor(LABORATORY), LOT, "a.txt", b"attached", shared=False)
    folder, url, objects = station.folder, desk_url(station.folder, station.settings), station.ledger_path / "blobs"
    names["attached"] = next(path.name for path in objects.glob("??/*") if path.read_bytes().endswith(b"attached"))
    made.station.close()
    if request.param == "folder":

        def change(name: str, content: bytes | None) -> None:
            place = objects / names[name][:2] / names[name]
            place.unlink() if content is None else place.write_bytes(content)

        return Kept(folder, url, names, change)
    s3 = request.getfixturevalue("s3")
    prefix = s3.prefix()
    backup(folder, tmp_path / "archive", desk_url=url, clock=now)
    place = Place(folder=tmp_path / "again", objects=s3.url(prefix))
    restore(tmp_path / "archive", place)
    with Station(place.folder, passphrase=PASSPHRASE) as again:
        url = desk_url(again.folder, again.settings)

    def change_there(name: str, content: bytes | None) -> None:
        path = f"{prefix}/blobs/{names[name][:2]}/{names[name]}"
        s3.delete(path) if content is None else s3.put(path, content)

    return Kept(place.folder, url, names, change_there)


def test_all_that_is_named_is_there_and_what_nobody_names_is_counted(kept):
    found = check_contents(kept.folder, desk_url=kept.url)
    assert (found.kept, found.unnamed, found.damaged, found.missing) == (4, 1, (), ())
    assert found.size == 80 + 40 + 70 + 24


@pytest.mark.parametrize("name", ["document", "rows", "attached"])
def test_a_content_that_is_named_but_gone_is_missing(kept, name):
    kept.change(name, None)
    found = check_contents(kept.folder, desk_url=kept.url)
    assert (found.kept, found.damaged, found.missing) == (3, (), (kept.names[name],))


def test_a_content_that_was_changed_is_damaged_and_the_command_has_a_finding(kept):
    kept.change("document", b"other")
    kept.change("unnamed", b"")
    done = CliRunner().invoke(openqi, ["station", "contents", str(kept.folder), "--json"])
    told = json.loads(done.output)
    assert done.exit_code == 1
    assert set(told["damaged"]) == {kept.names["document"], kept.names["unnamed"]}
    assert (told["kept"], told["missing"]) == (2, [])


def test_a_bucket_that_does_not_answer_is_no_finding_about_contents(s3, proxy, tmp_path):
    made = world(tmp_path / "station")
    made.station.ledger.store.put_blob(b"content")
    url = desk_url(made.station.folder, made.station.settings)
    backup(made.station.folder, tmp_path / "archive", desk_url=url, clock=now)
    made.station.close()
    place = Place(folder=tmp_path / "again", objects=s3.url(port=proxy.port, more="&timeout=2"))
    restore(tmp_path / "archive", place)
    proxy.fault = lambda method, path, _: "503" if "/blobs/" in path else ""
    with pytest.raises(StoreError, match="503"):
        check_contents(place.folder, desk_url=url)
    proxy.fault = lambda *_: ""
