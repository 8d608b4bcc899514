"""The form of an act in a browser: by keyboard without script on a phone, saved by itself with script, without faults for axe."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.routing import Route

from acts_web import StationWeb
from openqi.interfaces.web import words
from served_pages import serving
from stage import RESULT

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: forms were not seen by a browser")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: forms were not seen by a browser")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STATIC = {"style.css": "text/css", "icon.svg": "image/svg+xml", "acts.js": "text/javascript"}


@contextmanager
def served(web: StationWeb) -> Iterator[str]:
    """The pages on a free port, with the files that they name and the policy that a station sends."""

    async def static(request):
        name = request.path_params["name"]
        return Response((Path(words.__file__).parent / "static" / name).read_bytes(), media_type=STATIC[name])

    web.app.router.routes.append(Route("/static/{name}", static))

    async def guarded(scope, receive, send):
        async def told(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", POLICY.encode())]
            await send(message)

        await web.app(scope, receive, told)

    with serving(guarded, lifespan="off") as address:
        yield address


@pytest.fixture
def web(tmp_path) -> StationWeb:
    return StationWeb(tmp_path, url="http://127.0.0.1")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


def page_of(browser, web, address, *, script, size=(1280, 900), language="en-GB"):
    secret = web.known(web.world.visitor(web.world.stage.laboratory))
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, locale=language, base_url=address
    )
    context.add_cookies([{"name": web.frame.cookie, "value": secret, "url": address}])
    return context.new_page()


def fill(page):
    for name in ("item", "quantity", "value", "unit", "method"):
        page.fill(f"#{name}", getattr(RESULT, name))
    page.fill("#expandedUncertainty", RESULT.expanded_uncertainty)
    page.fill("#coverageFactor", RESULT.coverage_factor)
    page.fill("#measuredAt", "2026-11-01T14:00")


def count(web):
    return sum(one.record.kind == "conformity.result-reported/1" for one in web.world.stage.store.scan())


def test_without_script_on_a_phone_a_form_is_filled_in_previewed_by_enter_and_sealed(browser, web):
    with served(web) as address:
        page = page_of(browser, web, address, script=False, size=(360, 740), language="zh-CN")
        page.goto("/do/conformity.result-reported.1")
        fill(page)
        wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= there
        with page.expect_navigation():
            page.press("#value", "Enter")
        assert "预览" in page.title()
        assert count(web) == 0
        with page.expect_navigation():
            page.click("button[value=seal]")
        assert "已封存" in page.title()
    (record,) = [one.record for one in web.world.stage.store.scan() if one.record.kind == "conformity.result-reported/1"]
    assert record.body["measuredAt"] == "2026-11-01T06:00:00Z"


def test_with_script_what_is_written_is_saved_by_itself(browser, web):
    visitor = web.world.visitor(web.world.stage.laboratory)
    with served(web) as address:
        page = page_of(browser, web, address, script=True)
        wrong = []
        page.on("console", lambda message: wrong.append(message.text))
        page.goto("/do/conformity.result-reported.1")
        page.type("#item", "https://maker.example/cell/9")
        page.get_by_text("Draft saved").wait_for(timeout=15_000)
        (draft,) = web.world.writing.drafts.all(visitor)
        page.type("#value", "20")
        saved_before = time.monotonic() + 15
        while [one.flat.get("value") for one in web.world.writing.drafts.all(visitor)] != ["20"]:
            assert time.monotonic() < saved_before
            page.wait_for_timeout(50)
        assert wrong == []
    (draft,) = web.world.writing.drafts.all(visitor)
    assert (draft.flat["item"], draft.flat["value"]) == ("https://maker.example/cell/9", "20")


SEEN = [
    "/do", "/do/conformity.result-reported.1", "/do/metrology.calibration-certified.1", "/drafts",
    "/import/conformity.result-reported.1", "/do/metrology.evaluate-uncertainty.1",
]  # fmt: skip


@pytest.mark.parametrize("path", SEEN)
def test_axe_finds_no_fault(browser, web, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    with served(web) as address:
        page = page_of(browser, web, address, script=True)
        page.goto(path)
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
