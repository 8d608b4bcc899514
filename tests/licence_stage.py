"""A stage with an association that publishes rules of marks, a maker with tests and a pledge, and who issues; a line a step."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from chain_stage import CLAUSE, INSTRUMENT, PRODUCT, SETTING, ChainStage
from openqi.app.ledger import Signer
from openqi.evidence.record import Record
from openqi.formats.digital_link import SERIAL_CHANCE, digital_link, mark_name, new_serial
from openqi.pillars.conformity.licensing.granting import LicenseMark
from openqi.pillars.conformity.licensing.issuing import IssueLicensedMarks
from openqi.pillars.conformity.licensing.stating import StateMarks
from openqi.pillars.governance.pledges.signing import EndPledge, SignPledge
from openqi.pillars.surveillance.recalls.publishing import PublishRecall
from openqi.records import Items, Names
from openqi.records.licence_rows import mark_line
from openqi.records.licences import MarkRulePublished
from openqi.records.pledges import ASSOCIATION, Obligation, PledgePublished
from openqi.records.recalls import RecallLine
from openqi.records.rows import committed
from stage import changed, party

NAMED = Names(zh="示例", en="example")
START = datetime(2026, 6, 1, 8, tzinfo=UTC)
BASE, GTIN = "https://id.maker.example", "09506000134352"
RULE, PLEDGE, LICENCE = (f"https://association.example/{name}/1" for name in ("rule", "pledge", "licence"))
OWN = "https://newcomer.example/instrument/cycler"
UNTIL = "2027-06-30T16:00:00Z"
STEADY = MarkRulePublished(
    rule=RULE, edition="1", name=NAMED, sort="consistently-passing", longest_days=500, valid_from="2026-01-01T00:00:00Z",
    requirements=(CLAUSE.requirement,), tests=3, over_days=60, newest_within=30, laboratories=2,
)  # fmt: skip
HONEST = MarkRulePublished(
    rule=f"{RULE}/honest", edition="1", name=NAMED, sort="integrity-verification", longest_days=500,
    valid_from="2026-01-01T00:00:00Z", pledge=PLEDGE,
)  # fmt: skip


def mark(number: int) -> str:
    """Mark `number` as it stands on the product."""
    return digital_link(BASE, GTIN, new_serial(sha256(f"mark {number}".encode()).digest()[:SERIAL_CHANCE]))


class Licences(ChainStage):
    """It is 1 June 2026; the maker has registered the product, and each of two laboratories has an instrument."""

    def __init__(self, **more: Any) -> None:
        super().__init__(start=START, **more)
        self.second = self.newcomer()
        self.union = party("union", 61)
        self.welcome(self.union, ASSOCIATION)
        self.issuer = party("issuer", 62)
        self.welcome(self.issuer, "mark-issuer")
        self.product()
        self.instrument()
        self.calibration()
        self.ledger.state(changed(INSTRUMENT, instrument=OWN, owner=self.second.party), self.second)
        self.calibration(instrument=OWN, certificate="https://calibration.example/certificate/2", number="C-2")
        self.with_procedure, self.with_clause = self.procedure(), self.clause()

    def do(self, command: Any, signer: Signer) -> Record:
        """Let a party decide."""
        return self.ledger.perform(command, signer)[0]

    def until(self, text: str) -> None:
        """Let time pass until an instant."""
        self.clock.instant = datetime.fromisoformat(text)

    def tested(self, day: str, *, good: bool = True, second: bool = False, subject: str = PRODUCT, judged: bool = True) -> Record:
        """A test of an item on a day, by the first or the second laboratory: 2 A h pass, 1 A h fails."""
        self.clock.instant = max(self.clock.instant, datetime.fromisoformat(f"{day}T09:00:00+00:00"))
        rows = {f"https://maker.example/cell/{day}/{int(second)}": "2.0000" if good else "1.0000"}
        first, self.laboratory = self.laboratory, self.second if second else self.laboratory
        told: dict[str, Any] = {"instrument": OWN, "settings": (changed(SETTING, instrument=OWN),)} if second else {}
        try:
            told |= {"subject": subject, "measured_from": f"{day}T06:00:00Z", "measured_until": f"{day}T08:00:00Z"}
            read = self.readings(self.with_procedure, rows, **told)
        finally:
            self.laboratory = first
        return self.judge(read, self.with_clause) if judged else read

    def series(self, *days: str) -> list[Record]:
        """Tests that pass on these days, by both laboratories in turn."""
        told = days or ("2026-06-10", "2026-07-20", "2026-08-20")
        return [self.tested(day, second=bool(place % 2)) for place, day in enumerate(told)]

    def rule(self, usual: MarkRulePublished = STEADY, *, by: Signer | None = None, **more: Any) -> Record:
        """The association publishes a rule."""
        return self.ledger.state(changed(usual, **more), by or self.union)

    def sign(self, *, by: Signer | None = None, pledge: str = PLEDGE, **more: Any) -> Record:
        """The maker signs a pledge of the association."""
        size = self.store.size()
        since = f"2026-01-{1 + size // 24:02d}T{size % 24:02d}:00:00Z"  # each edition holds from later on
        said = PledgePublished(
            pledge=pledge, edition=str(size), name=NAMED, valid_from=since, offset="+08:00",
            obligations=(Obligation(code="law", sort="law-and-standards", text=NAMED, first_within=30),),
        )  # fmt: skip
        edition = self.ledger.state(said, self.union)
        return self.do(SignPledge(published=edition.id, **more), by or self.maker)

    def end(self, signed: Record) -> Record:
        """The maker ends its pledge."""
        return self.do(EndPledge(signed=signed.id, reason=NAMED), self.maker)

    def license(self, by_rule: Record | None = None, *, by: Signer | None = None, **more: Any) -> Record:
        """Give a licence by a rule, the usual one unless told otherwise, from today on."""
        today = (self.clock.instant + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
        told: dict[str, Any] = {"valid_from": today, "valid_until": UNTIL, "number": "L-1", "licence": LICENCE} | more
        command = LicenseMark(
            rule=(by_rule or self.rule()).id, holder=told.pop("holder", self.maker.party), product=told.pop("product", PRODUCT),
            issuers=told.pop("issuers", (self.issuer.party,)), **told,
        )  # fmt: skip
        return self.do(command, by or self.union)

    def honest(self, **more: Any) -> Record:
        """A licence of the mark of integrity, on a pledge; it holds now."""
        licence = self.license(self.rule(HONEST), signed=self.sign().id, **more)
        self.clock.wait(days=1)
        return licence

    def rowed(self, lines: Iterable[bytes]) -> Items:
        """Rows of any bytes, kept."""
        items, content = committed(lines)
        self.store.put_blob(content)
        return items

    def named(self, numbers: Iterable[int]) -> Items:
        """Marks by their numbers."""
        return self.rowed(mark_line(mark_name(mark(number))) for number in numbers)

    def issue(self, licence: Record, numbers: Iterable[int] | Items, *, by: Signer | None = None, **more: Any) -> Record:
        """Issue marks under a licence, to be used until its end."""
        items = numbers if isinstance(numbers, Items) else self.named(numbers)
        told: dict[str, Any] = {"use_until": "2027-06-30"} | more
        return self.do(IssueLicensedMarks(licence=licence.id, items=items, **told), by or self.issuer)

    def state(self, marks: Record, state: Any, numbers: Sequence[int] = (), *, by: Signer | None = None, **more: Any) -> Record:
        """State what became of marks: of those that are named, or of all."""
        told: dict[str, Any] = {"items": self.named(numbers)} if numbers else {"whole": True}
        told |= {"at": self.ledger.now(), "reason": NAMED} | more
        return self.do(StateMarks(marks=marks.id, state=state, **told), by or self.maker)

    def recall(self, *, by: Signer | None = None, **line: Any) -> Record:
        """The maker recalls the product."""
        told: dict[str, Any] = {"number": "1", "name": NAMED, "product": PRODUCT} | line
        command = PublishRecall(
            recall="https://maker.example/recall/1", number="R-1", firm=(by or self.maker).party, name=NAMED,
            lines=(RecallLine(**told),), defect=NAMED, consequence=NAMED, risk="high", remedies=("refund",), what_to_do=NAMED,
            contact=NAMED, sold=NAMED, begins=self.ledger.now()[:10],
        )  # fmt: skip
        return self.do(command, by or self.maker)
