"""The inbox and a task in a browser: on a phone and wide, in both languages, without script, without faults for axe."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from openqi.interfaces.web.server import station_application
from openqi.kernel.instant import format_instant
from openqi.pillars.governance.clocks import PauseClock
from openqi.pillars.governance.tasks import AskTask
from openqi.records import Names
from served_pages import serving
from station_world import LABORATORY, PASSWORD, World, world

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: work was not seen by a browser")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: work was not seen by a browser")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def asked(made: World) -> str:
    """Two tasks of the laboratory, one of which stands still; its id."""
    ledger, operator, now = made.station.ledger, made.station.operator, made.station.ledger._clock()
    told = {"party": LABORATORY, "subject": "https://maker.example/cell/7", "act": "conformity.result-reported/1"}
    due = format_instant(now + timedelta(days=3))
    _, second = (
        ledger.perform(AskTask(**told, due=due, asks=Names(zh=zh, en=en)), operator)[0].id
        for zh, en in (("请检验此件", "Test this cell"), ("请复测此件", "Test this cell again"))
    )
    time.sleep(1.1)  # so that its clock has run
    ledger.perform(PauseClock(task=second, reason=Names(zh="等待样品", en="waits for samples")), operator)
    return second


def test_inbox_and_task_fit_every_width_in_both_languages_and_axe_finds_no_fault(tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    made = world(tmp_path / "station")
    task = asked(made)
    made.station.close()
    wrong: list[str] = []
    with serving(station_application(tmp_path / "station")) as address, playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        context = browser.new_context(base_url=address, bypass_csp=True)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto("/sign-in")
        page.fill("input[name=login]", "laboratory")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/home")
        for width, language in ((360, "zh"), (360, "en"), (1280, "zh")):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("/home", "/inbox", "/inbox?view=paused", f"/tasks/{task}", "/do/governance.ask-task.1"):
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
                wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
                assert wide <= there, (path, width, language)
                if width == 360:
                    faults = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
                    assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in faults] == [], (path, language)
        browser.close()
    assert wrong == []


def test_from_the_inbox_a_phone_without_script_comes_to_the_form_of_what_is_asked(tmp_path):
    made = world(tmp_path / "station")
    asked(made)
    made.station.close()
    with serving(station_application(tmp_path / "station")) as address, playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        size = {"width": 360, "height": 740}
        page = browser.new_context(base_url=address, java_script_enabled=False, viewport=size, locale="zh-CN").new_page()
        page.goto("/inbox")
        page.fill("input[name=login]", "laboratory")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/inbox*")
        page.get_by_role("link", name="Test this cell").first.click()
        page.get_by_role("link", name="Report a result").first.click()
        assert page.input_value("#item") == "https://maker.example/cell/7"
        browser.close()
