"""Pages of control plans: what they show of the piston rings, in both languages, on a server, in a folder and to programs."""

import csv
import json
import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path

import pytest

from asgi_client import Client
from control_workspace import put_rings
from openqi.app.reading.control.page import control_page
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import build
from openqi.evidence import keyfile
from openqi.interfaces.web.server import application
from openqi.interfaces.web.site import export_site
from unit.interfaces.cli_world import PASSPHRASE

PLAN, GAUGE = "https://maker.example/plan/rings", "https://maker.example/gauge/7"
PAGE = f"/control-plan?uri={PLAN}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(keyfile._COST, "n", 16)
        made = put_rings(tmp_path_factory.mktemp("rings") / "rings")
        build(made, passphrase=lambda _: PASSPHRASE)
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with Client(application(folder), base_url="https://mark.maker.example") as opened:
        yield opened


def read(client: Client, address: str, language: str) -> str:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
    assert answer.status_code == 200, answer.text[:500]
    assert "<script" not in answer.text
    assert " style=" not in re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", answer.text, flags=re.S))))


TOLD = {
    "zh": (
        "1 已确认的报警", "1 已否定的报警", "1 待处置的报警", "之前 已复算", "74.0143 74.0168",
        "先前的 3 个报警中，2 个按新限仍报警",
        "没有封存", "刀具磨损 T-3",
        "更换刀具", "计划所要求的 Cpk 因此不予给出", "平均每 216.70 个点误报一次", "连续 9 点在中心线同一侧",
        "检查刀具", "确认该报警的记录",
    ),
    "en": (
        "1 confirmed alarms", "1 refuted alarms", "1 open alarms", "Before Replayed", "74.0143 74.0168",
        "2 of the 3 earlier alarms would still be raised", "sealed nowhere", "The tool was worn T-3", "Tool changed",
        "So Cpk, which the plan wants, is not stated", "one false alarm in 216.70 points", "9 in a row on one side",
        "Check the tool", "the record that confirms its alarm",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TOLD)
def test_the_page_of_a_plan_shows_limits_alarms_and_capability_before_and_after(client: Client, language: str):
    text = read(client, PAGE, language)
    for wanted in TOLD[language]:
        assert wanted in text, wanted


def test_pictures_have_a_name_and_every_point_stands_in_a_table_with_its_rules(client: Client):
    html = client.get(f"{PAGE}&lang=en").text
    pictures = re.findall(r'<svg role="img" aria-label="([^"]*)"', html)
    assert len(pictures) == 5  # wide, small, before, after, histogram
    assert all(pictures)
    table = html[html.index("control-plan/points.csv") - 40_000 : html.index("control-plan/points.csv")]
    rows = re.findall(r'<tr><td class="num">(\d+)</td>.*?</tr>', table, flags=re.S)
    assert rows == [str(number) for number in range(1, 41)]


def test_the_list_the_overview_and_the_instrument_lead_to_the_plan(client: Client):
    for address in ("/", "/control-plans", f"/instrument?uri={GAUGE}"):
        html = client.get(address, headers={"accept-language": "en"}).text
        assert f'href="/control-plan?uri={PLAN}"' in html, address
        assert "1 open" in html
    assert "Not stated: not stable" in read(client, "/control-plans", "en")


def test_points_as_a_file_are_the_sealed_ones(client: Client):
    answer = client.get(f"/control-plan/points.csv?uri={PLAN}")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    told = client.get(f"/control-plan/points.json?uri={PLAN}").json()
    assert len(rows) == len(told["points"]) == 40
    assert [(row["group"], row["mean:rules"], row["alarm"]) for row in rows if row["alarm"]] == [
        ("37", "1", "confirmed"), ("38", "1", "open"), ("39", "1", "refuted"),
    ]  # fmt: skip
    assert [row["mean"] for row in rows] == [one["values"]["mean"] for one in told["points"]]
    assert client.get(f"/control-plan/points.xlsx?uri={PLAN}").status_code == 404


@pytest.mark.parametrize("address", ["/control-plan", "/control-plan?uri=", f"{PAGE}&below=x"])
def test_a_question_that_is_none_is_refused(client: Client, address: str):
    assert client.get(address).status_code == 400


def test_a_plan_that_is_not_here_is_not_found(client: Client):
    assert client.get("/control-plan?uri=https://maker.example/plan/other").status_code == 404
    assert client.get("/control-plans?after=x").status_code == 400


def test_records_of_process_control_are_told_in_plain_words(client: Client, folder: Path):
    records = client.get(f"/control-plan/points.json?uri={PLAN}").json()["points"]
    chart = read(client, f"/record/{records[-1]['evaluation']}", "en")
    assert "15 points from 2026-02-01 02:00 UTC to 2026-02-01 16:00 UTC were judged on a frozen baseline; 3 of them alarm" in chart
    base = read(client, f"/record/{records[-1]['baseline']}", "zh")
    assert "由 2026-01-31 01:00 UTC 至 2026-02-01 01:00 UTC 的 25 个点中的 25 个得出" in base
    with Reader(folder) as reader:
        alarms = control_page(reader.context(), PLAN).alarms.alarms
    told = read(client, f"/record/{alarms[2].assessment.id}", "en")
    assert "The point at 2026-02-01 13:00 UTC, row 11 from 0, breaks: mean 1." in told
    assert "The next baseline may leave this point out by this record." in told


def test_programs_are_told_the_same(client: Client):
    (line,) = client.get("/api/control-plans").json()["plans"]
    assert line["totals"] == {"points": 40, "alarms": 3, "open": 1, "confirmed": 1, "refuted": 1}
    assert (line["capability"], line["chart"], line["unit"]) == ("not-stated", "xbar-r", "mm")
    found = client.get("/api/control-plan", params={"uri": PLAN}).json()
    assert (found["earlier"], found["standing"], found["panels"]) == (3, 2, ["mean", "range"])
    assert [one["point"]["alarm"] for one in found["alarms"]] == ["refuted", "open", "confirmed"]
    assert found["baseline"]["leftOut"] == [found["alarms"][2]["assessment"]["id"]]
    assert (found["before"]["used"], found["baseline"]["used"]) == (25, 39)
    assert found["capability"]["notStated"] == ["Cpk"]
    assert {one["name"]: one["reached"] for one in found["capability"]["indices"]}["Ppk"] == "open"


def test_a_folder_of_files_has_the_same_pages_and_its_links_lead_somewhere(folder: Path, tmp_path: Path):
    export_site(folder, tmp_path / "site")
    (page,) = (tmp_path / "site/zh/control-plan").iterdir()
    html = page.read_text(encoding="utf-8")
    assert "先前的 3 个报警中" in html
    for listing in ("zh/index.html", "zh/control-plans.html"):
        assert f"control-plan/{page.name}" in (tmp_path / "site" / listing).read_text(encoding="utf-8")
    for path in (page, tmp_path / "site/en/control-plans.html"):
        for link in re.findall(r'href="([^"#?:]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / link).is_file(), (path, link)
    points = json.loads((tmp_path / f"site/control-plan/{page.stem}.json").read_bytes())
    assert len(points["points"]) == 40
