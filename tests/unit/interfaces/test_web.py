"""The pages on a server: every one in both languages, safe headers, honest words, and a form that opens one case."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from asgi_client import Client
from openqi.app.cases import REPORTS, ledger_desk
from openqi.app.files import unlocked
from openqi.app.folder import ledger_folder
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import ledger_path
from openqi.evidence.commitment import verify_commitment
from openqi.formats.digital_link import mark_name
from openqi.interfaces.web.server import application
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.store.reports import Reports
from unit.interfaces.test_words import NEVER
from web_stage import CELL, CYCLER, LOT, NOT_ISSUED, PACK, PASSPHRASE, PRODUCT, THERMOMETER, copied, marks, operator, workspace

HTML = {"accept": "text/html"}
MARK = urlsplit(NOT_ISSUED)._replace(path="").geturl()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client(application(workspace()), base_url="https://mark.storage-battery.example", headers=HTML) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    with Reader(workspace()) as reader:
        overview = reader.overview()
        certificate, issued = overview.certificates[0].seen.id, overview.marks[0].seen.id
        calibrated, copied = (reader.instrument_page(uri).certificates[0].seen.id for uri in (CYCLER, THERMOMETER))
    mark = urlsplit(marks(workspace())[PACK]).path
    return {
        "overview": "/",
        "mark": mark,
        "tree": f"/tree/{issued}?leaf=3",
        "record": f"/record/{certificate}",
        "calibration": f"/certificate/{calibrated}",
        "transcription": f"/certificate/{copied}",
        "due": "/due",
        "log": "/log",
        "oldest": "/log/1",
        "product": f"/product?uri={PRODUCT}",
        "lot": f"/lot?uri={LOT}",
        "instrument": f"/instrument?uri={CYCLER}",
        "thermometer": f"/instrument?uri={THERMOMETER}",
        "pack": f"/item?uri={PACK}",
        "cell": f"/item?uri={CELL}",
    }


def test_every_page_stands_in_both_languages_and_is_safe_to_show(client: Client, pages: dict[str, str]):
    for name, path in pages.items():
        for language, tag in (("zh", "zh-CN"), ("en", "en")):
            answer = client.get(path, params={**dict(httpx_query(path)), "lang": language})
            assert answer.status_code == 200, name
            html = answer.text
            assert f'<html lang="{tag}">' in html
            assert answer.headers["content-language"] == tag
            assert not NEVER.search(html), name
            assert "<script" not in html
            assert not re.search(r"<[^>]+\sstyle=|<style|\son[a-z]+=", html), name
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            for address in re.findall(r'(?:href|src|action)="([^"]+)"', html):
                assert address.startswith(("/", "#")), (name, address)


def httpx_query(path: str) -> list[tuple[str, str]]:
    query = urlsplit(path).query
    return [tuple(part.split("=", 1)) for part in query.split("&")] if query else []  # type: ignore[misc]


def test_every_link_of_every_page_leads_somewhere(client: Client, pages: dict[str, str]):
    seen: dict[str, int] = {}
    for path in pages.values():
        for address in re.findall(r'(?:href|src)="(/[^"]*)"', client.get(path).text):
            plain = address.replace("&amp;", "&")
            if plain not in seen and "/item?" not in plain:  # there are hundreds of cells, all alike
                seen[plain] = client.get(plain).status_code
    assert len(seen) > 60
    assert {path: status for path, status in seen.items() if status != 200} == {}


def test_the_language_is_chosen_by_the_address_and_else_by_the_browser(client: Client):
    assert 'lang="en"' in client.get("/", headers={"accept-language": "en"}).text
    assert 'href="/log"' in client.get("/", headers={"accept-language": "en"}).text
    chosen = client.get("/?lang=zh", headers={"accept-language": "en"}).text
    assert '<html lang="zh-CN">' in chosen
    assert 'href="/log?lang=zh"' in chosen
    assert '<html lang="zh-CN">' in client.get("/?lang=fr").text


def test_a_mark_says_who_issued_it_how_far_that_was_checked_and_that_the_chain_is_an_example(client: Client, pages: dict[str, str]):
    html = client.get(pages["mark"] + "?lang=en").text
    assert "This mark was issued by Example quality association" in html
    assert "This chain ends at an illustrative certificate, not at the SI." in html
    assert "Nothing is known against it at log size" in html
    assert "This chain reaches the SI" not in html
    assert html.count("Replayed") >= 4
    assert "noindex" in html


def test_a_page_that_is_looked_at_counts_as_a_scan_and_its_head_does_not(client: Client):
    path = urlsplit(list(marks(workspace()).values())[7]).path
    client.head(path)
    assert "Not scanned before" in client.get(f"{path}?lang=en").text
    assert "Scans before this one: 1" in client.get(f"{path}?lang=en").text


def test_a_mark_that_was_not_issued_is_told_so_and_has_no_form(client: Client):
    answer = client.get(urlsplit(NOT_ISSUED).path + "?lang=en")
    assert answer.status_code == 404
    assert "Not issued here" in answer.text
    assert "<form" not in answer.text


def test_programs_get_the_same_mark_as_json(client: Client, pages: dict[str, str]):
    answer = client.get(pages["mark"], headers={"accept": "application/json"})
    assert answer.json()["standing"] == "issued"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/record/xyz", 404),
        (f"/record/{'0' * 64}", 404),
        (f"/tree/{'0' * 64}", 404),
        ("/log/0", 404),
        ("/log/99", 404),
        ("/log/99999999999999999999999", 404),
        ("/lot", 400),
        ("/lot?uri=x", 404),
        (f"/lot?uri={'x' * 3000}", 400),
        ("/item?uri=https://nobody.example/x", 404),
        ("/01/09521234543210/21/X", 400),
        ("/01/1/21/X", 400),
        ("/mark?uri=hello", 400),
        ("/mark", 400),
        ("/chart/lot/9.svg?uri=" + LOT, 404),
        ("/chart/item/0.svg?uri=" + CELL, 404),
        ("/static/words.tsv", 404),
        ("/tile/../ledger.json", 404),
        ("/tile/%2e%2e/ledger.json", 404),
        ("/reported/XXXXX-XXXXX", 404),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(client: Client, path: str, status: int):
    answer = client.get(path + ("&" if "?" in path else "?") + "lang=en")
    assert answer.status_code == status
    assert '<html lang="en">' in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("leaf", ["-1", "x", "1.5", "９", "9" * 30])
def test_a_leaf_that_is_no_number_is_refused(client: Client, pages: dict[str, str], leaf: str):
    assert client.get(pages["tree"].partition("?")[0], params={"leaf": leaf}).status_code == 400


def test_a_leaf_that_is_not_there_is_not_found(client: Client, pages: dict[str, str]):
    assert client.get(pages["tree"].partition("?")[0], params={"leaf": "10"}).status_code == 404
    assert client.get(pages["record"].replace("record", "tree"), params={"leaf": "0"}).status_code == 404


def test_what_stands_in_the_evidence_is_shown_as_text_and_never_as_markup(client: Client):
    answer = client.get("/item", params={"uri": '"><script>alert(1)</script>'})
    assert "<script" not in answer.text


def test_the_log_is_served_as_files_for_mirrors(client: Client):
    with ledger_folder(ledger_path(workspace())).reading() as store:
        note = store.read("checkpoint")
        size = store.size()
        for path in ("checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
            answer = client.get(f"/{path}")
            assert answer.content == store.read(path)
            assert answer.headers["cache-control"] == "no-cache"
    assert note.endswith(b"\n")
    assert client.get("/tile/0/001").status_code == 404
    assert client.get("/healthz").text == f"ok {size}\n"


def test_a_chart_is_an_image_that_may_do_nothing_else(client: Client):
    answer = client.get("/chart/lot/0.svg", params={"uri": LOT})
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.content.startswith(b"<svg")
    assert b"<script" not in answer.content


def test_a_mark_is_found_by_its_address(client: Client, pages: dict[str, str]):
    answer = client.get("/mark", params={"uri": marks(workspace())[PACK], "lang": "en"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{pages['mark']}?lang=en")


def test_a_withdrawn_mark_says_so_first_and_with_the_reason(tmp_path: Path):
    folder = copied(tmp_path)
    with Reader(folder) as reader:
        issued = reader.overview().marks[0].seen.id
    with ledger_folder(ledger_path(folder)).writing(PASSPHRASE) as ledger:
        ledger.perform(Withdraw(record=issued, reason="printed <twice>"), operator(folder))
    with Client(application(folder), headers=HTML) as client:
        html = client.get(urlsplit(marks(folder)[PACK]).path + "?lang=en").text
        assert (
            html.index("This mark was withdrawn") < html.index("printed &lt;twice&gt;") < html.index("Example quality association")
        )
        assert "Nothing is known against it" not in html
        record = client.get(f"/record/{issued}?lang=en").text
        assert "Withdrawn" in record
        assert "printed &lt;twice&gt;" in record


SENT = {"matter": "defect", "text": "It does not charge.\r\nSince yesterday."}
SAME = {"sec-fetch-site": "same-origin"}


def form(client: Client, path: str) -> dict[str, str]:
    """The hidden fields of the form on the page of a mark."""
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', client.get(path).text))


def test_a_report_without_a_key_is_kept_and_said_to_be_not_sealed(tmp_path: Path):
    folder = copied(tmp_path)
    path = urlsplit(marks(folder)[PACK]).path
    with Client(application(folder), headers=HTML) as client:
        hidden = form(client, path)
        first = client.post("/report?lang=en", data={**hidden, **SENT}, headers=SAME)
        again = client.post("/report?lang=en", data={**hidden, **SENT}, headers=SAME)
        assert first.status_code == 200
        assert first.url == again.url
        assert "it is not sealed yet" in first.text
        number = str(first.url.path).rpartition("/")[2]
        assert number in first.text
        other = client.post("/report", data={**form(client, path), **SENT}, headers=SAME)
        assert other.url != first.url
        assert client.get("/api/overview").json()["cases"] == 0
    reports = Reports(ledger_path(folder) / REPORTS)
    kept = reports.by_number(number)
    assert (kept.text, kept.matter, kept.record) == ("It does not charge.\nSince yesterday.", "defect", "")
    assert kept.mark == mark_name(marks(folder)[PACK])
    reports.close()


def test_a_report_with_a_key_opens_one_case_and_the_words_lie_beside_the_log(tmp_path: Path):
    folder = copied(tmp_path)
    ledger, mark = ledger_path(folder), marks(folder)[PACK]
    key = unlocked(ledger / "keys" / "operator.key", PASSPHRASE)
    with (
        ledger_desk(ledger, operator_key=key, passphrase=PASSPHRASE) as desk,
        Client(application(folder, case_desk=desk), headers=HTML) as client,
    ):
        size = client.get("/api/overview").json()["size"]
        hidden = form(client, urlsplit(mark).path)
        answers = [client.post("/report?lang=en", data={**hidden, **SENT}, headers=SAME) for _ in range(3)]
        assert len({str(answer.url) for answer in answers}) == 1
        assert "The case was sealed into the log" in answers[0].text
        told = client.get("/api/overview").json()
        assert (told["size"], told["cases"]) == (size + 1, 1)
        assert "Problem reports about it: 1" in client.get(urlsplit(mark).path + "?lang=en").text
        record = re.search(r"/record/([0-9a-f]{64})", answers[0].text)
        assert record is not None
        body = client.get(f"/api/records/{record[1]}").json()["body"]
    assert (body["mark"], body["channel"], body["receivedBy"]) == (mark_name(mark), "mark-page", operator(folder).party)
    words = "It does not charge.\nSince yesterday."
    with ledger_folder(ledger).reading() as store:
        assert all(b"charge" not in logged.record.jws for logged in store.scan())
    reports = Reports(ledger / REPORTS)
    salt, text = reports.opening(body["report"])
    assert text == words
    verify_commitment(body["report"], {"matter": "defect", "text": words}, salt)
    assert reports.by_number(str(answers[0].url.path).rpartition("/")[2]).text is None
    reports.erase(body["report"])
    with pytest.raises(NotFoundError):
        reports.opening(body["report"])
    reports.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "https://mark.storage-battery.example"},
    ],
)
def test_a_form_that_another_site_sent_is_refused(client: Client, headers: dict[str, str]):
    hidden = form(client, urlsplit(marks(workspace())[PACK]).path)
    assert client.post("/report", data={**hidden, **SENT}, headers=headers).status_code == 403


def test_a_browser_that_only_names_the_origin_is_heard(tmp_path: Path):
    folder = copied(tmp_path)
    with Client(application(folder), headers=HTML, base_url="https://mark.storage-battery.example") as client:
        hidden = form(client, urlsplit(marks(folder)[PACK]).path)
        answer = client.post("/report", data={**hidden, **SENT}, headers={"origin": "https://mark.storage-battery.example"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text": "", "matter": "other"}, 400),
        ({"text": "  \r\n ", "matter": "other"}, 400),
        ({"text": "x" * 2001}, 400),
        ({"text": "好" * 40_000}, 413),
        ({"matter": "nothing"}, 400),
        ({"token": ""}, 400),
        ({"mark": NOT_ISSUED}, 404),
        ({"mark": "hello"}, 400),
        ({"mark": ""}, 400),
    ],
)
def test_a_form_that_is_not_filled_in_comes_back_with_what_was_wrong(tmp_path: Path, changed: dict[str, str], status: int):
    folder = copied(tmp_path)
    with Client(application(folder), headers=HTML) as client:
        hidden = form(client, urlsplit(marks(folder)[PACK]).path)
        answer = client.post("/report?lang=en", data={**hidden, **SENT, **changed}, headers=SAME)
        assert answer.status_code == status
        if status == 400 and "mark" not in changed:
            assert "Choose what it is about" in answer.text


def test_a_long_report_in_chinese_is_taken(tmp_path: Path):
    folder = copied(tmp_path)
    with Client(application(folder), headers=HTML) as client:
        hidden = form(client, urlsplit(marks(folder)[PACK]).path)
        answer = client.post("/report", data={**hidden, "matter": "other", "text": "电" * 2000}, headers=SAME)
        assert answer.status_code == 200


def test_what_is_no_form_is_refused_and_who_sends_too_much_has_to_wait(tmp_path: Path):
    folder = copied(tmp_path)
    with Client(application(folder), headers=HTML) as client:
        assert client.post("/report", json=SENT, headers=SAME).status_code == 413
        hidden = form(client, urlsplit(marks(folder)[PACK]).path)
        found = [client.post("/report", data={**hidden, **SENT, "token": f"{n:032x}"}, headers=SAME).status_code for n in range(8)]
        assert found == [200] * 7 + [429]
        assert client.get("/report").status_code == 405


def test_a_browser_that_goes_away_while_it_sends_is_no_fault_of_the_program(client: Client):
    answered = client.leave("/report", headers={"host": "mark.storage-battery.example", "sec-fetch-site": "same-origin"})
    assert answered[0]["status"] == 400  # and nothing was raised
    assert client.get("/").status_code == 200


def test_what_is_due_tells_of_each_quantity_that_has_a_certificate_and_of_no_calculated_one(client: Client):
    page = client.get("/due", params={"lang": "en"}).text
    rows = re.findall(r"<tr><td data-label.*?</tr>", page)
    assert [row.count("CAL-2026-0117") for row in rows] == [1, 1, 0]
    assert "V-2026-088" in rows[2]
    assert "as the certificate states" in rows[2]
    assert "capacity" not in "".join(rows)
