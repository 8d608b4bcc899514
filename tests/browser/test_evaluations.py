"""An uncertainty is evaluated in a browser: on a phone without script, out of a model file, and without faults for axe."""

import re
from pathlib import Path

import pytest

from browser.test_acts import CHROMIUM, WCAG, browser, page_of, served, web
from openqi.app.reading.records import record_page
from openqi.interfaces.web import pages
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.pages import Pages
from openqi.records.evaluations import UncertaintyEvaluated
from unit.app.reading.test_evaluations import Nobody
from unit.interfaces.station.test_evaluations import MODEL
from unit.interfaces.test_paper_budget import World
from web_stage import context_of

__all__ = ["browser", "web"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: nothing was looked at")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_model_file_is_previewed_as_a_budget_and_sealed_without_script_on_a_phone(browser, web, tmp_path, language):
    (tmp_path / "power.yaml").write_text(MODEL)
    with served(web) as address:
        page = page_of(browser, web, address, script=False, size=(360, 740), language=language)
        page.goto("/do/metrology.evaluate-uncertainty.1")
        page.fill("#evaluation", "https://laboratory.example/evaluation/1")
        page.set_input_files("#_model", str(tmp_path / "power.yaml"))
        with page.expect_navigation():
            page.click("button[value=fill]")
        assert page.input_value('[name="inputs.1.halfWidth"]') == "0.2"
        with page.expect_navigation():
            page.press("#evaluation", "Enter")
        wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= there
        assert page.locator(".result").inner_text().startswith("P = (45.00 ± 0.32)")
        assert page.locator("table.budget tbody tr").count() == 2
        with page.expect_navigation():
            page.click("button[value=seal]")
    assert [one.record.kind for one in web.world.stage.store.scan()][-1] == UncertaintyEvaluated.KIND


def test_axe_finds_no_fault_in_a_budget(browser, web, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    (tmp_path / "power.yaml").write_text(MODEL)
    with served(web) as address:
        page = page_of(browser, web, address, script=True)
        page.goto("/do/metrology.evaluate-uncertainty.1")
        page.fill("#evaluation", "https://laboratory.example/evaluation/1")
        page.set_input_files("#_model", str(tmp_path / "power.yaml"))
        page.click("button[value=fill]")
        page.click("button.main, button[value=preview]:not(.hidden)")
        page.locator("table.budget").wait_for()
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_an_evaluation_and_the_budgets_of_a_certificate_fit_on_paper_and_on_a_telephone(browser):
    world = World(trials=2000)
    style = (Path(pages.__file__).parent / "static" / "style.css").read_text()
    shown = {
        "certificate": lambda at: Pages(Nobody()).certificate(world.page(), at),
        "record": lambda at: Pages(Nobody()).record(record_page(context_of(world.store), world.found.id, None), at),
    }
    over = {}
    for name, make in shown.items():
        for language in ("zh", "en"):
            html = re.sub(r"<link[^>]*stylesheet[^>]*>", lambda _: f"<style>{style}</style>", make(NoLinks(language=language)))
            for media, width in (("print", 688), ("screen", 360), ("screen", 1280)):
                page = browser.new_page(viewport={"width": width, "height": 800})
                page.emulate_media(media=media)
                page.set_content(html)
                over[name, language, width] = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                page.close()
    assert set(over.values()) == {0}, over
