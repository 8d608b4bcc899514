"""Board, inspected object and lists in a browser: they fit a telephone and a desk, axe finds no fault, no script is needed."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo_stand import CHROMIUM, QUIET, WCAG
from inspections_world import Market
from market_pages import market_folder, market_reader
from openqi.interfaces.web.app import PageApp
from served_pages import serving

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Market]]:
    """A market's pages on a free port."""
    folder = tmp_path_factory.mktemp("market") / "ledger"
    market = market_folder(folder, 60, draws=5, each=14)
    market.store.close()
    with market_reader(folder) as reader, serving(PageApp(reader, None), lifespan="off") as address:
        yield address, market


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


def named(market: Market) -> str:
    """An object with something to correct."""
    return next(name for one in market.draws for name, record in one.visits.items() if "correctBy" in record.body)


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh", 360, "light"), ("en", 1280, "dark"), ("en", 360, "dark")])
def test_pages_fit_and_axe_finds_no_fault(served: tuple[str, Market], browser: Any, language: str, width: int, scheme: str):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    home, market = served
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", f"/objects?name={named(market)}", "/objects", "/visits?outcome=conforming", "/draws", "/changes"):
        page.goto(f"{home}/surveillance{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        assert found.response["violations"] == [], path
    assert all(url.startswith(home) for url in asked)
    page.close()


def test_from_the_board_one_comes_to_an_object_to_its_record_and_back_without_a_script(served: tuple[str, Market], browser: Any):
    home, market = served
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{home}/surveillance?lang=en")
    page.locator("#due table a").filter(has_text="9144060").first.click()
    assert "/surveillance/objects?name=" in page.url
    page.get_by_role("link", name="report", exact=True).first.click()
    assert "/record/" in page.url
    page.goto(f"{home}/surveillance?lang=en")
    page.locator("#name").fill(market.draws[0].names[0])
    page.get_by_role("button", name="Look up").click()
    assert page.locator("h1").inner_text() == market.draws[0].names[0]
    assert page.locator("section.stood").count() == sum(market.draws[0].names[0] in one.names for one in market.draws)
    page.get_by_role("link", name="中文").click()
    assert page.locator("section.stood").count()
    context.close()
