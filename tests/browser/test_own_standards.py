"""Declared standards in a browser: what is below, overstated and not met stands in front; telephone and desk, both languages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from demo_stand import CHROMIUM, QUIET, WCAG
from openqi.app.folder import FOLDS
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.app import PageApp
from openqi.store.kinds.local import STOREKIND
from own_standards_stage import CAPACITY, MASS, RECOMMENDED, STANDARD, Declaring
from served_pages import serving

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")


def standards_folder(folder: Path) -> None:
    """Make a ledger folder with a standard in two editions, of which the second was held against results."""
    folder.mkdir(parents=True)
    stage = Declaring(store=STOREKIND.open(folder, origin="log.example/1", folds=FOLDS))
    stage.lot()
    stage.results("2.0100", "2.0099", "1.9899", "2.2")
    first = stage.declare()
    loose = replace(MASS, recommended=replace(RECOMMENDED, unit="g", lower=None, upper="48", grades=()))
    second = stage.declare(replace(CAPACITY, grade="A"), loose, replaces=first.id, valid_until="2026-11-25T00:00:00Z")
    stage.measure(second)
    (folder / "policy.txt").write_bytes(stage.ledger.policy())
    (folder / "ledger.json").write_text('{"format":"openqi-ledger/1","origin":"log.example/1","store":"local"}')
    stage.store.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("standards") / "ledger"
    standards_folder(folder)
    with (
        Reader(folder, clock=lambda: datetime(2026, 11, 30, 2, tzinfo=UTC)) as reader,
        serving(PageApp(reader, None), lifespan="off") as address,
    ):
        yield address


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_what_is_wrong_with_a_declared_standard_stands_in_front(served: str, language: str, width: int):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    with playwright.sync_playwright() as running:
        browser: Any = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{served}/own-standards?lang={language}")
        _fits(axe, page)
        page.get_by_role("link", name="Q/EX 1").click()
        assert STANDARD in page.url.replace("%3A", ":").replace("%2F", "/")
        banner = page.locator(".banner.b-bad").inner_text()
        assert ("低于" if language == "zh" else "below") in banner
        assert ("高报" if language == "zh" else "do not reach") in banner
        assert page.locator("tbody tr").count() == 2
        _fits(axe, page)
        assert page.locator("h2").count() == 1  # the editions
        browser.close()


def _fits(axe: Any, page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.response["violations"] == []
