"""Every page of a station, signed out and as each example person: it fits, is whole, is had by keyboard, and axe finds no fault.

In short, one page of each sort is looked at like this, and the others are asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo_stand import CHROMIUM, QUIET, ROLES, WCAG, Stand, stand
from page_samples import ELSEWHERE, FILES, Sample, Samples

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
ALIKE = frozenset({
    "/", "/01/{gtin}/21/{serial}", "/mark", "/tree/{record}", "/record/{record}", "/log", "/log/{page:int}", "/product", "/lot",
    "/instrument", "/item", "/records", "/things/{what}", "/demo", "/sign-in", "/invitation/{secret}", "/reported/{number}",
    "/reported", "/check",
})  # fmt: skip
"""Pages that show everybody the same: a role changes only the frame around them."""
LOOK = """() => ({
  lang: document.documentElement.lang, title: document.title, headings: document.querySelectorAll('h1').length,
  over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  widest: [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth)
    .slice(0, 1).map(one => one.outerHTML.slice(0, 160)),
  main: document.querySelectorAll('main').length,
  twice: [...document.querySelectorAll('[id]')].map(one => one.id).filter((id, place, all) => all.indexOf(id) !== place),
})"""
WATCH = """() => {
  const shown = one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0
    && !(one.type === 'radio' && one !== (document.querySelector(`input[name="${one.name}"]:checked`)
      || document.querySelector(`input[name="${one.name}"]`)));  // the others are had by arrows
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  window.controls = [...document.querySelectorAll(all)].filter(shown);
  window.reached = []; window.unseen = [];
  document.addEventListener('focusin', event => {
    window.reached.push(event.target);
    const style = getComputedStyle(event.target);
    if (style.outlineStyle === 'none' || style.outlineWidth === '0px') window.unseen.push(event.target.outerHTML.slice(0, 120));
  });
  const dates = window.controls.filter(one => /date|time/.test(one.type)).length;
  return window.controls.length + 6 * dates + 1;
}"""
REACHED = """() => ({
  first: window.reached[0] && window.reached[0].className, unseen: window.unseen,
  missed: window.controls.filter(one => !window.reached.includes(one)).map(one => one.outerHTML.slice(0, 160)),
})"""


class Desk:
    """One visitor's browser, which notes everything that goes wrong."""

    def __init__(self, context: Any, language: str, who: tuple[object, ...], faults: list[tuple[object, ...]]) -> None:
        self.context, self.page = context, context.new_page()
        self._language, self._who, self._faults = language, who, faults
        self.page.on("console", lambda message: self.check(message.type != "error", self.page.url, message.text))
        self.page.on("pageerror", lambda error: self.check(False, self.page.url, error))

    def check(self, holds: bool, *told: object) -> None:
        """Note a fault where something does not hold."""
        if not holds:
            self._faults.append((*self._who, *told))

    def _full(self, address: str) -> str:
        return f"{address}{'&' if '?' in address else '?'}lang={'zh' if self._language == 'zh-CN' else 'en'}"

    def ask(self, address: str) -> None:
        """Ask for a page without drawing it."""
        answer = self.context.request.get(self._full(address))
        page = answer.text()
        self.check(answer.status < 400 and page.count("<h1") == 1, address, answer.status)
        self.check(f'<html lang="{self._language}">' in page, address, "lang")

    def open(self, address: str) -> None:
        """Go to a page and look at it whole."""
        answer = self.page.goto(self._full(address))
        self.check(answer.status < 400, address, answer.status)
        self.whole(address)

    def whole(self, address: str) -> None:
        """Look at the page that is open, with all that is folded unfolded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        told = self.page.evaluate(LOOK)
        self.check(told["over"] <= 0, address, "wider than the window by", told["over"], told["widest"])
        whole = (told["lang"], told["headings"], told["main"], told["twice"])
        self.check(whole == (self._language, 1, 1, []) and len(told["title"]) > 3, address, whole, told["title"])

    def fits(self, address: str, size: dict[str, int]) -> None:
        """Look whether the page that is open fits another window too; it is left as it was."""
        before = self.page.viewport_size
        self.page.set_viewport_size(size)
        told = self.page.evaluate(LOOK)
        self.check(told["over"] <= 0, address, size["width"], "wider than the window by", told["over"], told["widest"])
        self.page.set_viewport_size(before)

    def walk_by_tab(self, address: str) -> None:
        """Press Tab through the page that is open."""
        for _ in range(self.page.evaluate(WATCH)):
            self.page.keyboard.press("Tab")
        told = self.page.evaluate(REACHED)
        self.check(told["first"] == "skip", address, "first by Tab:", told["first"])
        self.check(not told["unseen"], address, "focus is not seen:", told["unseen"])
        self.check(not told["missed"], address, "not reached by Tab:", told["missed"])


class Desks:
    """Browsers of all visitors, and the faults that they have found.

    Args:
        browser: in which they look.
        stand: at what.
        samples: the pages.
    """

    def __init__(self, browser: Any, stand: Stand, samples: Samples) -> None:
        self._browser, self._stand, self.samples = browser, stand, samples
        self.faults: list[tuple[object, ...]] = []

    @contextmanager
    def desk(self, role: str | None, *, size: dict[str, int], language: str) -> Iterator[Desk]:
        """One visitor's browser."""
        context = self._browser.new_context(viewport=size, locale=language, base_url=self._stand.address)
        if role is not None:
            context.add_cookies([{"name": "openqi", "value": self.samples.sessions[role], "url": self._stand.address}])
        yield Desk(context, language, (role, size["width"]), self.faults)
        context.close()


def look(desks: "Desks", role: str | None) -> None:
    """Open every page as a role, narrow in Chinese and wide in English.

    All pages are drawn twice for who has not signed in and for the laboratory. For the others those are drawn that their hat
    changes, and measured at both widths; what looks alike for everybody is asked for.
    """
    whole = role in (None, "laboratory")
    pages = [one for one in desks.samples.all if role in one.seen_by and one.route not in FILES]
    with desks.desk(role, size=NARROW, language="zh-CN") as desk:
        for sample in pages:
            if whole or sample.address == "/" or sample.route not in ALIKE:
                desk.open(sample.address)
                if not whole:
                    desk.fits(sample.address, WIDE)
    with desks.desk(role, size=WIDE, language="en") as desk:
        for sample in pages:
            if whole:
                desk.open(sample.address)
            elif sample.route in ALIKE:
                desk.ask(sample.address)


def once(samples: Samples, *, most: int) -> Iterator[tuple[str | None, Sample]]:
    """Every template so many times at most, as whoever sees most of it."""
    routes = [sample.route for sample in samples.all]
    for place, sample in enumerate(samples.all):
        if sample.route not in FILES and routes[:place].count(sample.route) < most:
            role = "laboratory" if "laboratory" in sample.seen_by else sample.seen_by[-1]
            yield None if sample.route in ("/sign-in", "/demo", "/invitation/{secret}") else role, sample


FAULTY = """<!doctype html><html lang="en"><title>A page</title><style>a:focus { outline: none; }</style>
<main><h1>One</h1><h1>Two</h1><p id="x" style="width: 2000px">wide</p><p id="x"></p>
<a href="/">not seen</a><a href="/" class="skip">late</a>
<button onfocus="this.nextElementSibling.disabled = true">trap</button><button>never</button></main>"""


def test_a_page_with_faults_is_found_out():
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        faults: list[tuple[object, ...]] = []
        desk = Desk(browser.new_context(viewport=NARROW), "zh-CN", (), faults)
        desk.page.set_content(FAULTY)
        desk.whole("here")
        desk.walk_by_tab("here")
        desk.page.evaluate("console.error('said')")
        browser.close()
    told = "\n".join(map(str, faults))
    for what in (
        "wider than the window by",
        "('en', 2, 1, ['x'])",
        "first by Tab",
        "focus is not seen",
        "not reached by Tab",
        "said",
    ):
        assert what in told


@contextmanager
def desks_of(place: Path) -> Iterator[tuple["Desks", Any]]:
    """Browsers at a new example station, and axe. Every route of it has an address that is looked at."""
    # For one test and not one a page: a station and a browser are started once, however many processes test.
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    with stand(place) as found, playwright.sync_playwright() as running:
        samples = Samples(found)
        asked = {route.path for route in found.routes if "GET" in route.methods}
        assert asked - {one.route for one in samples.all} - ELSEWHERE == set(), (
            "give the new route an address in tests/page_samples.py"
        )
        yield Desks(running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET)), found, samples), axe


def test_of_every_sort_one_page_is_whole_fits_is_had_by_keyboard_without_a_fault_for_axe_and_all_are_answered(tmp_path):
    with desks_of(tmp_path) as (desks, axe):
        by_keyboard(desks, axe, most=1)
        for role in ROLES:
            with desks.desk(role, size=WIDE, language="en") as desk:
                for sample in desks.samples.all:
                    if role in sample.seen_by and sample.route not in FILES | ALIKE:
                        desk.ask(sample.address)
        files(desks)
    assert desks.faults == []


@pytest.mark.long
def test_every_page_is_whole_fits_is_had_by_keyboard_and_axe_finds_no_fault(tmp_path):
    with desks_of(tmp_path) as (desks, axe):
        for role in (None, *ROLES):
            look(desks, role)
        by_keyboard(desks, axe, most=2)
        files(desks)
    assert desks.faults == []


def files(desks: "Desks") -> None:
    """Ask for everything that is no page, as somebody who may have it."""
    for role in ("laboratory", "operator"):
        with desks.desk(role, size=WIDE, language="en") as desk:
            for sample in desks.samples.all:
                if sample.route in FILES and role == ("laboratory" if "laboratory" in sample.seen_by else sample.seen_by[-1]):
                    answer = desk.context.request.get(sample.address)
                    kind = answer.headers["content-type"]
                    saved = answer.headers.get("content-disposition", "").startswith("attachment")
                    desk.check(answer.status == 200 and (saved or "text/html" not in kind), sample.address, answer.status, kind)


def by_keyboard(desks: "Desks", axe: Any, *, most: int) -> None:
    """Go through pages of every sort with axe and with Tab."""
    pages = list(once(desks.samples, most=most))
    for role in dict.fromkeys(role for role, _ in pages):
        with desks.desk(role, size=NARROW, language="zh-CN") as desk:
            for address in [sample.address for one, sample in pages if one == role]:
                desk.open(address)
                desk.fits(address, WIDE)
                for fault in (
                    axe.Axe().run(desk.page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
                ):
                    desk.check(False, address, fault["id"], fault["nodes"][0]["html"][:160])
                desk.walk_by_tab(address)
