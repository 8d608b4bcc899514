"""A buyer's phone in headless Chromium: three taps to report, a photo, a typed code, one mark as a file without a network, axe."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from browser.test_pages import CHROMIUM, QUIET, served
from demo_stand import WCAG
from openqi.app.cases import REPORTS
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import ledger_path
from openqi.interfaces.web.buyer.offline import mark_file
from openqi.interfaces.web.pages import Pages
from openqi.store.reports import Reports
from photo_files import PLACE, photo_with_place
from web_stage import PACK, copied, marks

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("buyer"))


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


def opened(browser: Any, *, scripts: bool = False, language: str = "zh-CN", size: dict[str, int] = PHONE, **more: Any) -> Any:
    """A page of a browser of its own."""
    return browser.new_context(viewport=size, java_script_enabled=scripts, locale=language, **more).new_page()


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_the_first_screen_of_a_phone_answers_and_three_taps_report(browser, address: str, folder: Path):
    page = opened(browser)
    page.goto(address + urlsplit(marks(folder)[PACK]).path)
    for told in ("该标识由示例质量协会签发", "证书 EX-2026-001", "没有任何不利记录"):
        box = page.get_by_text(told).first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], told
    page.locator("#report summary").click()
    page.locator(".matter").nth(1).click()
    page.locator(".report button").first.click()
    assert re.search(r"/reported/[0-9A-Z]{5}-[0-9A-Z]{5}$", page.url)
    assert "7 个工作日" in page.locator("main").inner_text()
    assert fits(page)
    page.context.close()


def test_a_photo_goes_with_the_form_without_scripts_and_its_place_stays_behind(browser, address: str, folder: Path):
    page = opened(browser, language="en-GB", user_agent="another telephone")
    page.goto(address + urlsplit(marks(folder)[PACK]).path)
    page.locator("#report summary").click()
    page.locator(".matter").first.click()
    sent = {"name": "holiday.png", "mimeType": "image/png", "buffer": photo_with_place("JPEG")}
    page.locator("#photo").set_input_files(sent)
    page.locator(".report button").last.click()
    page.get_by_role("link", name="See the record of the case").click()
    assert "Case opened" in page.locator("h1").inner_text()
    record = page.url.partition("/record/")[2][:64]
    page.context.close()
    with Reader(folder) as reader:
        committed = str(reader.store.logged(record).record.body["report"])
    reports = Reports(ledger_path(folder) / REPORTS)
    media, data = reports.photo(committed)
    reports.close()
    assert (media, PLACE.encode() in data) == ("image/jpeg", False)


def test_a_photo_that_is_none_comes_back_with_what_to_do(browser, address: str, folder: Path):
    page = opened(browser, user_agent="a third telephone")
    page.goto(address + urlsplit(marks(folder)[PACK]).path)
    page.locator("#report summary").click()
    page.locator(".matter").nth(2).click()
    sent = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"\x00\x00\x00\x18ftypheic" + bytes(50)}
    page.locator("#photo").set_input_files(sent)
    page.locator(".report button").last.click()
    assert "兼容性最佳" in page.locator("#problem").inner_text()
    assert page.locator(".matter input").nth(2).is_checked()
    assert fits(page)
    page.context.close()


def test_a_typed_code_needs_no_script_and_the_camera_shows_only_where_the_browser_reads_codes(browser, address: str, folder: Path):
    mark = marks(folder)[PACK]
    page = opened(browser)
    page.goto(address + "/check")
    page.locator("#code").fill(mark.rpartition("/")[2].lower())
    page.locator("#gtin").fill(mark.split("/")[4])
    page.locator("#check button").click()
    assert urlsplit(page.url).path == urlsplit(mark).path
    page.context.close()
    page = opened(browser, scripts=True)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(address + "/check")
    known = page.evaluate("'BarcodeDetector' in window ? BarcodeDetector.getSupportedFormats() : []")
    assert page.locator("#by-picture").is_visible() == bool({"qr_code", "data_matrix"} & {*known})
    assert wrong == []
    page.context.close()


@pytest.fixture(scope="module")
def saved(folder: Path) -> bytes:
    with Reader(folder) as reader:
        return mark_file(reader, Pages(reader.steady()), marks(folder)[PACK], "en")


def checked(browser: Any, page_file: Path) -> tuple[str, list[str]]:
    """What a file says of its own check, without a network; and what went wrong."""
    page, wrong = opened(browser, scripts=True, offline=True), []
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(page_file.as_uri())
    told = page.locator("#checked").inner_text()
    assert fits(page)
    page.context.close()
    return told, wrong


def test_a_saved_mark_is_checked_without_a_network(browser, saved: bytes, tmp_path: Path):
    file = tmp_path / "mark.html"
    file.write_bytes(saved)
    told, wrong = checked(browser, file)
    assert "the record is in the log" in told
    assert "log.storage-battery.example" in told
    assert "Not checked here" in told
    assert wrong == []


def test_a_saved_mark_that_was_changed_anywhere_in_its_proof_fails(browser, saved: bytes, tmp_path: Path):
    begin = saved.index(b";base64,") + 8
    end = saved.index(b'"', begin)
    plain = base64.b64decode(saved[begin:end])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        target = re.search(rb'"target":"([0-9a-f]{64})"', archive.read("manifest.json"))
        assert target is not None
        names = {"item.json": b'"leaf":0', f"records/{target[1].decode()}": b".", "checkpoints/0": b"\n", "policy.txt": b"+"}
        places = [plain.index(archive.read(name)) + archive.read(name).index(sign) + 1 for name, sign in names.items()]
    file = tmp_path / "mark.html"
    for at in places:
        changed = bytearray(plain)
        changed[at] ^= 0x01
        file.write_bytes(saved[:begin] + base64.b64encode(changed) + saved[end:])
        told, wrong = checked(browser, file)
        assert "The check fails" in told, at
        assert "the record is in the log" not in told
        assert wrong == []
    other = saved.replace(b'data-mark="https://mark.storage-battery.example/01/', b'data-mark="https://mark.elsewhere.example/01/')
    file.write_bytes(other)
    assert "the proof is of another mark" in checked(browser, file)[0]


@pytest.mark.parametrize(("language", "size"), [("zh-CN", PHONE), ("en-GB", DESK)])
def test_axe_finds_no_fault_and_pages_fit(browser, address: str, folder: Path, saved: bytes, tmp_path: Path, language: str, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    file = tmp_path / "mark.html"
    file.write_bytes(saved)
    mark = address + urlsplit(marks(folder)[PACK]).path
    page = opened(browser, scripts=True, language=language, size=size, bypass_csp=True)
    for url in (mark, f"{address}/check?code={'O' * 20}", f"{address}/reported", f"{address}/reported?number=x", file.as_uri()):
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert fits(page), url
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], url
    page.context.close()
