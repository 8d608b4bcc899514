"""Pages on paper: no navigation, nothing to click, black on white, whole tables, and at the foot where it came from."""

import re

import pytest

from demo_stand import CHROMIUM, QUIET, stand
from page_samples import Samples

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: paper was not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: paper was not seen by a browser")
PAPER = {"width": 688, "height": 960}
"""What A4 has between its margins, in CSS pixels."""
PRINTED = frozenset({
    "/record/{record}", "/item", "/lot", "/product", "/instrument", "/tree/{record}", "/01/{gtin}/21/{serial}", "/records",
    "/things/{what}", "/inbox", "/tasks/{task}", "/log",
})  # fmt: skip
LOOK = """() => {
  const shown = one => one.checkVisibility();
  const dark = one => getComputedStyle(one).color.match(/\\d+/g).slice(0, 3).every(part => Number(part) <= 0x55);
  return {
    clicked: [...document.querySelectorAll('nav, .hatbar, .skip, .actions, button, input, select, textarea')].filter(shown).length,
    address: [...document.querySelectorAll('.foot .printed')].filter(shown).map(one => one.textContent).join(),
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    pale: [...document.querySelectorAll('main *')].filter(one => shown(one) && one.textContent.trim() && !one.closest('svg'))
      .filter(one => !dark(one)).slice(0, 3).map(one => one.outerHTML.slice(0, 100)),
    ground: getComputedStyle(document.body).backgroundColor,
    heads: [...document.querySelectorAll('table.list thead')].filter(shown).every(
      one => getComputedStyle(one).display === 'table-header-group' && getComputedStyle(one).position === 'static'),
    broken: [...document.querySelectorAll('table tr')].some(one => getComputedStyle(one).breakInside !== 'avoid'),
    hidden: [...document.querySelectorAll('details.children > ul')].filter(one => !one.getClientRects().length).length,
    empty: [...document.images].filter(one => shown(one) && !one.naturalWidth).length,
  };
}"""


def test_pages_are_good_on_paper_also_of_who_reads_in_the_dark(tmp_path):
    with stand(tmp_path) as found, playwright.sync_playwright() as running:
        samples = Samples(found)
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        context = browser.new_context(viewport=PAPER, locale="zh-CN", base_url=found.address, color_scheme="dark")
        context.add_cookies([{"name": "openqi", "value": samples.sessions["laboratory"], "url": found.address}])
        page = context.new_page()
        page.emulate_media(media="print")
        faults = []
        for sample in samples.all:
            if sample.route in PRINTED and "laboratory" in sample.seen_by:
                page.goto(sample.address)
                page.wait_for_function("[...document.images].every(one => one.complete || !one.checkVisibility())")
                told = page.evaluate(LOOK)
                address = told.pop("address")
                if told != {
                    "clicked": 0, "over": 0, "pale": [], "ground": "rgb(255, 255, 255)", "heads": True, "broken": False,
                    "hidden": 0, "empty": 0,
                }:  # fmt: skip
                    faults.append((sample.address, told))
                if address != found.address + sample.address:
                    faults.append((sample.address, address))
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert faults == []
    assert pdf.startswith(b"%PDF")
    assert set(re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", pdf)) <= {(b"594", b"841"), (b"595", b"842")}
