"""Scans at a station: who scans chooses what is kept, who watches sees what they show, and what is forgotten is gone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo_stand import Stand, stands
from openqi.app.scans.kept import SCAN_LOG
from openqi.formats.digital_link import mark_hash
from openqi.store.scan_log import ScanLog
from unit.interfaces.cli_world import answer, openqi

TOWNS = "name,latitude,longitude,reach,market\n北京,39.90,116.41,80,CN\n上海,31.23,121.47,80,CN\n"
SETTINGS = """
[scans]
places = "towns.csv"
honest = "honest.csv"
place_header = "x-town"
days = 30
[operation]
proxies = ["127.0.0.1"]
"""


def prepared(folder: Path) -> str:
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    (folder / "honest.csv").write_text("moves,serials\n0,99900\n1,100\n", encoding="utf-8")
    return SETTINGS


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with stands(tmp_path, prepared) as another:
        yield another("one")


def browser(stand: Stand, **cookies: str) -> httpx.Client:
    return httpx.Client(base_url=stand.address, cookies=cookies, trust_env=False, follow_redirects=True)


@contextmanager
def signed_in(stand: Stand, role: str) -> Iterator[httpx.Client]:
    with browser(stand) as client:
        client.post("/demo", data={"account": stand.accounts[role]}, headers={"origin": stand.address})
        yield client


def log_of(stand: Stand) -> ScanLog:
    with stand.opened() as station:
        return ScanLog(station.reader.ledger / SCAN_LOG)


def kept(stand: Stand, count: int) -> list[Any]:
    """The kept scans, when so many have been written: within seconds."""
    from time import sleep

    log = log_of(stand)
    for _ in range(100):
        found = [*log.rows()]
        if len(found) == count:
            break
        sleep(0.1)
    log.close()
    return found


def scan(stand: Stand, *, town: str, device: str = "", page: bool = False) -> None:
    cookies = {"openqi-device": device} if device else {}
    headers = {"accept": "text/html" if page else "application/json", "x-town": ""} | ({"x-town": town} if town else {})
    with browser(stand, **cookies) as client:
        head = [(name.encode(), text.encode()) for name, text in headers.items() if text]
        assert client.get(stand.mark, headers=head).status_code == 200


def test_a_scan_is_kept_by_the_word_of_the_proxy_or_by_the_choice_of_the_buyer(stand: Stand):
    scan(stand, town="北京", device="A" * 22)
    scan(stand, town="上海", device="A" * 22, page=True)
    scan(stand, town="", device="A" * 22)  # nobody says where: only counted
    scan(stand, town="Atlantis", device="A" * 22)
    with browser(stand) as client:
        page = client.get("/marks/scans?lang=en").text
        assert "a mark was scanned on which day" in page and "erased after 30 days" in page
        sent = client.post("/marks/scans?lang=en", data={"place": "上海", "device": "yes"}, headers={"origin": stand.address})
        assert "Saved." in sent.text and "<option selected>上海" in sent.text.replace('selected=""', "selected")
        assert len(client.cookies["openqi-device"]) == 22
        client.get(stand.mark, headers={"accept": "application/json"})
    found = kept(stand, 3)
    assert len({one.device for one in found}) == 2 and all(one.at % 60 == 0 for one in found)
    names = log_of(stand).named_places()
    assert [names[one.place] for one in found] == ["北京", "上海", "上海"]


def test_a_buyer_forgets_their_device_and_others_cannot(stand: Stand):
    scan(stand, town="北京", device="A" * 22)
    scan(stand, town="北京", device="B" * 22)
    kept(stand, 2)
    with browser(stand, **{"openqi-device": "A" * 22}) as client:
        assert client.post("/marks/scans", data={"forget": "yes"}, headers={"origin": "https://evil.example"}).status_code == 400
        assert client.post("/marks/scans", data={"place": "Atlantis"}, headers={"origin": stand.address}).status_code == 400
        assert client.post("/marks/scans", content=b"x" * 5000, headers={"origin": stand.address}).status_code == 400
        assert len(kept(stand, 2)) == 2
        gone = client.post("/marks/scans", data={"forget": "yes"}, headers={"origin": stand.address}, follow_redirects=False)
        assert re.search('openqi-device="".*Max-Age=0.*openqi-place="".*Max-Age=0', ", ".join(gone.headers.get_list("set-cookie")))
    assert len(kept(stand, 1)) == 1


def two_labels(stand: Stand) -> None:
    """What two labels in two towns look like: fourteen days, two devices a town, every day in the other one."""
    for day in range(14):
        for device in ("A", "B"):
            scan(stand, town="北京" if day % 2 else "上海", device=(device if day % 2 else device * 2)[0] * 21 + str(day % 2))
        stand.clock.at += timedelta(days=1)
    scan(stand, town="北京", device="C" * 22)
    stand.clock.at += timedelta(minutes=10)
    scan(stand, town="上海", device="D" * 22)


def test_the_regulator_sees_what_scans_show_and_the_issuer_of_its_own_and_nobody_else_does(stand: Stand):
    two_labels(stand)
    assert len(kept(stand, 30)) == 30
    with signed_in(stand, "regulator") as client:
        page = client.get("/marks/signals?lang=en")
        assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
        text = page.text
        assert "scans: 30, marks: 1" in text and ">named<" in text
        assert "at least 2 labels" in text and "no finding about any goods" in text
        assert not re.search(r"\b(fake|genuine|counterfeit)\b", text, re.IGNORECASE)
        assert "扫码信号" in client.get("/marks/signals?lang=zh").text
    with signed_in(stand, "bank") as client:
        assert client.get("/marks/signals").status_code == 403
    with browser(stand) as client:
        answered = client.get("/marks/signals", follow_redirects=False)
        assert answered.status_code == 303 and answered.headers["location"].startswith("/sign-in")


def test_what_is_kept_is_shown_scored_and_forgotten_by_command(stand: Stand, tmp_path: Path):
    two_labels(stand)
    kept(stand, 30)
    with stand.opened() as station:
        ledger = station.reader.ledger
        base = station.reader.bases[0]
    shown = answer("mark", "scan", "kept", ledger)
    assert (shown["scans"], shown["marks"], shown["places"]) == (30, 1, 2)
    towns, honest = stand.folder / "towns.csv", stand.folder / "honest.csv"
    found = openqi("mark", "scan", "score", ledger, "--places", towns, "--honest", honest, "--json")
    assert found.status == 1 and found.data["named"] == 1
    (told,) = found.data["told"]
    assert told["moves"] >= 6 and told["labels"] == 2 and len(told["apart"]) == 2
    assert openqi("mark", "scan", "score", ledger, "--places", towns, "--market", "CN").status == 2
    assert openqi("mark", "scan", "forget", ledger).status == 2
    gone = answer("mark", "scan", "forget", ledger, "--before", "2026-11-27")
    assert gone["forgotten"] > 0
    assert answer("mark", "scan", "forget", ledger, "--mark", base + stand.mark)["forgotten"] == 30 - gone["forgotten"]
    assert mark_hash(base + stand.mark) not in (ledger / SCAN_LOG).read_bytes()
    assert openqi("mark", "scan", "score", ledger, "--places", towns).status == 2
    scan(stand, town="北京", device="E" * 22)  # the station has the file open all the time, and goes on
    assert len(kept(stand, 1)) == 1
