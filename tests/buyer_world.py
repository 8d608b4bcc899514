"""A mark of integrity with all that a buyer may be told of it: licence, pledge, tests, states, recalls; and its page."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from licence_stage import Licences, mark
from openqi.app.folder import FOLDS
from openqi.app.marks import MarkReader, mark_answer
from openqi.app.reading.context import Context
from openqi.app.reading.marks import MarkPage, mark_page
from openqi.app.reading.naming import Named
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.pages import Pages
from openqi.store.kinds.memory import STOREKIND
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from web_stage import context_of


@dataclass
class Shown:
    """As much of a log as a page asks for."""

    context: Context
    name: None = None
    bases: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        return self.context.store.origin

    @property
    def size(self) -> int:
        return self.context.size

    def named(self, uri: str) -> Named:
        return self.context.named(uri)


@dataclass
class World:
    """Ten marks under a licence; it is 2 June 2026."""

    folder: Path
    stage: Licences = field(init=False)
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        self.stage = Licences(store=STOREKIND.open(None, origin="log.example/1", folds=FOLDS))
        self.licence = self.stage.honest()
        self.marks = self.stage.issue(self.licence, range(10))
        index = MarkIndex(self.folder / "marks.sqlite", origin=self.stage.store.origin)
        counter = ScanCounter(self.folder / "scans.sqlite")
        self.reader = MarkReader(self.stage.store, index, counter, today=self.today)

    def today(self) -> date:
        """The day of the stage."""
        return self.stage.clock.instant.date()

    def page(self, number: int = 1, **more: Any) -> MarkPage:
        """What is known of a mark now."""
        self.reader.refresh()
        answer = mark_answer(self.reader, mark(number), **more)
        self.context = context_of(self.stage.store, today=self.today())
        return mark_page(self.context, answer)

    def html(self, language: str = "en", number: int = 1) -> str:
        """The page as somebody sees it."""
        page = self.page(number)
        return Pages(Shown(self.context)).mark(page, NoLinks(language=language))

    def sorts(self, number: int = 1) -> list[str]:
        """What is known against a mark, in one word each."""
        return [one.sort for one in self.page(number).against]
