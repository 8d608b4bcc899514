"""Walks through the guides of docs/roles in a browser: what a step does works, and what the guide quotes stands on the pages."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from demo_stand import WCAG, Stand
from openqi.interfaces.web.words import phrase, term
from pictures import alike, taken

GUIDES: Final = Path(__file__).parents[1] / "docs" / "roles"
SHOTS: Final = GUIDES / "shots"
ROLES: Final = ("engineer", "laboratory", "regulator", "association", "buyer", "lead", "bank", "operator")
DESK, PHONE = {"width": 1060, "height": 800}, {"width": 360, "height": 740}
_WIDTHS: Final = (360, 1280)
TEXT = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll('option, summary, label, legend')].map(one => one.textContent),
  ...[...document.querySelectorAll('[placeholder]')].map(one => one.placeholder)].join('\\n')"""
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def guide(role: str, language: str) -> str:
    """The text of a guide."""
    return (GUIDES / (f"{role}.md" if language == "en" else f"{role}.zh.md")).read_text(encoding="utf-8")


def steps(text: str) -> list[str]:
    """The numbered sections of a guide."""
    return re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:]


def quoted(step: str) -> list[str]:
    """What a step quotes from the pages: its words in bold."""
    return re.findall(r"\*\*([^*]+)\*\*", step.partition("\n## ")[0])


def named_shots(text: str) -> list[str]:
    """The pictures that a guide shows."""
    return re.findall(r"\(shots/([^)]+)\)", text)


class Walk:
    """One person's way through one guide, in one language.

    Args:
        browser: in which they walk.
        stand: the station.
        role: whose guide.
        language: of guide and pages.
        axe: looks for faults; each page of a sort once.
        shots: where pictures are put; None where none are made.
        phone: whether they hold one.
    """

    def __init__(
        self,
        browser: Any,
        stand: Stand,
        role: str,
        language: str,
        *,
        axe: Any = None,
        shots: Path | None = None,
        phone: bool = False,
    ) -> None:
        self.stand, self.role, self.language, self.faults = stand, role, language, []
        self._axe, self._shots, self._size = axe, shots, PHONE if phone else DESK
        self._context = browser.new_context(
            viewport=self._size, locale="zh-CN" if language == "zh" else "en-GB", base_url=stand.address, reduced_motion="reduce"
        )
        self.page, self._blank = self._context.new_page(), browser.new_page() if shots else None
        self.page.on("console", lambda message: self._told(message.type, message.text))
        self.page.on("pageerror", lambda error: self._fault(str(error)))
        self.steps, self.shots, self._seen = steps(guide(role, language)), [], ""
        self._checked: set[str] = set()
        self._number = 0

    def t(self, name: str, **filled: object) -> str:
        """A phrase of the pages."""
        return phrase(name, self.language, **filled)

    def act(self, name: str) -> str:
        """What an act is called."""
        return term("act", name, self.language)

    def _told(self, kind: str, text: str) -> None:
        """A mark that was not issued is answered with 404, which a browser tells its console; nothing else may be told there."""
        if kind == "error" and not ("404" in text and "/21/" in self.page.url):
            self._fault(text)

    def _fault(self, text: object) -> None:
        self.faults.append((self.role, self.language, self._number, self.page.url, text))

    def step(self) -> None:
        """Begin the next step of the guide, after looking whether what the one before quotes was there to be read."""
        self._quotes()
        self._number, self._seen = self._number + 1, ""

    def _quotes(self) -> None:
        if self._number:
            if self._number > len(self.steps):
                self._fault("the guide has no such step")
                return
            flat = re.sub(r"\s+", " ", self._seen)
            self.faults += [
                (self.role, self.language, self._number, "quotes", one)
                for one in quoted(self.steps[self._number - 1])
                if re.sub(r"\s+", " ", one) not in flat
            ]

    def end(self) -> None:
        """End the walk: the guide has no further steps, and shows the pictures that were taken."""
        self._quotes()
        if self._number != len(self.steps):
            self._fault(f"the guide has {len(self.steps)} steps, the walk {self._number}")
        if sorted(named_shots(guide(self.role, self.language))) != sorted(self.shots):
            self._fault(f"the guide shows other pictures than {self.shots}")
        self._context.close()
        if self._blank is not None:
            self._blank.close()

    def look(self) -> None:
        """Look at the page that is open: it fits at both widths and axe finds nothing."""
        page = self.page
        page.wait_for_load_state("load")
        self._seen += "\n" + page.evaluate(TEXT)
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": self._size["height"]})
            if page.evaluate(OVER) > 0:
                self._fault(f"wider than {width}")
        page.set_viewport_size(self._size)
        sort = re.sub(r"[0-9a-f]{64}|\?.*", "", page.url)
        if self._axe is not None and sort not in self._checked:
            self._checked.add(sort)
            for fault in self._axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]:
                self._fault((fault["id"], fault["nodes"][0]["html"][:160]))

    def go(self, path: str) -> None:
        """Open an address."""
        answer = self.page.goto(path)
        if answer.status >= 400 and answer.status != 404:
            self._fault(answer.status)
        self.look()

    def click(self, text: str, *, role: str = "link", place: int = 0, exact: bool = True) -> None:
        """Follow a link or press a button."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=text, exact=exact).nth(place).click()
        self.look()

    def follow(self, selector: str) -> None:
        """Follow the first link that a selector finds."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def open(self, selector: str) -> None:
        """Unfold a part of the page."""
        self.page.locator(selector).first.click()

    def tick(self, name: str) -> None:
        """Tick a box or choose one of several."""
        self.page.locator(f"[id='{name}']").check()

    def upload(self, name: str, file: str, text: str) -> None:
        """Choose a file."""
        self.page.locator(f"[id='{name}']").set_input_files({"name": file, "mimeType": "text/csv", "buffer": text.encode()})

    def enter(self, who: str) -> None:
        """Become an example person."""
        self.go("/demo")
        card = self.page.locator("li.card", has=self.page.get_by_role("heading", name=term("demo", who, self.language), exact=True))
        with self.page.expect_navigation():
            card.get_by_role("button").click()
        self.look()

    def fill(self, fields: Mapping[str, str]) -> None:
        """Fill in the form of an act by the names of its fields; what is chosen is chosen by the beginning of its label."""
        for name, text in fields.items():
            field = self.page.locator(f"[id='{name}']")
            if field.evaluate("one => one.tagName") == "SELECT":
                labels = field.locator("option").all_text_contents()
                field.select_option(label=next(label for label in labels if label.startswith(text)))
            else:
                field.fill(text)

    def press(self, value: str) -> None:
        """Press the button of a form that does a step: preview, seal."""
        with self.page.expect_navigation():
            self.page.locator(f"button[name=_step][value={value}]:not(.hidden)").first.click()
        self.look()

    def shot(self, name: str, *, at: str = "", height: int = 0) -> None:
        """Take the picture that the guide shows, from the top of the page or of an element on."""
        self.shots.append(f"{self.role}-{name}.{self.language}.png")
        if self._shots is not None:
            top = 0
            if at:
                top = max(int(self.page.locator(at).first.evaluate("one => one.getBoundingClientRect().top + scrollY")) - 16, 0)
            picture = taken(self.page, self._blank, top=top, height=height or self._size["height"])
            file = self._shots / self.shots[-1]
            if not file.is_file() or not alike(file.read_bytes(), picture):
                file.write_bytes(picture)
