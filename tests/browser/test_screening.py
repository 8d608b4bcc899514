"""The pages of screening in a browser: they fit a telephone, load nothing from elsewhere, lead on, and axe finds no fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo_stand import CHROMIUM, QUIET, WCAG
from openqi.app.screening.results import read_results
from openqi.app.screening.screening import screened
from openqi.interfaces.web.screening.site import Asked, export_screening
from screening_plant import known_plant

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screening")
    names = [
        f"line-{place // 20}/{'名称很长的数据流' * 4 if place == 3 else 'x' * 90 if place == 7 else 'gauge'}-{place}"
        for place in range(120)
    ]
    known_plant(folder, streams=120, readings=160, bad=16, names=names)
    results = read_results(folder / "out")
    asked = Asked(results=results, found=screened(results), target=folder / "site", readings=folder / "in", pages=3)
    export_screening(asked)
    return folder / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


def pages(site: Path, language: str) -> list[Path]:
    return [
        site / "index.html",
        site / language / "index.html",
        site / language / "shift-2.html",
        next((site / language / "stream").iterdir()),
    ]


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_load_nothing_from_elsewhere_and_axe_finds_no_fault(
    site: Path, browser: Any, language: str, width: int, scheme: str
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in pages(site, language):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path.name
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        assert found.response["violations"] == [], path.name
    assert all(url.startswith("file:") for url in asked)
    page.close()


def test_from_the_map_and_the_list_one_comes_to_a_stream_and_back_without_a_script(site: Path, browser: Any):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="English").click()
    page.locator("figure svg a").first.click(force=True)
    assert "/en/stream/" in page.url
    page.get_by_role("link", name="Screening of streams").first.click()
    page.get_by_role("link", name="capability", exact=True).click()
    assert page.url.endswith("/en/capability-1.html#streams")
    page.get_by_role("link", name="after").click()
    assert page.url.endswith("/en/capability-2.html#streams")
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith("/zh/capability-2.html")
    context.close()
