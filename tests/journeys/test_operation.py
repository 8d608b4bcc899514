"""Operating a station: what it tells about itself and to whom, what its journal never holds, how it stops, several processes."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from asgi_client import Client
from openqi.app.examine import log_report
from openqi.app.folder import now
from openqi.app.operation.backup import backup
from openqi.app.operation.restore import Place, restore
from openqi.app.settings import FILE, read_settings
from openqi.app.source import FolderSource
from openqi.app.station.station import desk_url
from openqi.interfaces.web.server import station_application
from served import fields, served, sign_in
from station_world import PASSWORD, URL, world

FORM = {"origin": URL, "sec-fetch-site": "same-origin", "accept-language": "en"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = world(tmp_path / "station")
    made.station.close()
    return tmp_path / "station"


def metric(text: str, name: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_a_station_says_whether_it_lives_is_ready_and_what_it_measures(folder):
    with served(folder) as station, station.client() as client:
        assert client.get("/-/live").text == "live\n"
        ready = client.get("/-/ready")
        assert (ready.status_code, ready.json()) == (
            200,
            {"ready": True, "checks": {"ledger": True, "desk": True, "disk": True, "objects": True}},
        )
        client.get(f"/organisation?who={PASSWORD}")
        client.get("/wp-login.php")
        text = client.get("/-/metrics").text
        assert metric(text, 'openqi_requests_total{method="GET",route="(none)",status="404"}') == 1
        assert metric(text, "openqi_log_unpublished") == 0
        assert metric(text, "openqi_log_entries") > 5
        assert metric(text, "openqi_process_memory_bytes") > 10_000_000
        assert not re.search(r"wp-login|laboratory|Person|seven", text)
        assert client.post("/-/live").status_code == 405
        assert client.get("/-/other").status_code == 404


def test_measurements_are_for_this_machine_alone_or_for_who_bears_the_token(folder):
    with served(folder) as station, station.client() as client:
        for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via"):
            assert client.get("/-/metrics", headers={header: "127.0.0.1"}).status_code == 404
    (folder / "metrics.token").write_text("a token of many letters\n")
    with (folder / FILE).open("a") as file:
        file.write('\n[operation]\nmetrics_token_file = "metrics.token"\n')
    with served(folder) as station, station.client() as client:
        assert client.get("/-/metrics").status_code == 404
        assert client.get("/-/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
        assert client.get("/-/metrics", headers={"authorization": "Bearer a token of many letters"}).status_code == 200


def test_a_station_on_a_full_disk_is_not_ready(folder):
    with (folder / FILE).open("a") as file:
        file.write("\n[operation]\ndisk_free = 1000000000000000000\n")
    with served(folder) as station, station.client() as client:
        ready = client.get("/-/ready")
        assert (ready.status_code, ready.json()["checks"]["disk"]) == (503, False)


SECRET = "hidden-gander-%d"


def test_the_journal_holds_no_secret_name_or_word_of_anybody(folder):
    with served(folder) as station, station.client() as client:
        sign_in(client, SECRET % 0, SECRET % 1)
        sign_in(client)
        session = next(iter(client.cookies.values()))
        form = fields(client, "https://maker.example/item/hidden-gander-2")
        client.post("/do/conformity.result-reported.1", data={name: f"{text} {SECRET % 3}" for name, text in form.items()})
        sealed = client.post("/do/conformity.result-reported.1", data=form)
        assert sealed.status_code == 200, sealed.text
        paths = ("/organisation", "/mark", "/record/hidden-gander-4", "/hidden-gander-5", "/invitation/hidden-gander-6")
        for path in paths:
            client.get(path, params={"q": SECRET % 7, "uri": SECRET % 8}, headers={"x-more": SECRET % 9})
            client.post(path, data={"password": SECRET % 10, "csrf": form["csrf"]})
        client.get("/api/me", headers={"authorization": f"Bearer oqi_{SECRET % 11}"})
        client.post("/api/acts", content=SECRET % 12, headers={"authorization": f"Bearer {SECRET % 13}"})
        told = client.get("/hidden-gander-14").text
    text = station.errors.read_text()
    assert len(station.journal()) > 15
    for word in ("gander", PASSWORD, session, form["csrf"], form["token"], "laboratory", "Person", "maker.example"):
        assert word not in text, word
    names = {line["request"] for line in station.journal() if "request" in line}
    shown = re.search(r"<code>([0-9a-f]{16})</code>", told)
    assert shown is not None
    assert shown[1] in names, "the number on the page of an error finds its line"
    accounts = {line["account"] for line in station.journal() if "account" in line}
    assert len(accounts) == 1
    assert re.fullmatch("[0-9a-f]{12}", accounts.pop())


def test_told_to_stop_a_station_answers_what_is_under_way_and_publishes_it(folder):
    with served(folder) as station, station.client() as client:
        sign_in(client)
        form = fields(client, "https://maker.example/item/1")
        body = urlencode(form).encode()

        def slowly() -> Iterator[bytes]:
            yield body[:20]
            time.sleep(0.3)  # the beginning of the request has come in
            station.process.send_signal(signal.SIGTERM)
            time.sleep(0.7)
            yield body[20:]

        head = {"content-length": str(len(body)), "content-type": "application/x-www-form-urlencoded"}
        answer = client.post("/do/conformity.result-reported.1", content=slowly(), headers=head, follow_redirects=False)
        assert answer.status_code in (200, 303), answer.text
        assert station.process.wait(30) in (0, -signal.SIGTERM)
        assert answer.headers["location"].startswith("/do/") or "/record/" in answer.text
    published = (folder / "ledger/log/checkpoint").read_text().split("\n")
    report = log_report(folder / "ledger")
    assert (report.findings, int(published[1])) == ((), report.size)


def test_a_form_that_is_too_large_is_refused_before_it_is_read(folder):
    with Client(station_application(folder), base_url=URL, headers=FORM) as client:
        answer = client.post("/sign-in", data={"login": "laboratory", "password": "x" * 2_000_000, "next": ""})
        assert answer.status_code == 400
        assert "at most 2000000 bytes" in answer.text


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long), "postgresql and a bucket"])
def shared_folder(request, folder, tmp_path) -> Path:
    """A station in each kind of database, and with its objects in a bucket."""
    if request.param == "sqlite":
        return folder
    server = request.getfixturevalue("postgres")
    objects = request.getfixturevalue("s3").url() if "bucket" in request.param else None
    kept, place = tmp_path / "kept", Place(folder=tmp_path / "server", postgresql=server.url(), desk=server.url(), objects=objects)
    backup(folder, kept, desk_url=desk_url(folder, read_settings(folder)), clock=now, passphrase=True)
    restore(kept, place)
    return place.folder


def test_several_processes_serve_one_ledger_and_measure_together(shared_folder):
    folder = shared_folder
    with served(folder, "--workers", "3") as station:
        took: list[str] = []
        failed: list[str] = []

        def work(number: int) -> None:
            with station.client() as client:
                sign_in(client)
                for turn in range(4):
                    form = fields(client, f"https://maker.example/item/{number}-{turn}")
                    answer = client.post("/do/conformity.result-reported.1", data=form)
                    (took if answer.status_code == 200 and "/record/" in answer.text else failed).append(answer.text[:3000])

        workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert failed == []
        assert len(took) == 16
        with station.client() as client:
            assert client.get("/checkpoint").status_code == 200
            counts = [metric(client.get("/-/metrics").text, "openqi_requests_total") for _ in range(6)]
        assert min(counts) == max(counts) >= 16 * 2, "every process tells the sum of all"
    published = FolderSource(folder / "ledger").read("checkpoint")  # before anything else opens the ledger
    report = log_report(folder / "ledger")
    assert report.findings == ()
    assert int(published.decode().split("\n")[1]) == report.size >= 16
    assert not [line for line in station.journal() if line["level"] == "error"]
