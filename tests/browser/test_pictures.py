"""Pictures in a browser: still without a script and on paper, alive under the station's policy, which is nowhere weaker for it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from demo_stand import CHROMIUM, QUIET, WCAG, Stand, stand
from web_stage import CYCLER

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pictures were not seen by a browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine: pictures were not seen by a browser"
)
WATCH = """() => { window.refused = []; document.addEventListener('securitypolicyviolation',
  event => window.refused.push(event.violatedDirective + ' ' + event.blockedURI)); }"""
POINTS = ".live .mark-symbol path"


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("pictures")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


def address(station: Stand, instrument: str, language: str) -> str:
    return f"{station.address}/picture/instrument/0?uri={quote(instrument, safe=':/')}&lang={language}"


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_a_picture_becomes_alive_and_nothing_is_refused_by_the_policy(station: Stand, browser: Any, language: str, width: int):
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(f"({WATCH})()")
    answer = page.goto(address(station, CYCLER, language))
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    figure = page.locator("figure.picture").first
    assert figure.locator("> svg").bounding_box()["width"] > 300
    assert page.locator("script[src*='vega']").count() == 0  # nobody has looked closer yet
    figure.hover()
    page.wait_for_selector("figure[data-alive=yes]", timeout=30_000)
    assert figure.locator(POINTS).count() == 4  # the points of the current that the example's certificate states
    figure.locator(POINTS).first.hover()
    assert " ± " in figure.locator(".tip").inner_text()
    assert figure.locator("> svg").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert (page.evaluate("window.refused"), said) == ([], [])
    page.emulate_media(media="print")
    assert figure.locator("> svg").is_visible()
    assert figure.locator(".live").is_hidden()
    page.close()


def test_without_scripts_the_still_picture_says_the_same(station: Stand, browser: Any):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address(station, CYCLER, "zh"))
    figure = page.locator("figure.picture")
    figure.hover()
    assert figure.locator("> svg").is_visible()
    page.get_by_role("link", name="返回").click()
    assert page.locator("figure.picture img").first.evaluate("one => one.naturalWidth") > 300
    page.get_by_role("link", name="细看图形").first.click()
    assert page.locator("figure.picture > svg").is_visible()
    context.close()


def test_pages_of_evidence_stay_without_any_script(station: Stand, browser: Any):
    page = browser.new_page()
    answer = page.goto(f"{station.address}/instrument?uri={CYCLER}")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert page.locator("script").count() == 0
    page.close()


def test_axe_finds_no_fault_in_a_picture_that_is_still_and_in_one_that_is_alive(station: Stand, browser: Any):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address(station, CYCLER, "en"))
    for state in ("still", "alive"):
        if state == "alive":
            page.locator("figure.picture").first.hover()
            page.wait_for_selector("figure[data-alive=yes]", timeout=30_000)
        found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == [], state
    page.close()
