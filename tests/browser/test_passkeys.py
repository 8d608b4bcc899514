"""Passkeys in a browser with a device of its own: added, signed in with, proved with, an act sealed; seen by axe."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from openqi.interfaces.web.server import station_application
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import SESSIONS
from served_pages import serving
from stage import RESULT
from station_world import PASSWORD, world

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: passkeys were not seen by a browser")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM = next((path for path in map(Path, PLACES) if path.exists()), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine: passkeys were not seen by a browser"
)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip
NEW = "nine other geese over land"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A new station under a host name and a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://localhost:{listening.getsockname()[1]}"
        world(folder, url=address).station.close()
        with serving(station_application(folder), listening=listening):
            yield address


@contextmanager
def browsing(address: str, **more) -> Iterator[object]:
    """A page of a headless browser."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        context = browser.new_context(base_url=address, **({"locale": "en-GB"} | more))
        context.set_default_timeout(60_000)
        yield context.new_page()
        browser.close()


def device_of(page) -> tuple[object, str]:
    """A device that holds passkeys, and the name by which the browser knows it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    return tools, tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def sign_in(page, *, lands="**/home") -> None:
    page.fill("input[name=login]", "laboratory")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lands)


def sign_out(page) -> None:
    page.click("text=Sign out")
    page.wait_for_url(re.compile(r"/(\?.*)?$"))


def stale(folder: Path) -> None:
    """Let every session have been proved long ago."""
    desk = Desk(f"sqlite:///{folder / 'desk.sqlite'}")
    with desk.writing() as connection:
        connection.execute(update(SESSIONS).values(proved_at="2026-01-01T00:00:00Z"))
    desk.close()


def test_somebody_adds_a_passkey_gives_up_the_password_signs_in_proves_and_seals(tmp_path):
    wrong: list[str] = []
    with served(tmp_path / "station") as address, browsing(address) as page:
        tools, device = device_of(page)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto("/account/ways")
        sign_in(page, lands="**/account/ways*")
        page.fill("#name", "Test phone")
        page.click("text=Add a passkey")
        page.get_by_text("The passkey was added").wait_for()
        page.fill("#name", "The same phone")
        page.click("text=Add a passkey")
        page.get_by_text("This device already has a passkey").wait_for()
        page.click("text=Give up the password")
        page.get_by_text("The password was given up").wait_for()
        sign_out(page)
        page.goto("/sign-in")
        page.click("button:has-text('Sign in with a passkey')")
        page.wait_for_url("**/home*")
        stale(tmp_path / "station")
        page.goto("/do/conformity.result-reported.1")
        page.click("a:has-text('Prove again')")
        assert page.locator("input[type=password]").count() == 0
        tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        page.click("button:has-text('Prove with a passkey')")
        page.get_by_text("Not done").wait_for()
        tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        page.click("button:has-text('Prove with a passkey')")
        page.wait_for_url("**/do/conformity.result-reported.1*")
        for name in ("item", "quantity", "value", "unit", "method"):
            page.fill(f"#{name}", getattr(RESULT, name))
        page.fill("#expandedUncertainty", RESULT.expanded_uncertainty)
        page.fill("#coverageFactor", RESULT.coverage_factor)
        page.fill("#measuredAt", "2026-11-01T14:00")
        with page.expect_navigation():
            page.press("#value", "Enter")
        with page.expect_navigation():
            page.click("button[value=seal]")
        assert "/sealed/" in page.url
        page.goto("/account")
        told = page.inner_text("main")
        assert all(one in told for one in ("Passkey added", "Password given up", "Proved again"))
    assert wrong == []


def test_a_code_without_script_on_a_phone_leads_to_a_new_password_and_nowhere_else_before(tmp_path):
    with served(tmp_path / "station") as address:
        size = {"width": 360, "height": 740}
        with browsing(address, java_script_enabled=False, viewport=size) as page:
            page.goto("/account/ways")
            sign_in(page, lands="**/account/ways*")
            assert "Passkeys need JavaScript" in page.inner_text("main")
            assert not page.locator("form.passkey").is_visible()
            page.click("text=Make ten new codes")
            codes = page.locator("ol.codes li").all_inner_texts()
            assert len(codes) == 10
            sign_out(page)
            page.goto("/sign-in")
            page.click("text=Forgot the password")
            page.fill("#login", "laboratory")
            page.fill("#code", codes[3].lower().replace("-", " "))
            page.press("#code", "Enter")
            page.wait_for_url("**/account/ways*")
            page.goto("/do")
            assert "/account/ways" in page.url
            page.fill("#new", NEW)
            page.press("#new", "Enter")
            page.get_by_text("The password was set").wait_for()
            page.goto("/do")
            assert page.url.endswith("/do")


def test_every_page_fits_every_width_in_both_languages_and_axe_finds_no_fault(tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    with served(tmp_path / "station") as address, browsing(address, bypass_csp=True) as page:
        device_of(page)

        def looked(path: str) -> None:
            wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= there, (path, page.viewport_size)
            if page.viewport_size["width"] == 360:
                faults = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
                assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in faults] == [], path

        seen = [(360, "zh"), (360, "en"), (1280, "en")]
        for width, language in seen:
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("/sign-in", "/sign-in/code"):
                page.goto(f"{path}?lang={language}")
                looked(path)
        page.goto("/account/ways?lang=en")
        sign_in(page, lands="**/account/ways*")
        page.fill("#name", "A phone with quite a long name in the drawer of the second desk")
        page.click("text=Add a passkey")
        page.get_by_text("The passkey was added").wait_for()
        for width, language in seen:
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("/account/ways", "/prove", "/account"):
                page.goto(f"{path}?lang={language}")
                looked(path)
            page.goto(f"/account/ways?lang={language}")
            page.click("form:has(input[value=codes]) button")
            page.locator("ol.codes").wait_for()
            looked("codes")
        stale(tmp_path / "station")
        page.goto("/account/ways?lang=zh")
        looked("stale")


def test_a_browser_that_knows_no_passkeys_says_so_and_what_to_do(tmp_path):
    with served(tmp_path / "station") as address, browsing(address) as page:
        page.add_init_script("delete window.PublicKeyCredential")
        page.goto("/sign-in")
        page.get_by_text("This browser or connection knows no passkeys").wait_for()
        assert not page.locator("form.passkey").is_visible()
        assert page.locator("input[name=password]").is_visible()


def test_who_cancels_is_told_so_and_may_try_again(tmp_path):
    with served(tmp_path / "station") as address, browsing(address) as page:
        device_of(page)  # holds no passkey of this station
        page.goto("/sign-in")
        page.click("button:has-text('Sign in with a passkey')")
        page.get_by_text("Not done").wait_for()
        assert page.locator("button:has-text('Sign in with a passkey')").is_enabled()
