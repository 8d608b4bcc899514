"""The golden records of complaints and disputes: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.commitment import commitment
from openqi.evidence.record import Record
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.surveillance.complaints.closing import CloseComplaint
from openqi.pillars.surveillance.complaints.counting import CountComplaints
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld
from openqi.pillars.surveillance.complaints.joining import JoinComplaints
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint
from openqi.pillars.surveillance.complaints.testing import AnswerComplaint, BeginComplaintTest, EndComplaintTest
from openqi.pillars.surveillance.disputes.proposing import AcceptDispute, ProposeDispute
from openqi.pillars.surveillance.disputes.settling import SettleDispute
from openqi.records import Command, Content, Names
from openqi.records.conformity import ResultReported
from openqi.records.draws import AUTHORITY
from openqi.records.governance import RoleGranted
from openqi.records.standards import RequirementPublished
from openqi.records.tasks import CalendarPublished, LimitPublished

NAMED = Names(zh="示例", en="example")
CALENDAR = "https://operator.example/calendar/cn"
PRODUCT, LOT, CELL, SAMPLE = (f"https://maker.example/{name}" for name in ("product/1", "lot/1", "cell/7", "cell/8"))


def complaints_records(ledger: Ledger, operator: Signer, bureau: Signer, maker: Signer, buyer: Signer) -> list[Record]:
    """Take three complaints in, decide, test, answer, close, follow, publish, join and count; then settle a dispute."""
    for role in (AUTHORITY, "testing-laboratory", "conformity-assessment-body", "standards-body"):
        ledger.state(RoleGranted(party=bureau.party, role=role, valid_from="2026-01-01T00:00:00Z"), operator)
    limits = _limits(ledger, operator)
    first, second, third = (_receive(ledger, bureau, maker, number, limits["received"]) for number in (1, 2, 3))
    decide = DecideComplaint(received=first.id, decision="accepted", limit=limits["decided"])
    decided = _one(ledger, decide, bureau)
    _one(ledger, DecideComplaint(received=second.id, decision="not-accepted", reason=NAMED), bureau)
    begun = _one(ledger, BeginComplaintTest(received=first.id, asks=NAMED), bureau)
    paper = Content(media_type="application/pdf", sha256="ab" * 32, size=9)
    ended = _one(ledger, EndComplaintTest(received=first.id, documents=(paper,)), bureau)
    answer = AnswerComplaint(received=first.id, text=_kept("answer"), offers=("refund",), visible_to=(bureau.party,))
    answered = _one(ledger, answer, maker)
    close = CloseComplaint(
        received=first.id, outcome="upheld", lot=LOT, item=CELL, reason=NAMED, notice_limit=limits["closed"],
        clue_limit=limits["closed"],
    )  # fmt: skip
    closed = _one(ledger, close, bureau)
    followed = _one(ledger, FollowComplaint(closed=closed.id, sort="notice-given"), bureau)
    upheld = _one(ledger, PublishUpheld(closed=closed.id, reason=NAMED), bureau)
    joining = JoinComplaints(
        matter="https://bureau.example/matter/1", name=NAMED, complaints=(first.id, third.id), firm=maker.party
    )
    joined = _one(ledger, joining, bureau)
    count = CountComplaints(first_day="2026-11-01", last_day="2026-11-10", calendar=CALENDAR, least=3)
    counted = _one(ledger, count, bureau)
    complaints = [first, decided, begun, ended, answered, closed, followed, upheld, joined, counted]
    return [*complaints, *_dispute(ledger, bureau, maker, buyer)]


def _dispute(ledger: Ledger, bureau: Signer, maker: Signer, buyer: Signer) -> list[Record]:
    requirement = RequirementPublished(
        requirement="https://standards.example/requirement/1", edition="2026", quantity="capacity", unit="A.h",
        rule="guarded-acceptance/1", clause="5.1", valid_from="2026-01-01T00:00:00Z", lower="1.950",
    )  # fmt: skip
    asked = ledger.state(requirement, bureau)
    propose = ProposeDispute(
        dispute="https://bureau.example/dispute/1", claimant=buyer.party, respondent=maker.party,
        laboratory=bureau.party, requirement=asked.id, sample=(SAMPLE,), most_failing=0, pays="who-loses", text=NAMED,
        accept_until="2026-12-31T00:00:00Z", seals=("0001",),
    )  # fmt: skip
    proposed = _one(ledger, propose, maker)
    accepted = _one(ledger, AcceptDispute(proposed=proposed.id), buyer)
    result = ResultReported(
        item=SAMPLE, quantity="capacity", value="1900.0", unit="mA.h", expanded_uncertainty="8.0", coverage_factor="2",
        method="IEC 61960-3:2017, 7.3.1", measured_at=ledger.now(),
    )  # fmt: skip
    _one(ledger, JudgeResult(result=ledger.state(result, bureau).id, requirement=asked.id), bureau)
    settled = _one(ledger, SettleDispute(accepted=accepted.id), bureau)
    return [proposed, accepted, settled]


def _receive(ledger: Ledger, bureau: Signer, maker: Signer, number: int, limit: str) -> Record:
    asked = ReceiveComplaint(
        complaint=f"https://bureau.example/complaint/{number}", received_at="2026-11-09T08:00:00Z", channel="counter",
        text=_kept(f"text {number}"), person=_kept(f"person {number}"), matter="defect", product=PRODUCT, firm=maker.party,
        hazard="fire", harmed=True, wishes=("refund",), limit=limit, visible_to=(maker.party,),
    )  # fmt: skip
    return _one(ledger, asked, bureau)


def _kept(words: str) -> str:
    return commitment({"text": words}, b"golden complaint")


def _one(ledger: Ledger, command: Command, signer: Signer) -> Record:
    (record,) = ledger.perform(command, signer)
    return record


def _limits(ledger: Ledger, operator: Signer) -> dict[str, str]:
    ledger.state(
        CalendarPublished(
            calendar=CALENDAR, name=NAMED, source=NAMED, since="2026-01-01", until="2026-12-31",
            offset="+08:00", weekend=("saturday", "sunday"),
        ),
        operator,
    )  # fmt: skip
    found = {}
    for starts, count in (("received", 7), ("decided", 15), ("closed", 7)):
        limit = LimitPublished(
            limit=f"https://operator.example/limit/{starts}", name=NAMED, source=NAMED, ground="agreed", count=count,
            unit="working-days", ends="next-working-day", calendar=CALENDAR, pausing="nobody",
            valid_from="2026-01-01T00:00:00Z", starts=f"surveillance.complaint-{starts}/1",
        )  # fmt: skip
        found[starts] = ledger.state(limit, operator).id
    return found
