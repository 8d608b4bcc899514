"""The page of a draw in a browser: it fits, axe finds no fault, the replay agrees where all is well and says what differs else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo_stand import CHROMIUM, QUIET, WCAG
from draw_pages import CANCELLED, DRAW, HIDDEN, NUMBERS, OVERDUE, RESULTS, draws_ledger
from draw_replays import SCRIPTS
from openqi.interfaces.web.server import application
from openqi.interfaces.web.site import export_site
from served_pages import serving
from surveillance_stage import BEACON, firm

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages were not seen by a browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: pages were not seen by a browser")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("draws") / "ledger"
    draws_ledger(place, objects=300).store.close()
    return place


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(application(folder)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page on which nothing may go wrong in silence."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def replayed(page: Any, **typed: str) -> tuple[str, list[tuple[str, str]], str]:
    """Press the button; what stands at the end, each step with its state, and the text of the last one."""
    for name, text in typed.items():
        page.fill(f"#{name.replace('_', '-')}", text)
    page.click("#replay button")
    page.wait_for_selector(".replay-end [data-end]")
    lines = page.locator(".replay-steps > li")
    states = [(one.get_attribute("data-step"), one.get_attribute("data-state")) for one in lines.all()]
    return page.get_attribute(".replay-end [data-end]", "data-end"), states, lines.last.inner_text()


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_axe_finds_no_fault_before_and_after_the_replay(
    address: str, browser: Any, language: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: nothing was checked with it")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    addresses = [f"/draw?uri={uri}" for uri in (DRAW, RESULTS, OVERDUE, CANCELLED, HIDDEN)] + [f"/draw?uri={DRAW}&name={firm(7)}"]
    for path in ("/draws", *addresses):
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        if path == addresses[0]:
            assert replayed(page)[0] == "end-agrees"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        found = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        assert found.response["violations"] == [], path
    assert all(url.startswith(address) for url in asked)
    page.close()


def test_a_reader_who_types_the_values_gets_the_same_draw_and_another_value_is_told(address: str, page: Any) -> None:
    page.goto(f"{address}/draw?uri={DRAW}&lang=en")
    end, states, _ = replayed(page, value_0=BEACON["Sig"], value_1=NUMBERS)
    assert end == "end-agrees"
    assert [step for step, _ in states] == ["list", "exclusions", "commitment", "values", "seed", "rows", "draw"]
    end, states, told = replayed(page, value_1=NUMBERS.replace("31", "32"))
    assert (end, states[-1]) == ("end-differs", ("values", "differs"))
    assert "you typed" in told


def test_an_own_list_with_one_letter_changed_differs_and_its_line_is_told(address: str, page: Any) -> None:
    page.goto(f"{address}/draw?uri={DRAW}&lang=en")
    with page.expect_download() as begun:
        page.click("a[href*='objects.tsv']")
    content = Path(begun.value.path()).read_bytes()
    page.set_input_files("#replay-list", {"name": "own.tsv", "mimeType": "text/plain", "buffer": content})
    assert replayed(page)[0] == "end-agrees"
    other = content.replace(firm(17).encode(), firm(17).encode()[:-1] + b"Y")
    page.set_input_files("#replay-list", {"name": "own.tsv", "mimeType": "text/plain", "buffer": other})
    end, states, told = replayed(page)
    assert (end, states) == ("end-differs", [("list", "differs")])
    assert "line 17 differs" in told
    assert f"{firm(17)[:-1]}Y" in told


def test_of_an_overdue_draw_anybody_computes_who_would_have_been_drawn(address: str, page: Any) -> None:
    page.goto(f"{address}/draw?uri={OVERDUE}&lang=en")
    assert replayed(page)[0] == "end-open"
    end, states, _ = replayed(page, value_0=BEACON["Sig"], value_1=NUMBERS)
    assert (end, states[-1]) == ("end-computed", ("draw", "open"))
    assert page.locator(".replay-end li").count() == 63  # the list and the rules of the other draw, whose values these are


def test_without_a_script_the_page_says_how_and_answers_about_an_object(address: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/draw?uri={DRAW}&lang=en")
    assert page.locator(".replay-none").is_visible()
    assert not page.locator("#replay form").is_visible()
    page.fill("#ask-name", firm(7))
    page.click("#ask button")
    assert "drawn" in page.locator("#ask .banner").inner_text()
    page.click("text=next")
    assert "page 2 of 2" in page.locator("#drawn").inner_text()
    context.close()


def test_out_of_a_folder_of_files_it_replays_without_any_server(folder: Path, tmp_path: Path, page: Any) -> None:
    export_site(folder, tmp_path)
    page.goto((tmp_path / "zh" / "draws.html").as_uri())
    page.locator("main table a").last.click()
    assert replayed(page)[0] == "end-agrees"


def test_out_of_a_folder_with_a_long_list_the_reader_chooses_the_files(
    folder: Path, tmp_path: Path, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openqi.interfaces.web.site.MAX_EMBEDDED", 0)
    export_site(folder, tmp_path)
    page.goto((tmp_path / "en" / "draws.html").as_uri())
    page.locator("main table a").last.click()
    page.click("#replay button")
    page.wait_for_selector(".replay-end .banner")
    assert "choose the files" in page.locator(".replay-end").inner_text()
    page.set_input_files("#replay-list", [str(one) for one in (tmp_path / "draw").glob("1-*")])
    assert replayed(page)[0] == "end-agrees"


def test_a_hundred_thousand_names_do_not_freeze_the_page(page: Any) -> None:
    """The longest that the page does not answer is a sort of all names: well under a second."""
    page.goto("about:blank")
    for name in ("draw-numbers.js", "draw-designs.js"):
        page.add_script_tag(content=(SCRIPTS / name).read_text(encoding="utf-8"))
    told = page.evaluate("""async () => {
      let longest = 0, last = performance.now();
      const timer = setInterval(() => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; }, 5);
      let text = "";
      for (let i = 0; i < 1e5; i++) text += `91${String(i).padStart(16, "0")}\\t\\tA\\t${1 + i % 13}\\n`;
      last = performance.now();
      const began = last, list = await OpenQIDesigns.parsedList(new TextEncoder().encode(text));
      await OpenQIDesigns.listRoot(list);
      const plan = { purpose: "x", strata: [{ design: "pareto", size: 100 }] };
      const found = await OpenQIDesigns.drawn(list, plan, new Uint8Array(32));
      clearInterval(timer);
      return { seconds: (performance.now() - began) / 1000, longest: longest / 1000, drawn: found[0].drawn.length };
    }""")
    assert told["drawn"] == 100
    assert told["longest"] < 10  # about 0.3 s on a calm machine
    assert told["seconds"] < 60
