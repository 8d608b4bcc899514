"""Keys, delegation and leaving in a browser: on a phone and wide, in both languages, without script, without faults for axe."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from demo_stand import CHROMIUM, QUIET, WCAG
from openqi.app.people.members import Newcomer
from openqi.evidence.keyfile import decrypted
from openqi.interfaces.web.server import station_application
from openqi.kernel.instant import format_instant
from openqi.records.governance import Delegated
from served_pages import serving
from station_world import CERTIFIER, LABORATORY, PASSWORD, World, world

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: keys were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: keys were not seen by a browser")
HOME = "a passphrase for at home"
SHOTS = os.environ.get("OPENQI_SHOTS")
"""Folder for pictures of every page, where somebody wants to look."""


def delegated(made: World) -> None:
    """The laboratory lends its role to the certifier, once now and once later."""
    ledger, laboratory = made.station.ledger, made.station.people.custody.signer(made.visitor(LABORATORY))
    told = {"party": LABORATORY, "to": CERTIFIER, "role": "testing-laboratory"}
    for start in (timedelta(0), timedelta(days=9)):
        begins = ledger._clock() + start
        span = {"valid_from": format_instant(begins), "valid_until": format_instant(begins + timedelta(days=5))}
        ledger.state(Delegated(**told, **span), laboratory)


def sign_in(page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/home")


def test_the_pages_fit_every_width_in_both_languages_and_axe_finds_no_fault(tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    made = world(tmp_path / "station")
    delegated(made)
    made.station.close()
    wrong: list[str] = []
    pages = ("/keys", "/delegations", "/account", "/account/leave")
    with serving(station_application(tmp_path / "station")) as address, playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        page = browser.new_context(base_url=address, bypass_csp=True).new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        for login, paths in (("laboratory", pages), ("certifier", ("/delegations", "/do/conformity.result-reported.1"))):
            sign_in(page, login)
            for width, language in ((360, "zh"), (360, "en"), (1280, "en")):
                page.set_viewport_size({"width": width, "height": 800})
                for path in paths:
                    page.goto(f"{path}?lang={language}")
                    wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
                    assert wide <= there, (path, width, language)
                    if SHOTS:
                        name = f"{login}{path.replace('/', '-')}-{width}-{language}.png"
                        page.screenshot(path=str(Path(SHOTS) / name), full_page=True)
                    if width == 360:
                        faults = (
                            axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
                        )
                        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in faults] == [], (path, language)
            page.get_by_role("button", name="Sign out").click()
        browser.close()
    assert wrong == []


def test_on_a_phone_without_script_a_key_is_taken_home_and_an_account_erased(tmp_path):
    made = world(tmp_path / "station")
    made.station.people.members.accept(
        made.station.people.members.invite(CERTIFIER, manages=True, by="test"), Newcomer(login="mia", name="Mia", password=PASSWORD)
    )  # so that somebody else manages it
    made.station.close()
    with serving(station_application(tmp_path / "station")) as address, playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        size = {"width": 360, "height": 740}
        page = browser.new_context(base_url=address, java_script_enabled=False, viewport=size, locale="en-GB").new_page()
        sign_in(page, "certifier")
        page.goto("/account")
        page.get_by_role("link", name="See and change keys").click()
        kid = page.locator("a.mono").first.inner_text()
        page.fill("#passphrase", HOME)
        page.fill("#again", HOME)
        with page.expect_download() as taken:
            page.get_by_role("button", name="Take the key home").click()
        assert decrypted(Path(taken.value.path()).read_bytes(), HOME).public_key.kid == kid
        page.goto("/account")
        page.get_by_role("link", name="Erase my account").click()
        page.get_by_role("button", name="Go on").click()
        page.fill("#login", "certifier")
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / "sure-360-en.png"), full_page=True)
        page.get_by_role("button", name="Erase it for good").click()
        assert page.get_by_role("heading", name="Your account is erased").is_visible()
        page.goto("/home")
        assert "/sign-in" in page.url
        browser.close()
