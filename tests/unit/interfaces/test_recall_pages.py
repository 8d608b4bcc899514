"""Pages of recalls: the register finds own and foreign ones and says which is which; one recall, its curve, lines as files."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from asgi_client import Client
from openqi.app.recalls.taking import take
from openqi.interfaces.web.app import PageApp
from recall_pages import recalls_folder, recalls_reader
from recalls_stage import RECALL
from unit.interfaces.test_surveillance_pages import checked


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("recalls") / "ledger"
    recalls_folder(folder).store.close()
    with recalls_reader(folder) as reader, Client(PageApp(reader, None)) as asked:
        yield asked


def page(client: Client, path: str, language: str = "en") -> str:
    found = client.get(path + ("&" if "?" in path else "?") + f"lang={language}")
    assert found.status_code == 200, found.text
    return found.text


def test_the_register_finds_own_and_foreign_recalls_and_says_which_is_which(client: Client):
    own = page(client, f"/recalls?q={quote('充电')}", "zh")
    assert "示例充电器 C-1" in own
    assert "未在此核实" not in own.partition("<table")[2].partition("</table>")[0]
    foreign = page(client, "/recalls?q=titan")
    assert foreign.count("not verified here") >= 2
    assert "24V580000" in foreign
    assert "does not mean that nothing is recalled" in page(client, "/recalls?q=nothing-of-this-name")
    assert page(client, "/recalls?list=nhtsa").count("US NHTSA") >= 3
    assert client.get("/recalls?list=strange").status_code == 400
    assert client.get("/recalls?before=-1").status_code == 400


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_recall_tells_what_to_do_what_was_reached_and_what_its_notice_lacks(client: Client, language: str):
    text = page(client, f"/recall?uri={RECALL}", language)
    said = {
        "zh": ["请立即停止使用", "已召回 583 件", "沿用此前报告", "公告核对"],
        "en": ["Stop using it", "583 units reached", "from an earlier report"],
    }
    for one in said[language]:
        assert one in text
    assert text.count("Q1") == 1
    assert "voluntary" not in text
    ended = page(client, f"/recall?uri={RECALL}0", language)
    assert ("未召回部分" if language == "zh" else "What was not reached") in ended
    assert client.get("/recall?uri=https://nobody.example/recall").status_code == 404
    assert client.get("/recall").status_code == 400


def test_the_curve_is_a_picture_of_its_own(client: Client):
    found = client.get(f"/recall/curve.svg?uri={RECALL}&lang=zh")
    assert found.headers["content-type"] == "image/svg+xml"
    assert "召回完成情况" in found.text
    assert "<script" not in found.text
    assert client.get("/recall/curve.svg?uri=https://nobody.example/recall").status_code == 404


def test_a_recall_of_a_public_list_is_told_as_it_stood_there_with_what_it_said_before(client: Client):
    text = page(client, "/recall/foreign?list=fda&number=a-1")
    assert "is not verified here" in text
    assert "Salmonella and lead" in text
    assert "defect" in text
    cars = page(client, "/recall/foreign?list=nhtsa&number=24V580000")
    assert cars.count("TITAN") == 2
    assert "THE BAG MAY TEAR" in cars
    assert client.get("/recall/foreign?list=nhtsa&number=0").status_code == 404


def test_lines_come_as_files_that_keep_to_their_schema(client: Client):
    schema = client.get("/recalls/lines.schema.json").json()
    told = client.get("/recalls/lines.json").json()
    checked(told, schema)
    with pytest.raises(AssertionError):
        checked({**told, "lines": [{**told["lines"][0], "list": "elsewhere"}]}, schema)
    assert told["count"] == len(told["lines"]) == 7
    assert {one["verified"] for one in told["lines"] if one["list"] == "own"} == {True}
    assert not any(one["verified"] for one in told["lines"] if one["list"] != "own")
    rows = list(csv.reader(io.StringIO(client.get("/recalls/lines.csv?list=nhtsa&lang=en").content.decode("utf-8-sig"))))
    assert (len(rows), rows[0][:2]) == (4, ["list", "verified"])
    assert client.get("/recalls/lines.xml").status_code == 404
    assert json.loads(client.get("/recalls/lines.json?q=moringa").content)["lines"][0]["defect"] == "Salmonella and lead"


def test_a_hostile_text_of_a_list_is_text(tmp_path: Path):
    folder = tmp_path / "ledger"
    stage = recalls_folder(folder)
    stage.clock.wait(hours=1)
    told = {"agency": "FDA", "uid": "<b>", "title": "<script>alert(1)</script>", "recall_reason": "=1+1", "brand_name": "x" * 9000}
    bad = json.dumps([told])
    take(stage.ledger, stage.bureau, layout="fda", data=bad.encode(), taken_at=stage.ledger.now())
    stage.store.close()
    with recalls_reader(folder) as reader, Client(PageApp(reader, None)) as client:
        for path in ("/recalls", "/recall/foreign?list=fda&number=%3Cb%3E"):
            assert "<script>alert" not in client.get(path).text
        assert "'=1+1" in client.get("/recalls/lines.csv").text
