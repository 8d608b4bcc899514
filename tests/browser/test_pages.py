"""Every page in a browser without scripts, on a phone and a desk, in both languages: it fits, it is whole, one can walk it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from openqi.app.cases import ledger_desk
from openqi.app.files import unlocked
from openqi.app.reading.reader import Reader
from openqi.app.workspace.build import ledger_path
from openqi.interfaces.web.server import application
from openqi.interfaces.web.site import export_site
from served_pages import serving
from web_stage import CELL, CYCLER, LOT, NOT_ISSUED, PACK, PASSPHRASE, PRODUCT, THERMOMETER, copied, marks, quick_keys

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZES = {"phone": (360, 740), "desk": (1280, 900)}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server with the operator's key at hand, on a free port."""
    with quick_keys():
        key = unlocked(ledger_path(folder) / "keys" / "operator.key", PASSPHRASE)
        with (
            ledger_desk(ledger_path(folder), operator_key=key, passphrase=PASSPHRASE) as desk,
            serving(application(folder, case_desk=desk)) as address,
        ):
            yield address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


class Sheet:
    """A page without scripts that notes everything that goes wrong."""

    def __init__(self, browser, *, size: str = "desk", language: str = "en-GB", home: str = "") -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=False, locale=language)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url} ({request.failure})"))
        self.page.on("request", lambda request: request.url.startswith(home) or self.wrong.append(f"elsewhere: {request.url}"))
        self.page.on("response", lambda answer: answer.status < 400 or self.wrong.append(f"{answer.status}: {answer.url}"))

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="load")

    def fits(self) -> bool:
        wide, there = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return bool(wide <= there)


def paths(folder: Path) -> list[str]:
    with Reader(folder) as reader:
        overview = reader.overview()
        certificate, issued = overview.certificates[0].seen.id, overview.marks[0].seen.id
        requirement = overview.certificates[0].requirements[0].record
    mark = urlsplit(marks(folder)[PACK]).path
    subjects = [
        ("product", PRODUCT),
        ("lot", LOT),
        ("instrument", CYCLER),
        ("instrument", THERMOMETER),
        ("item", PACK),
        ("item", CELL),
    ]
    return [
        "/", mark, f"/tree/{issued}?leaf=0", f"/record/{certificate}", f"/record/{requirement}", "/log", "/log/1",
        *(f"/{what}?uri={uri}" for what, uri in subjects),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "size"),
    [
        ("zh-CN", "phone"),
        ("en-GB", "desk"),
        pytest.param("zh-CN", "desk", marks=pytest.mark.long),
        pytest.param("en-GB", "phone", marks=pytest.mark.long),
    ],
)
def test_every_page_fits_and_is_whole_without_scripts(browser, address: str, folder: Path, language: str, size: str):
    sheet = Sheet(browser, size=size, language=language, home=address)
    for path in paths(folder):
        sheet.open(address + path)
        assert sheet.page.locator("html").get_attribute("lang") == language.removesuffix("-GB")
        sheet.page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
        assert sheet.fits(), path
        assert sheet.page.locator("h1").count() == 1, path
        assert all(image.evaluate("image => image.complete && image.naturalWidth > 0") for image in loaded(sheet)), path
        assert sheet.wrong == [], path
    sheet.context.close()


def loaded(sheet: Sheet) -> list:
    """The pictures of a page, each brought into sight, since some are fetched only then."""
    found = sheet.page.locator("img").all()
    for image in found:
        image.scroll_into_view_if_needed()
    if found:
        sheet.page.wait_for_load_state("networkidle")
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_mark_that_was_not_issued_and_an_error_fit_too(browser, address: str, size: str):
    sheet = Sheet(browser, size=size, home=address)
    for path in (urlsplit(NOT_ISSUED).path, f"/record/{'0' * 64}", "/nothing"):
        sheet.open(address + path)
        assert sheet.fits()
        assert sheet.page.locator("h1").inner_text() in ("Not issued here", "Not found")
    sheet.context.close()


def test_one_can_walk_from_the_mark_to_the_end_of_the_chain_by_clicking(browser, address: str, folder: Path):
    sheet = Sheet(browser, size="phone", home=address)
    page = sheet.page
    sheet.open(address + urlsplit(marks(folder)[PACK]).path)
    page.get_by_role("link", name="See the whole tree of evidence").click()
    assert page.locator("h1").inner_text() == "Tree of evidence"
    page.locator("summary", has_text="Rests on 4").first.click()
    page.get_by_role("link", name="CAL-2026-0117").first.click()
    assert "Calibration certificate" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Battery cycler 3").first.click()
    assert page.locator("h1").inner_text().startswith("Battery cycler 3")
    page.get_by_role("link", name="Lot A of March 2026 (simulated)").first.click()
    page.get_by_role("link", name="EX-2026-001").first.click()
    page.get_by_role("link", name="Marks issued").first.click()
    assert "Marks issued" in page.locator("h1").inner_text()
    assert sheet.wrong == []
    sheet.context.close()


def test_the_language_is_switched_by_one_click_and_kept(browser, address: str):
    sheet = Sheet(browser, language="en-GB", home=address)
    page = sheet.page
    sheet.open(f"{address}/lot?uri={LOT}")
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("h1").inner_text() == "2026 年 3 月 A 批（模拟）"
    page.get_by_role("link", name="概览").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert sheet.wrong == []
    sheet.context.close()


def test_the_keyboard_finds_the_content_first(browser, address: str):
    sheet = Sheet(browser, home=address)
    sheet.open(address)
    sheet.page.keyboard.press("Tab")
    focused = sheet.page.locator(":focus")
    assert focused.inner_text() == "Skip to the content"
    box = focused.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    sheet.context.close()


def test_a_problem_is_reported_by_form_and_opens_one_case(browser, address: str, folder: Path):
    sheet = Sheet(browser, size="phone", home=address)
    page = sheet.page
    sheet.open(address + urlsplit(marks(folder)[PACK]).path)
    page.locator("summary", has_text="Report a problem").click()
    page.get_by_label("It is faulty or failed").check()
    page.get_by_label("More about it").fill("It does not charge.")
    page.get_by_role("button", name="Send").first.dblclick()
    for _ in range(600):  # not wait_for_url: it ends with the navigation that the second click gives up
        if "/reported/" in page.url:
            break
        page.wait_for_timeout(50)
    assert "/reported/" in page.url
    first = page.locator("h1").inner_text()
    assert "The case was sealed into the log" in page.locator("main").inner_text()
    page.reload()
    assert page.locator("h1").inner_text() == first
    page.get_by_role("link", name="See the record of the case").click()
    assert "Case opened" in page.locator("h1").inner_text()
    # The second click of a double click gives up the request of the first, where that is still under way: no fault.
    assert [wrong for wrong in sheet.wrong if wrong != f"failed: {address}/report (net::ERR_ABORTED)"] == []
    sheet.open(address + urlsplit(marks(folder)[PACK]).path)
    assert "Problem reports about it: 1" in page.locator("main").inner_text()
    sheet.context.close()


@pytest.mark.long
def test_the_exported_pages_work_from_a_folder_without_any_server(browser, folder: Path, tmp_path: Path):
    site = tmp_path / "any where" / "site"
    export_site(folder, site)
    sheet = Sheet(browser, size="phone", home="file://")
    page = sheet.page
    sheet.open((site / "index.html").as_uri())
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Lot A of March 2026 (simulated)").first.click()
    assert sheet.fits()
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 0") for image in loaded(sheet))
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    sheet.open((site / urlsplit(marks(folder)[PACK]).path.lstrip("/") / "en.html").as_uri())
    page.get_by_role("link", name="See the whole tree of evidence").click()
    assert page.locator("h1").inner_text() == "Tree of evidence"
    assert sheet.wrong == []
    sheet.context.close()
