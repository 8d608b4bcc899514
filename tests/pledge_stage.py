"""A stage with an association that publishes a pledge, a firm that signs it, and whoever may contradict it; each step in a line."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from openqi.app.folder import FOLDS
from openqi.app.ledger import Signer
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.governance.pledges.proving import ProvePledge
from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark
from openqi.pillars.governance.pledges.showing import ShowObligation
from openqi.pillars.governance.pledges.signing import EndPledge, SignPledge
from openqi.pillars.governance.pledges.states import PromiseState, states_of
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Content, Names, statement
from openqi.records.complaints import ComplaintClosed, ComplaintReceived, ComplaintUpheld
from openqi.records.conformity import ProductRegistered, ResultJudged
from openqi.records.pledges import ASSOCIATION, BenchmarkProgrammePublished, Obligation, PledgePublished
from openqi.records.recalls import RecallEnded, RecallLine, RecallPublished
from openqi.store.kinds.memory import STOREKIND
from openqi.store.store import Incoming
from stage import RESULT, Stage, changed, party

NAMED = Names(zh="示例", en="example")
START = datetime(2026, 1, 10, 1, tzinfo=UTC)  # 9 in the morning of 10 January in China
PLEDGE = "https://association.example/pledge"
PRODUCT, OTHER = "https://maker.example/product/1", "https://maker.example/product/2"
COMPLAINT, RECALL = "https://bureau.example/complaint/1", "https://maker.example/recall/1"
SYSTEM = Obligation(code="system", sort="quality-system", text=NAMED, first_within=30)
TESTS = Obligation(
    code="tests", sort="inspection-and-metrology", text=NAMED, shown_by=(ResultJudged.KIND,), first_within=30, every=90, grace=10,
    contradicted_by=("failed-test",),
)  # fmt: skip
WARRANTY = Obligation(
    code="warranty", sort="warranty", text=NAMED, first_within=60, every=60,
    contradicted_by=("upheld-complaint", "recall", "late-answer"),
)  # fmt: skip
OBLIGATIONS = (SYSTEM, TESTS, WARRANTY)


class Pledges(Stage):
    """It is the morning of 10 January 2026 in China; maker and rival each registered a product."""

    def __init__(self, origin: str = "log.example/pledges") -> None:
        super().__init__(origin, start=START, store=STOREKIND.open(None, origin=origin, folds=FOLDS))
        self.association, self.maker, self.rival = party("association", 71), party("maker", 72), party("rival", 73)
        self.bureau = party("bureau", 74)
        self.welcome(self.association, ASSOCIATION)
        self.welcome(self.maker, "manufacturer")
        self.welcome(self.rival, "manufacturer")
        self.welcome(self.bureau, "market-surveillance-authority")
        self.ledger.state(ProductRegistered(product=PRODUCT, name=NAMED), self.maker)
        self.ledger.state(ProductRegistered(product=OTHER, name=NAMED), self.maker)
        self._required = self.requirement()

    def until(self, day: str, hour: int = 1) -> None:
        """Let time pass until an hour of a day in UTC, the ninth hour in China unless told otherwise."""
        self.clock.instant = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)

    def do(self, command: Any, signer: Signer) -> Record:
        """Let a party decide."""
        return self.ledger.perform(command, signer)[0]

    def publish(self, *obligations: Obligation, by: Signer | None = None, **more: Any) -> Record:
        """Publish an edition of the pledge."""
        told = {"pledge": PLEDGE, "edition": "2026", "valid_from": "2026-01-01T00:00:00Z", "offset": "+08:00"} | more
        said = PledgePublished(name=NAMED, obligations=obligations or OBLIGATIONS, **told)
        return self.ledger.state(said, by or self.association)

    def sign(self, edition: Record | None = None, *, by: Signer | None = None, **more: Any) -> Record:
        """Sign an edition, of one product unless told otherwise."""
        told: dict[str, Any] = {"products": (PRODUCT,)} | more
        return self.do(SignPledge(published=(edition or self.publish()).id, **told), by or self.maker)

    def show(self, signed: Record, code: str, first: str, last: str, *, by: Signer | None = None, **more: Any) -> Record:
        """Hand in: a document, unless told otherwise."""
        told: dict[str, Any] = {"documents": (self.document(),)} if "evidence" not in more else {}
        command = ShowObligation(signed=signed.id, obligation=code, first_day=first, last_day=last, **told | more)
        return self.do(command, by or self.maker)

    def document(self, data: bytes = b"a document") -> Content:
        """A document that is at hand."""
        self.store.put_blob(data)
        return Content(media_type="application/pdf", sha256=sha256(data).hexdigest(), size=len(data))

    def prove(self, signed: Record, *, by: Signer | None = None, **more: Any) -> Record:
        """Prove a signature in writing."""
        told: dict[str, Any] = {"proof": f"{PLEDGE}/proof/1", "number": "2026-0001"} | more
        return self.do(ProvePledge(signed=signed.id, **told), by or self.association)

    def end(self, signed: Record, by: Signer | None = None) -> Record:
        """End a signature."""
        return self.do(EndPledge(signed=signed.id, reason=NAMED), by or self.maker)

    def withdraw(self, record: Record, by: Signer) -> Record:
        """Withdraw a record."""
        return self.do(Withdraw(record=record.id, reason="wrong"), by)

    def programme(self, **more: Any) -> Record:
        """Publish a programme that follows firms up: nothing contradicted and one promise missed at most."""
        told: dict[str, Any] = {
            "programme": "https://association.example/models", "pledge": PLEDGE, "most_missed": 1, "most_contradicted": 0,
            "review_every": 90, "repair_after": 30, "valid_from": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        return self.ledger.state(BenchmarkProgrammePublished(name=NAMED, **told | more), self.association)

    def review(self, programme: Record, signed: Record, *, by: Signer | None = None) -> Record:
        """Look at a firm."""
        return self.do(ReviewBenchmark(published=programme.id, signed=signed.id), by or self.association)

    def tested(self, value: str = "2035.0", item: str = PRODUCT, **more: Any) -> Record:
        """Test a product; 2035.0 mA.h conforms, 1900.0 does not."""
        at = self.ledger.now()
        result = self.ledger.state(changed(RESULT, item=item, value=value, measured_at=at), self.laboratory)
        return self.do(JudgeResult(result=result.id, requirement=self._required.id), more.get("by", self.assessor))

    def decided(self, body: Any, signer: Signer) -> Record:
        """A decision of another pillar, as it lies in the log: with a command and a basis that say nothing."""
        like = self.tested(item="https://maker.example/item/9")
        record = seal(
            statement(body), issuer=signer.party, key=signer.key, now=like.valid_from, command=like.command, basis=like.basis
        )
        self.store.append([Incoming(record=record)], checkpoint=self.ledger.checkpoint)
        return record

    def complained(self, complaint: str = COMPLAINT, **more: Any) -> Record:
        """A complaint about the firm is received."""
        said = ComplaintReceived(
            complaint=complaint, received_by=self.bureau.party, received_at=self.ledger.now(), channel="counter", text="a" * 43,
            matter="quality", **{"firm": self.maker.party} | more,
        )  # fmt: skip
        return self.decided(said, self.bureau)

    def closed(self, received: Record, outcome: str = "upheld", **more: Any) -> Record:
        """A complaint ends; what is upheld is published, and that record is returned."""
        told: dict[str, Any] = {"firm": self.maker.party} | more
        said = ComplaintClosed(
            complaint=received.body["complaint"], received=received.id, received_by=self.bureau.party, at=self.ledger.now(),
            matter="quality", outcome=outcome, **told,  # type: ignore[arg-type]
        )  # fmt: skip
        closed = self.decided(said, self.bureau)
        if outcome != "upheld":
            return closed
        return self.decided(ComplaintUpheld(authority=self.bureau.party, closed=closed.id, matter="quality", **told), self.bureau)

    def recalled(self, *, by: Signer | None = None, product: str | None = PRODUCT, **more: Any) -> Record:
        """A recall is published, or a further edition of it."""
        more = {"edition": 2} | more if "replaces" in more else more
        said = RecallPublished(
            recall=RECALL, number="1", firm=self.maker.party, name=NAMED,
            lines=(RecallLine(number="1", name=NAMED, product=product),),
            defect=NAMED, consequence=NAMED, risk="high", remedies=("repair",), what_to_do=NAMED, contact=NAMED, sold=NAMED,
            begins="2026-03-01", **more,
        )  # fmt: skip
        return self.decided(said, by or self.maker)

    def recall_ended(self, recall: Record, *, by: Signer | None = None) -> Record:
        """A recall ends."""
        said = RecallEnded(
            recall=RECALL, published=recall.id, at=self.ledger.now(), recalled=10, reached=10, lines=(), share="1", summary=NAMED
        )
        return self.decided(said, by or self.maker)

    def states(self, signed: Record, day: str) -> dict[str, PromiseState]:
        """How each promise stands on a day."""
        return {one.obligation.code: one for one in states_of(self.ledger.view(), signed.id, date.fromisoformat(day))}

    def told(self, signed: Record, day: str, code: str) -> tuple[str, str, str | None]:
        """State, since when and due day of one promise."""
        one = self.states(signed, day)[code]
        return one.state, one.since.isoformat(), None if one.due is None else one.due.isoformat()
