"""Sign-in through a real OpenID provider in a real browser: there and back without script of ours, under the pages' own policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import openid_server
from openid_server import campus
from station_world import PASSWORD

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: OpenID was not seen by a browser")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: OpenID was not seen by a browser"),
    pytest.mark.skipif(openid_server.missing() is not None, reason=str(openid_server.missing())),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A station that knows a real provider."""
    with campus(tmp_path_factory.mktemp("openid") / "station") as (url, _):
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def alone(chromium, monkeypatch):
    """Nobody outside of this machine is asked, though the provider's own pages would load a typeface from there."""
    made = chromium.new_context

    def new_context(**told):
        context = made(**told)
        context.route(re.compile(r"https?://(?!127\.0\.0\.1[:/])"), lambda route: route.abort())
        return context

    monkeypatch.setattr(chromium, "new_context", new_context)


def at_provider(page, login: str) -> None:
    """Log in there, and agree where it asks."""
    page.wait_for_url("**/interaction/**")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.wait_for_load_state()
    if "/interaction/" in page.url:
        page.click("button[type=submit]")


def test_an_identity_is_linked_and_signs_in_under_the_policy_of_the_pages(address, chromium):
    wrong: list[str] = []
    context = chromium.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    ours = re.compile(re.escape(address))
    page.on(
        "console",
        lambda message: wrong.append(message.text) if message.type == "error" and ours.match(message.location["url"]) else None,
    )
    page.goto("/sign-in")
    page.fill("input[name=login]", "laboratory")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/home")
    page.goto("/account")
    page.get_by_role("button", name="Link Campus account").click()
    at_provider(page, "anna")
    page.wait_for_url("**/account")
    assert page.locator("#openid").get_by_text("anna").is_visible()
    assert not page.get_by_text("Signed in through a provider").is_visible()
    context.close()
    phone = {"width": 360, "height": 740}
    context = chromium.new_context(base_url=address, java_script_enabled=False, locale="zh-CN", viewport=phone)
    page = context.new_page()
    page.goto("/account")
    page.get_by_role("button", name="用单位账号登录").click()
    at_provider(page, "anna")
    page.wait_for_url("**/account*")
    assert page.locator("#openid").get_by_text("anna").is_visible()
    assert page.get_by_text("Signed in through a provider").is_visible()
    context.close()
    assert wrong == []


def test_every_page_of_it_fits_in_both_languages_and_axe_finds_no_fault(address, chromium, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    context = chromium.new_context(base_url=address, bypass_csp=True)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=login]", "olga")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/home")
    page.goto("/account")
    page.locator("#openid form button").first.click()
    at_provider(page, "olga-there")
    page.wait_for_url("**/account")
    page.goto("/organisation")
    page.locator("button[value=invite], form:has(input[value=invite]) button").first.click()
    link = page.locator(".banner .mono").first.inner_text().strip()
    invitation = "/" + link.partition("://")[2].partition("/")[2]
    nobody = chromium.new_context(base_url=address, bypass_csp=True)
    for width, language in ((360, "zh"), (1280, "en")):
        for name, whose, path in (
            ("account", page, "/account"), ("prove", page, "/prove"), ("sign-in", nobody.new_page(), "/sign-in"),
            ("invitation", nobody.new_page(), invitation), ("refused", nobody.new_page(), "/openid/campus?state=none&code=x"),
        ):  # fmt: skip
            whose.set_viewport_size({"width": width, "height": 800})
            whose.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            whose.screenshot(path=tmp_path / f"{name}-{width}-{language}.png", full_page=True)
            _fits(axe, whose, (name, width, language))
    # The page before the provider goes on by itself: it is looked at without what makes it do so.
    going = nobody.new_page()
    going.route("**/openid/campus", _still)
    going.set_viewport_size({"width": 360, "height": 800})
    going.goto("/sign-in?lang=zh")
    going.get_by_role("button", name="用单位账号登录").click()
    going.screenshot(path=tmp_path / "going-360-zh.png", full_page=True)
    _fits(axe, going, ("going", 360))
    nobody.close()
    context.close()


def _fits(axe, page, where) -> None:
    wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= there, where
    faults = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in faults] == [], where


def _still(route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: value for name, value in answer.headers.items() if name != "refresh"})
