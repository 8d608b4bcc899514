"""A stage with a firm that recalls chargers, an authority that may order it, and somebody else; each step in a line."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from openqi.app.ledger import Signer
from openqi.evidence.record import Record
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.recalls.ending import EndRecall
from openqi.pillars.surveillance.recalls.progress import ReportRecallProgress
from openqi.pillars.surveillance.recalls.publishing import OrderRecall, PublishRecall
from openqi.records import Items, Names
from openqi.records.draws import AUTHORITY
from openqi.records.recall_rows import ReachedRow
from openqi.records.recalls import RecallLine
from openqi.records.rows import committed, row_line
from stage import Stage, changed, party

NAMED = Names(zh="示例", en="example")
RECALL, PRODUCT = "https://firm.example/recall/1", "https://firm.example/product/charger"
LOTS = tuple(f"https://firm.example/lot/{number}" for number in range(1, 4))
LINE = RecallLine(number="1", name=Names(zh="充电器", en="charger"), product=PRODUCT, lots=LOTS[:2], made=1200, recalled=1000)
WHOLE = RecallLine(number="2", name=NAMED, product="https://firm.example/product/plug", gtins=("06901234567892",))


def hashed(number: int) -> str:
    """The hash of an invented mark."""
    return sha256(f"mark {number}".encode()).hexdigest()


class Recalls(Stage):
    """A stage with a firm, an authority and somebody else, who makes goods too."""

    def __init__(self, origin: str = "log.example/recalls", **more: Any) -> None:
        super().__init__(origin, empty=True, **more)
        self.firm, self.bureau, self.other = party("firm", 81), party("bureau", 82), party("other", 83)
        self.welcome(self.firm, "manufacturer")
        self.welcome(self.bureau, AUTHORITY)
        self.welcome(self.other, "manufacturer")

    def command(self, kind: type[PublishRecall | OrderRecall] = PublishRecall, **more: Any) -> PublishRecall | OrderRecall:
        """A recall of two lots of chargers, or what differs from it."""
        told: dict[str, Any] = {
            "recall": RECALL, "number": "R-1", "firm": self.firm.party, "name": NAMED, "lines": (LINE,), "defect": NAMED,
            "consequence": NAMED, "risk": "serious", "remedies": ("refund",), "what_to_do": NAMED, "contact": NAMED, "sold": NAMED,
            "begins": "2026-11-20",
        }  # fmt: skip
        return kind(**(told | more))

    def publish(self, *, by: Signer | None = None, **more: Any) -> Record:
        """The firm publishes the recall."""
        return self.ledger.perform(self.command(**more), by or self.firm)[0]

    def order(self, *, by: Signer | None = None, **more: Any) -> Record:
        """The authority orders the recall."""
        return self.ledger.perform(self.command(OrderRecall, **more), by or self.bureau)[0]

    def report(self, published: Record, *counts: int, by: Signer | None = None, **more: Any) -> Record:
        """Report how many were returned, repaired and destroyed, a minute later."""
        self.clock.wait(minutes=1)
        told = dict(zip(("returned", "repaired", "destroyed"), (*counts, 0, 0, 0), strict=False))
        command = ReportRecallProgress(published=published.id, **({"line": "1", "at": self.ledger.now()} | told | more))
        return self.ledger.perform(command, by or self.firm)[0]

    def units(self, states: Sequence[tuple[int, Any]]) -> Items:
        """Rows of units."""
        items, content = committed(row_line(ReachedRow(mark=hashed(number), state=state)) for number, state in states)
        self.store.put_blob(content)
        return items

    def end(self, published: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """End the recall."""
        self.clock.wait(minutes=1)
        told: dict[str, Any] = {"at": self.ledger.now(), "summary": NAMED, "not_reached": NAMED}
        return self.ledger.perform(EndRecall(published=published.id, **(told | more)), by or self.firm)[0]

    def withdraw(self, record: Record, by: Signer | None = None) -> Record:
        """Withdraw a record."""
        return self.ledger.perform(Withdraw(record=record.id, reason="wrong"), by or self.firm)[0]


def line(**more: Any) -> RecallLine:
    """The usual line, or one that differs from it."""
    return changed(LINE, **more)
