"""A stage with an authority that takes complaints in, a firm, a laboratory, and limits on the calendars of the State Council."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from openqi.app.ledger import Signer
from openqi.app.published import calendar_at_hand, limit_at_hand
from openqi.evidence.commitment import commitment
from openqi.evidence.record import Record
from openqi.pillars.surveillance.complaints.closing import CloseComplaint
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint
from openqi.pillars.surveillance.complaints.testing import AnswerComplaint, BeginComplaintTest, EndComplaintTest
from openqi.pillars.surveillance.disputes.proposing import AcceptDispute, ProposeDispute
from openqi.records import Command, Content, Names
from openqi.records.draws import AUTHORITY
from openqi.records.governance import RoleGranted
from openqi.store.store import Store
from stage import Stage, party

NAMED = Names(zh="示例", en="example")
CALENDAR = "https://operator.example/calendar/cn"
PRODUCT, LOT, CELL = "https://maker.example/product/1", "https://maker.example/lot/1", "https://maker.example/cell/7"
WORDS = "买来第二天就鼓包了，联系电话 13800000000"
PAPER = Content(media_type="application/pdf", sha256="ab" * 32, size=9)


def kept(words: str, number: int = 0) -> str:
    """A commitment to words, under a salt that everybody knows."""
    return commitment({"text": words}, number.to_bytes(16))


def at(day: str, clock: str = "10:00:00") -> datetime:
    """A local time in China."""
    return datetime.fromisoformat(f"{day}T{clock}+08:00").astimezone(UTC)


class Complaints(Stage):
    """A stage with a bureau that is an authority, a maker that is complained about, and calendars of some years."""

    def __init__(
        self, *, start: str = "2025-12-20", years: Sequence[str] = ("cn-2024", "cn-2025", "cn-2026"), store: Store | None = None
    ) -> None:
        super().__init__(start=datetime(2023, 12, 1, tzinfo=UTC), empty=True, store=store)
        self.bureau, self.maker, self.stranger = party("bureau", 40), party("maker", 41), party("stranger", 42)
        self.laboratory, self.buyer = party("laboratory", 43), party("buyer", 44)
        for signer, role in (
            (self.bureau, AUTHORITY), (self.maker, "manufacturer"), (self.stranger, AUTHORITY),
            (self.laboratory, "testing-laboratory"), (self.buyer, None),
            (self.standards_body, "standards-body"), (self.assessor, "conformity-assessment-body"),
        ):  # fmt: skip
            self.welcome(signer, role)
        for year in years:
            self.ledger.state(calendar_at_hand(year, CALENDAR), self.operator)
        named = {"acceptance": "complaint-acceptance", "mediation": "complaint-mediation", "notice": "mediation-ended"}
        named |= {"clue": "clue", "longer": "clue-extended"}
        self.limits = {
            short: self.ledger.state(limit_at_hand(name, f"https://operator.example/limit/{name}", CALENDAR), self.operator)
            for short, name in named.items()
        }
        self.clock.instant = at(start)
        self.number = 0

    def grant(self, signer: Signer, role: str) -> Record:
        """Grant a role since long ago."""
        return self.ledger.state(RoleGranted(party=signer.party, role=role, valid_from="2023-01-01T00:00:00Z"), self.operator)

    def on(self, day: str, clock: str = "10:00:00") -> None:
        """Let time pass until a local time in China."""
        self.clock.instant = at(day, clock)

    def perform(self, command: Command, signer: Signer | None = None) -> Record:
        """Perform a command that gives one record."""
        (record,) = self.ledger.perform(command, signer or self.bureau)
        return record

    def receive(self, *, by: Signer | None = None, told: bool = True, **more: Any) -> Record:
        """Receive a complaint about the maker's cells now, or one that differs."""
        self.number += 1
        signer = by or self.bureau
        said: dict[str, Any] = {
            "complaint": f"{signer.party}/complaint/{self.number}", "received_at": self.ledger.now(), "channel": "counter",
            "text": kept(WORDS, self.number), "person": kept("张三", self.number), "matter": "defect", "firm": self.maker.party,
            "product": PRODUCT, "limit": self.limits["acceptance"].id,
        }  # fmt: skip
        said |= more
        said.setdefault("visible_to", (said["firm"],) if told and said["firm"] else ())
        return self.perform(ReceiveComplaint(**said), signer)

    def decide(self, received: Record, decision: Any = "accepted", **more: Any) -> Record:
        """Decide about a complaint, with the limit of mediation where it is accepted."""
        if decision == "accepted":
            more = {"limit": self.limits["mediation"].id} | more
        return self.perform(DecideComplaint(received=received.id, decision=decision, **more))

    def accepted(self, **more: Any) -> Record:
        """Receive and accept a complaint; returns its receipt."""
        received = self.receive(**more)
        self.decide(received)
        return received

    def begin(self, received: Record, **more: Any) -> Record:
        """Begin a test."""
        return self.perform(BeginComplaintTest(received=received.id, asks=NAMED, **more))

    def end(self, received: Record, *, documents: tuple[Content, ...] = (PAPER,), **more: Any) -> Record:
        """End a test with a report on paper."""
        return self.perform(EndComplaintTest(received=received.id, documents=documents, **more))

    def answer(self, received: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Answer as the firm, for the authority to see."""
        said = {"visible_to": (self.bureau.party,), "text": kept("我方同意退款")} | more
        return self.perform(AnswerComplaint(received=received.id, **said), by or self.maker)

    def close(self, received: Record, outcome: Any = "upheld", **more: Any) -> Record:
        """Close a complaint, with a reason."""
        return self.perform(CloseComplaint(received=received.id, outcome=outcome, **({"reason": NAMED} | more)))

    def propose(self, *, by: Signer | None = None, **more: Any) -> Record:
        """Propose how a dispute between buyer and maker is settled."""
        said: dict[str, Any] = {
            "dispute": "https://bureau.example/dispute/1", "claimant": self.buyer.party, "respondent": self.maker.party,
            "laboratory": self.laboratory.party, "sample": (CELL,), "most_failing": 0, "pays": "who-loses", "text": NAMED,
            "accept_until": "2026-12-31T00:00:00Z", "visible_to": (self.buyer.party, self.maker.party),
        }  # fmt: skip
        return self.perform(ProposeDispute(**(said | more)), by or self.buyer)

    def accept(self, proposed: Record, *, by: Signer | None = None) -> Record:
        """Accept a proposal as the maker."""
        return self.perform(AcceptDispute(proposed=proposed.id), by or self.maker)
